"""Views of compose: one function per screen or request."""

from vaguemestre.mailbox.compose.views.attach_from_mail import (
    attach_message_files,
    list_source_files,
    list_sources,
)
from vaguemestre.mailbox.compose.views.attachments import (
    add_enclosure,
    add_slice,
    remove_enclosure,
    show_enclosure,
)
from vaguemestre.mailbox.compose.views.composer import (
    as_text,
    compose,
    describe_recipients,
    discard,
    fork,
    save,
    start,
    suggest_recipients,
)
from vaguemestre.mailbox.compose.views.file_links import add_link, add_link_slice, remove_link, set_link_terms
from vaguemestre.mailbox.compose.views.identities import (
    edit_identity,
    edit_stock_text,
    import_identities,
    list_identities,
    remove_identity,
    remove_stock_text,
    stock_texts,
)
from vaguemestre.mailbox.compose.views.mail_merge import (
    mailing,
    mailing_state,
    reopen_mailing,
    start_mailing,
    stop_mailing,
)
from vaguemestre.mailbox.compose.views.other_mailbox import hand_over
from vaguemestre.mailbox.compose.views.send import cancel, list_waiting, send, sending_state

__all__ = [
    "add_enclosure",
    "add_link",
    "add_link_slice",
    "add_slice",
    "as_text",
    "attach_message_files",
    "cancel",
    "compose",
    "describe_recipients",
    "discard",
    "edit_identity",
    "edit_stock_text",
    "fork",
    "hand_over",
    "import_identities",
    "list_identities",
    "list_source_files",
    "list_sources",
    "list_waiting",
    "mailing",
    "mailing_state",
    "remove_enclosure",
    "remove_identity",
    "remove_link",
    "remove_stock_text",
    "reopen_mailing",
    "save",
    "send",
    "sending_state",
    "set_link_terms",
    "show_enclosure",
    "start",
    "start_mailing",
    "stock_texts",
    "stop_mailing",
    "suggest_recipients",
]
