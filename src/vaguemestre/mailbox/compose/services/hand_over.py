"""End of a draft: filed, refused, discarded, or moved to another mailbox."""

from datetime import datetime

from django.db import transaction

from vaguemestre.access.signin.services import notify_owner
from vaguemestre.foundation.kernel.errors import Refusal
from vaguemestre.foundation.kernel.file_store import FileStore
from vaguemestre.foundation.kernel.times import paris_day
from vaguemestre.mailbox.compose.models import Composition, Mailing
from vaguemestre.mailbox.compose.queries import file_links_of_row
from vaguemestre.mailbox.compose.rules.unsent import refusal_detail
from vaguemestre.mailbox.compose.services.drafts import match_draft, remove_drafts
from vaguemestre.mailbox.compose.services.files.file_links import check_last_days, remove_link
from vaguemestre.mailbox.compose.services.rows import open_row
from vaguemestre.mailbox.compose.services.scheduled_drafts import is_draft_gone
from vaguemestre.mailbox.compose.values import MailingState, Writer
from vaguemestre.people.directory.queries import primary_address
from vaguemestre.post.mailstore.ports import OpenMailbox
from vaguemestre.post.mailstore.values import MailLogin
from vaguemestre.schools.sharing.queries import access_to, box_card, box_id_of_account, sender_of_message
from vaguemestre.schools.sharing.services import delete_sent, stop_answering
from vaguemestre.schools.sharing.values import Right


def discard_draft(
    writer: Writer, key: str, open_mailbox: OpenMailbox, store: FileStore, *, by: str, now: datetime
) -> None:
    """Discard the draft, here and in the mailbox, and the files linked by it alone.

    Raises Refusal `compose.already-sent`, the mailbox's errors.
    """
    row = open_row(writer.account_id, key)
    remove_drafts(row.draft_message_id, writer.login, open_mailbox)
    for file_link in file_links_of_row(row):
        remove_link(writer.account_id, key, file_link.id, store, by=by, now=now)
    with transaction.atomic(durable=True):
        if writer.box_id:
            stop_answering(writer.box_id, row.in_reply_to, writer.acting_id)
        row.delete()


def hand_over(writer: Writer, key: str, to: Writer, open_mailbox: OpenMailbox, *, now: datetime) -> None:
    """Move the draft to another mailbox of the writer, where its sent copy will be filed.

    The original is still flagged as answered in its own mailbox.
    Raises Refusal `compose.gone`, `compose.already-sent`, `compose.links-stay`, the mailbox's errors.
    """
    row = open_row(writer.account_id, key)
    if row.shared_files.exists():
        raise Refusal("compose.links-stay", field="identity")
    remove_drafts(row.draft_message_id, writer.login, open_mailbox)
    original = {"mailbox": writer.login.mailbox, **row.answered} if row.answered else None
    with transaction.atomic(durable=True):
        if writer.box_id:
            stop_answering(writer.box_id, row.in_reply_to, writer.acting_id)
        unsent = Composition.objects.filter(pk=row.pk, account_id=writer.account_id, is_sending=False)
        Mailing.objects.filter(composition=row, state=MailingState.READY).delete()
        if not unsent.update(
            account_id=to.account_id, answered=original, draft=None, identity=None, updated_at=now
        ):
            raise Refusal("compose.already-sent")


def delete_filed_draft(account_id: int, outbox_key: str, open_mailbox: OpenMailbox) -> None:
    """Delete the draft of a filed message, here and in the mailbox. Idempotent."""
    row = _sent_row(account_id, outbox_key)
    if row is None:
        return
    remove_drafts(row.draft_message_id, MailLogin(row.account.mailbox), open_mailbox)
    with transaction.atomic(durable=True):
        row.delete()


def restore_refused_draft(
    account_id: int, outbox_key: str, open_mailbox: OpenMailbox, *, why: str = "", now: datetime
) -> None:
    """Reopen the draft of a refused message and tell its author, who may look at another page by then.

    `why`: the sentence of its reason. Idempotent; raises the mailbox's errors.
    """
    row = _sent_row(account_id, outbox_key)
    if row is None:
        return
    restore_draft(row, open_mailbox, login=MailLogin(row.account.mailbox), now=now)
    with transaction.atomic(durable=True):
        author = sender_of_message(account_id, outbox_key) or account_id
        sending = Composition.objects.filter(pk=row.pk, attempt=row.attempt, is_sending=True)
        if sending.update(is_sending=False):
            detail = refusal_detail(row.subject, row.to, why, _lost_box(account_id, author, now))
            notify_owner(author, "message-refused", now=now, detail=detail)
        delete_sent(account_id, outbox_key)


def _lost_box(account_id: int, author_id: int, now: datetime) -> str:
    """Title of the shared mailbox where the author of a message may write no longer; "" elsewhere."""
    if author_id == account_id:
        return ""
    box_id = box_id_of_account(account_id) or 0
    access, box = access_to(box_id, author_id, now), box_card(box_id)
    return "" if box is None or (access is not None and access.may(Right.SEND)) else box.title


def restore_draft(row: Composition, open_mailbox: OpenMailbox, *, login: MailLogin, now: datetime) -> None:
    """Write the text of the row into the draft of the mailbox."""
    with open_mailbox(login) as mailbox:
        match_draft(row, writer_of_row(row), mailbox, now=now)


def writer_of_row(row: Composition) -> Writer:
    """Writer of the draft, for the worker."""
    account, login = row.account, MailLogin(row.account.mailbox)
    if account.person is None:
        box = box_card(box_id_of_account(account.pk) or 0)
        address = box.address.lower() if box else account.mailbox
        return Writer(row.account_id, box.title if box else "", address, login)
    address = primary_address(account.person.pk) or account.mailbox
    return Writer(row.account_id, account.person.shown_name, address, login)


def is_sent_draft_gone(account_id: int, outbox_key: str, open_mailbox: OpenMailbox) -> bool:
    """Whether the draft of a scheduled message was deleted or moved meanwhile. Raises EngineDown."""
    row = _sent_row(account_id, outbox_key)
    return row is not None and is_draft_gone(row, open_mailbox)


def check_due_date(account_id: int, key: str, due_at: datetime) -> None:
    """Raise Refusal `compose.link-ends` if a link of the scheduled message ends before that day.

    `key`: of the outbox.
    """
    row = _sent_row(account_id, key)
    if row is not None:
        check_last_days(row, paris_day(due_at), "later")


def _sent_row(account_id: int, outbox_key: str) -> Composition | None:
    """Draft being sent under that outbox key; None if the message was not written in a composer."""
    key, _, attempt = outbox_key.rpartition(".")
    if not attempt.isdecimal():
        return None
    rows = Composition.objects.select_related("account").filter(account_id=account_id, key=key)
    return rows.filter(attempt=int(attempt), is_sending=True).first()
