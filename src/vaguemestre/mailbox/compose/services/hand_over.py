"""The end of a composer: its message left, was refused, or was thrown away."""

from datetime import datetime

from django.db import transaction

from vaguemestre.foundation.kernel.errors import Refusal
from vaguemestre.mailbox.compose.models import Composition, Mailing
from vaguemestre.mailbox.compose.queries import deposits_of_row
from vaguemestre.mailbox.compose.services.drafts import match_draft, remove_drafts
from vaguemestre.mailbox.compose.services.file_links import remove_link
from vaguemestre.mailbox.compose.services.rows import open_row
from vaguemestre.mailbox.compose.values import Writer
from vaguemestre.people.directory.queries import primary_address
from vaguemestre.post.filelinks.ports import Shelf
from vaguemestre.post.mailstore.ports import OpenMailbox
from vaguemestre.post.mailstore.values import MailLogin
from vaguemestre.schools.sharing.queries import box_card, box_of_account
from vaguemestre.schools.sharing.services import forget_sent, stop_answering


def drop_writing(
    writer: Writer, key: str, open_mailbox: OpenMailbox, shelf: Shelf, *, by: str, now: datetime
) -> None:
    """Throw the message away: no draft stays, nor the files left for it alone.

    Raises Refusal `compose.already-sent`, the mailbox's errors.
    """
    row = open_row(writer.account_id, key)
    remove_drafts(row.draft_message_id, writer.login, open_mailbox)
    for deposit in deposits_of_row(row):
        remove_link(writer.account_id, key, deposit.id, shelf, by=by, now=now)
    with transaction.atomic(durable=True):
        if writer.box_id:
            stop_answering(writer.box_id, row.in_reply_to, writer.hand)
        row.delete()


def hand_over(writer: Writer, key: str, to: Writer, open_mailbox: OpenMailbox, *, now: datetime) -> None:
    """The message goes on in another mailbox its writer writes from: its draft and its copy will be there.

    What it answers is still marked where it is. Raises Refusal `compose.gone`, `compose.already-sent`,
    `compose.links-stay`, the mailbox's errors.
    """
    row = open_row(writer.account_id, key)
    if row.deposits.exists():
        raise Refusal("compose.links-stay", field="identity")
    remove_drafts(row.draft_message_id, writer.login, open_mailbox)
    answered = {"mailbox": writer.login.mailbox, **row.answered} if row.answered else None
    with transaction.atomic(durable=True):
        if writer.box_id:
            stop_answering(writer.box_id, row.in_reply_to, writer.hand)
        free = Composition.objects.filter(pk=row.pk, account_id=writer.account_id, is_sending=False)
        Mailing.objects.filter(composition=row, state=Mailing.State.READY).delete()
        if not free.update(
            account_id=to.account_id, answered=answered, draft=None, identity=None, updated_at=now
        ):
            raise Refusal("compose.already-sent")


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
    account, login = row.account, MailLogin(row.account.mailbox)
    if account.person is None:
        box = box_card(box_of_account(account.pk) or 0)
        address = box.address.lower() if box else account.mailbox
        return Writer(row.account_id, box.title if box else "", address, login)
    address = primary_address(account.person.pk) or account.mailbox
    return Writer(row.account_id, account.person.shown_name, address, login)


def _sent_row(account_id: int, outbox_key: str) -> Composition | None:
    """None for what was not written in a composer: its key is no try of any."""
    key, _, attempt = outbox_key.rpartition(".")
    if not attempt.isdecimal():
        return None
    mine = Composition.objects.select_related("account").filter(account_id=account_id, key=key)
    return mine.filter(attempt=int(attempt), is_sending=True).first()
