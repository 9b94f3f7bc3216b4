"""Use cases of writing, one file each."""

from vaguemestre.mailbox.compose.services.attach_from_mail import borrow
from vaguemestre.mailbox.compose.services.attachments import add_enclosure, add_slice, remove_enclosure
from vaguemestre.mailbox.compose.services.drafts import fork_writing, match_draft, save_writing
from vaguemestre.mailbox.compose.services.erasure import forget_person
from vaguemestre.mailbox.compose.services.file_links import add_link, remove_link
from vaguemestre.mailbox.compose.services.hand_over import drop_writing, forget_writing, hand_over, take_back
from vaguemestre.mailbox.compose.services.identities import (
    import_identities,
    move_identities,
    remove_identity,
    remove_stock_text,
    save_identity,
    save_stock_text,
)
from vaguemestre.mailbox.compose.services.mail_merge import (
    carry_mailing,
    forget_class_mailings,
    prepare_mailing,
    start_mailing,
    stop_mailing,
)
from vaguemestre.mailbox.compose.services.start import start_writing
from vaguemestre.mailbox.compose.services.submission import (
    cancel_sending,
    check_nobody_answered,
    send_writing,
)

__all__ = [
    "add_enclosure",
    "add_link",
    "add_slice",
    "borrow",
    "cancel_sending",
    "carry_mailing",
    "check_nobody_answered",
    "drop_writing",
    "forget_class_mailings",
    "forget_person",
    "forget_writing",
    "fork_writing",
    "hand_over",
    "import_identities",
    "match_draft",
    "move_identities",
    "prepare_mailing",
    "remove_enclosure",
    "remove_identity",
    "remove_link",
    "remove_stock_text",
    "save_identity",
    "save_stock_text",
    "save_writing",
    "send_writing",
    "start_mailing",
    "start_writing",
    "stop_mailing",
    "take_back",
]
