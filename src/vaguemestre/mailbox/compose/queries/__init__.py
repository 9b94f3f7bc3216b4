"""Reading what is being written, by whom, and to whom."""

from vaguemestre.mailbox.compose.queries.attach_sources import source_files, attach_sources
from vaguemestre.mailbox.compose.queries.drafts import (
    content_of,
    deposits_of_row,
    enclosure_content,
    enclosures_of,
    find_draft,
    is_picture_path,
    links_of,
    picture_ids,
    picture_path,
    draft_of_row,
)
from vaguemestre.mailbox.compose.queries.identities import (
    find_identity,
    identities_of,
    sendable_boxes,
    own_addresses,
    schools_of,
    senders_of,
    signature_variables,
    find_stock_text,
    stock_texts_of,
)
from vaguemestre.mailbox.compose.queries.mailings import cautions_of, find_mailing, running_mailings
from vaguemestre.mailbox.compose.queries.recipients import recipient_infos, recipient_suggestions

__all__ = [
    "cautions_of",
    "content_of",
    "deposits_of_row",
    "enclosure_content",
    "enclosures_of",
    "find_identity",
    "find_mailing",
    "find_draft",
    "identities_of",
    "is_picture_path",
    "links_of",
    "running_mailings",
    "sendable_boxes",
    "own_addresses",
    "recipient_infos",
    "picture_ids",
    "picture_path",
    "schools_of",
    "senders_of",
    "draft_of_row",
    "signature_variables",
    "source_files",
    "attach_sources",
    "find_stock_text",
    "stock_texts_of",
    "recipient_suggestions",
]
