"""What the worker does for the reader's pages."""

from django.utils import timezone

from vaguemestre.mailbox.webmail.events import BulkAsked, PreviewWanted, ReminderDue, RemindersDue
from vaguemestre.mailbox.webmail.ports import convert, previews
from vaguemestre.mailbox.webmail.services import bulks, snooze
from vaguemestre.mailbox.webmail.services.enclosed import reads_within
from vaguemestre.mailbox.webmail.services.erasure import forget_person as forget
from vaguemestre.mailbox.webmail.services.text_files import file_bytes
from vaguemestre.people.credentials.events import PersonErased
from vaguemestre.people.credentials.queries import is_closed
from vaguemestre.post.mailstore.ports import MessageGone, open_mailbox
from vaguemestre.post.mailstore.values import MailLogin, MessageRef

_HEAVIEST = 30_000_000


def make_preview(event: PreviewWanted) -> None:
    """Hand the document to whoever makes previews; a message gone meanwhile wants none."""
    ref = MessageRef(event.folder, event.uid_validity, event.uid)
    with open_mailbox.get()(MailLogin(event.mailbox)) as mailbox:
        try:
            reads = reads_within(mailbox, ref, event.chain, convert.get())
            content = file_bytes(reads, ref, event.number, _HEAVIEST)
        except MessageGone:
            return
    previews.get().make(event.key, content)


def forget_old_previews() -> None:
    """A round: previews nobody looked at for an hour."""
    previews.get().forget_old()


def carry_out(event: BulkAsked) -> None:
    """Go on with an act on a whole folder."""
    bulks.carry_out(event.bulk_id, open_mailbox.get(), now=timezone.now())


def remind(event: ReminderDue) -> None:
    """Bring a message back on top, or say that nobody answered one."""
    snooze.fall_due(event.reminder_id, open_mailbox.get(), now=timezone.now())


def remind_of_many(event: RemindersDue) -> None:
    """Bring back those whose moment has come, for a while."""
    snooze.fall_due_together(event.account_id, open_mailbox.get(), now=timezone.now())


def forget_person(event: PersonErased) -> None:
    """Their civil status is erased: nothing of theirs stays here."""
    if is_closed(event.account_id):
        forget(event.account_id)
