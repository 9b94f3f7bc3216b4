"""Use cases of compose."""

from vaguemestre.mailbox.compose.services.drafts import fork_draft, match_draft, save_draft
from vaguemestre.mailbox.compose.services.erasure import forget_person
from vaguemestre.mailbox.compose.services.files.attach_from_mail import attach_message_files
from vaguemestre.mailbox.compose.services.files.attachments import add_enclosure, add_slice, remove_enclosure
from vaguemestre.mailbox.compose.services.files.file_links import add_link, remove_link
from vaguemestre.mailbox.compose.services.hand_over import (
    check_due_date,
    delete_filed_draft,
    discard_draft,
    hand_over,
    is_sent_draft_gone,
    restore_refused_draft,
)
from vaguemestre.mailbox.compose.services.identities import (
    import_identities,
    move_identities,
    plain_title,
    remove_foreign_reply_to,
    remove_identity,
    remove_reply_to,
    remove_stock_text,
    save_identity,
    save_imported_identity,
    save_stock_text,
)
from vaguemestre.mailbox.compose.services.mailings.copy_drafts import draft_of_copy
from vaguemestre.mailbox.compose.services.mailings.mail_merge import (
    resume_mailings,
    run_mailing,
    start_mailing,
    stop_mailing,
)
from vaguemestre.mailbox.compose.services.mailings.mailing_preparation import prepare_mailing, table_in
from vaguemestre.mailbox.compose.services.mailings.stopped_mailings import (
    reopen_mailing,
    stop_mailings_of,
    stop_member_mailings,
)
from vaguemestre.mailbox.compose.services.restoration import stop_restored_mailings
from vaguemestre.mailbox.compose.services.retention import delete_abandoned, delete_old_mailings
from vaguemestre.mailbox.compose.services.scheduled_drafts import mark_draft
from vaguemestre.mailbox.compose.services.start import start_draft
from vaguemestre.mailbox.compose.services.submission import (
    cancel_sending,
    check_not_answered,
    send_draft,
    sign_draft,
)
from vaguemestre.mailbox.compose.services.thrown_drafts import unschedule

__all__ = [
    "add_enclosure",
    "add_link",
    "add_slice",
    "attach_message_files",
    "cancel_sending",
    "check_due_date",
    "check_not_answered",
    "delete_abandoned",
    "delete_filed_draft",
    "delete_old_mailings",
    "discard_draft",
    "draft_of_copy",
    "forget_person",
    "fork_draft",
    "hand_over",
    "import_identities",
    "is_sent_draft_gone",
    "mark_draft",
    "match_draft",
    "move_identities",
    "plain_title",
    "prepare_mailing",
    "remove_enclosure",
    "remove_foreign_reply_to",
    "remove_identity",
    "remove_link",
    "remove_reply_to",
    "remove_stock_text",
    "reopen_mailing",
    "restore_refused_draft",
    "resume_mailings",
    "run_mailing",
    "save_draft",
    "save_identity",
    "save_imported_identity",
    "save_stock_text",
    "send_draft",
    "sign_draft",
    "start_draft",
    "start_mailing",
    "stop_mailing",
    "stop_mailings_of",
    "stop_member_mailings",
    "stop_restored_mailings",
    "table_in",
    "unschedule",
]
