"""Reading what is being written, by whom, and to whom."""

from vaguemestre.mailbox.compose.queries.attach_sources import attach_sources, source_files
from vaguemestre.mailbox.compose.queries.drafts import (
    content_of,
    draft_of_row,
    enclosure_content,
    enclosures_of,
    file_links_of_row,
    find_draft,
    is_picture_path,
    links_of,
    picture_ids,
    picture_path,
)
from vaguemestre.mailbox.compose.queries.identities import (
    find_identity,
    find_stock_text,
    has_identity,
    identities_of,
    imposed_signature,
    own_addresses,
    schools_of,
    sendable_boxes,
    senders_of,
    signature_variables,
    stock_texts_of,
)
from vaguemestre.mailbox.compose.queries.mailings import (
    cautions_of,
    find_mailing,
    proof_of,
    running_mailings,
    unfinished_mailings,
)
from vaguemestre.mailbox.compose.queries.recipients import recipient_infos, recipient_suggestions

__all__ = [
    "attach_sources",
    "cautions_of",
    "content_of",
    "draft_of_row",
    "enclosure_content",
    "enclosures_of",
    "file_links_of_row",
    "find_draft",
    "find_identity",
    "find_mailing",
    "find_stock_text",
    "has_identity",
    "identities_of",
    "imposed_signature",
    "is_picture_path",
    "links_of",
    "own_addresses",
    "picture_ids",
    "picture_path",
    "proof_of",
    "recipient_infos",
    "recipient_suggestions",
    "running_mailings",
    "schools_of",
    "sendable_boxes",
    "senders_of",
    "signature_variables",
    "source_files",
    "stock_texts_of",
    "unfinished_mailings",
]
