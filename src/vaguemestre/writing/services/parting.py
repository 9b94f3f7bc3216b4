"""The end of a composer: its message left, was refused, or was thrown away."""

from datetime import datetime

from django.db import transaction

from vaguemestre.deposits.ports import Shelf
from vaguemestre.directory.queries import primary_address
from vaguemestre.kernel.errors import Refusal
from vaguemestre.sharing.services import forget_sent, stop_answering
from vaguemestre.webmail.ports import OpenMailbox
from vaguemestre.webmail.values import MailLogin
from vaguemestre.writing.models import Composition
from vaguemestre.writing.queries import deposits_of_row
from vaguemestre.writing.services.drafting import match_draft, remove_drafts
from vaguemestre.writing.services.linking import remove_link
from vaguemestre.writing.services.rows import own_row
from vaguemestre.writing.values import Writer


def drop_writing(
    writer: Writer, key: str, open_mailbox: OpenMailbox, shelf: Shelf, *, by: str, now: datetime
) -> None:
    """Throw the message away: no draft stays, nor the files left for it alone.

    Raises Refusal `writing.already-sent`, the mailbox's errors.
    """
    row = own_row(writer.account_id, key)
    if row.is_sending:
        raise Refusal("writing.already-sent")
    remove_drafts(row.draft_message_id, writer.login, open_mailbox)
    for deposit in deposits_of_row(row):
        remove_link(writer.account_id, key, deposit.id, shelf, by=by, now=now)
    with transaction.atomic(durable=True):
        if writer.box_id:
            stop_answering(writer.box_id, row.in_reply_to, writer.hand)
        row.delete()


def forget_writing(account_id: int, outbox_key: str, open_mailbox: OpenMailbox) -> None:
    """The message is filed: whatever draft a late save left goes, then the composer. Twice is once."""
    row = _sent_row(account_id, outbox_key)
    if row is None:
        return
    remove_drafts(row.draft_message_id, MailLogin(row.account.mailbox), open_mailbox)
    with transaction.atomic(durable=True):
        row.delete()


def take_back(account_id: int, outbox_key: str, open_mailbox: OpenMailbox, *, now: datetime) -> None:
    """The message did not leave: its text is the draft again. Twice is once; raises the mailbox's errors."""
    row = _sent_row(account_id, outbox_key)
    if row is None:
        return
    restore_draft(row, open_mailbox, login=MailLogin(row.account.mailbox), now=now)
    with transaction.atomic(durable=True):
        Composition.objects.filter(pk=row.pk, attempt=row.attempt).update(is_sending=False)
        forget_sent(account_id, outbox_key)


def restore_draft(row: Composition, open_mailbox: OpenMailbox, *, login: MailLogin, now: datetime) -> None:
    """The draft of the mailbox says what was about to leave."""
    with open_mailbox(login) as mailbox:
        match_draft(row, writer_of_row(row), mailbox, now=now)


def writer_of_row(row: Composition) -> Writer:
    """Who wrote it, for the worker."""
    account = row.account
    address = primary_address(account.person_id) if account.person_id else None
    name = account.person.shown_name if account.person else ""
    return Writer(row.account_id, name, address or account.mailbox, MailLogin(account.mailbox))


def _sent_row(account_id: int, outbox_key: str) -> Composition | None:
    key, _, attempt = outbox_key.rpartition(".")
    mine = Composition.objects.select_related("account").filter(account_id=account_id, key=key)
    return mine.filter(attempt=int(attempt), is_sending=True).first()
