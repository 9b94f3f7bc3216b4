"""Event handlers of the webmail, run by the worker. Queued jobs name them: renaming one strands its jobs."""

from django.conf import settings
from django.utils import timezone

from vaguemestre.foundation.kernel.text.sizes import MEGABYTE
from vaguemestre.mailbox.webmail.events import BulkRequested, PreviewRequested, ReminderDue, RemindersDue
from vaguemestre.mailbox.webmail.ports import bound_deleted, convert, previews, unschedule
from vaguemestre.mailbox.webmail.services import bulks, deleted_messages, snooze
from vaguemestre.mailbox.webmail.services.erasure import forget_person as forget
from vaguemestre.mailbox.webmail.services.message.enclosed import reads_within
from vaguemestre.mailbox.webmail.services.message.text_files import file_bytes
from vaguemestre.people.credentials.events import PersonErased
from vaguemestre.people.credentials.queries import is_closed
from vaguemestre.people.provisioning.ports import mail_directory
from vaguemestre.post.mailstore.ports import MessageGone, open_mailbox
from vaguemestre.post.mailstore.values import MailLogin, MessageRef

_MAX_BYTES = 30_000_000


def make_preview(event: PreviewRequested) -> None:
    """Convert the document to PDF, unless its message is gone."""
    ref = MessageRef(event.folder, event.uid_validity, event.uid)
    with open_mailbox.get()(MailLogin(event.mailbox)) as mailbox:
        try:
            reads = reads_within(mailbox, ref, event.chain, convert.get())
            content = file_bytes(reads, ref, event.number, _MAX_BYTES)
        except MessageGone:
            return
    previews.get().make(event.key, content)


def forget_old_previews() -> None:
    """Periodic task: delete previews unused for an hour."""
    previews.get().forget_old()


def bound_deleted_messages() -> None:
    """Periodic task: erase the oldest deleted messages of mailboxes that keep too many bytes of them."""
    deleted_messages.bound_deleted_messages(
        mail_directory.get().held_names(),
        settings.CONFIG.mail.deleted_mb * MEGABYTE,
        bound_deleted.get(),
        now=timezone.now(),
    )


def purge_old_bulks() -> None:
    """Periodic task: delete the bulk actions of the days before."""
    bulks.delete_old_bulks(now=timezone.now())


def run_bulk(event: BulkRequested) -> None:
    """Run the next batches of a bulk action."""
    bulks.run_bulk(event.bulk_id, open_mailbox.get(), now=timezone.now(), unschedule=unschedule.get())


def remind(event: ReminderDue) -> None:
    """Bring a snoozed message back, or flag a sent one as unanswered."""
    snooze.run_reminder(event.reminder_id, open_mailbox.get(), now=timezone.now())


def remind_of_many(event: RemindersDue) -> None:
    """Bring back the snoozed messages that are due, for some seconds."""
    snooze.run_due_reminders(event.account_id, open_mailbox.get(), now=timezone.now())


def forget_person(event: PersonErased) -> None:
    """Erase the webmail's data of a closed account (GDPR art. 17)."""
    if is_closed(event.account_id):
        forget(event.account_id)
