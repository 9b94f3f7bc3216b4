"""Reading what is being written, by whom, and to whom."""

from vaguemestre.mailbox.compose.queries.attach_sources import source_files, sources
from vaguemestre.mailbox.compose.queries.drafts import (
    content_of,
    deposits_of_row,
    enclosure_content,
    enclosures_of,
    find_writing,
    is_picture_path,
    links_of,
    picture_ids,
    picture_path,
    shown_writing,
)
from vaguemestre.mailbox.compose.queries.identities import (
    find_identity,
    identities_of,
    other_boxes,
    own_addresses,
    schools_of,
    senders_of,
    signature_facts,
    stock_text,
    stock_texts_of,
)
from vaguemestre.mailbox.compose.queries.mailings import cautions_of, find_mailing, mailings_under_way
from vaguemestre.mailbox.compose.queries.recipients import people_met, suggestions

__all__ = [
    "cautions_of",
    "content_of",
    "deposits_of_row",
    "enclosure_content",
    "enclosures_of",
    "find_identity",
    "find_mailing",
    "find_writing",
    "identities_of",
    "is_picture_path",
    "links_of",
    "mailings_under_way",
    "other_boxes",
    "own_addresses",
    "people_met",
    "picture_ids",
    "picture_path",
    "schools_of",
    "senders_of",
    "shown_writing",
    "signature_facts",
    "source_files",
    "sources",
    "stock_text",
    "stock_texts_of",
    "suggestions",
]
