"""Send a test message from the installation to itself and measure its round trip."""

import time
from collections.abc import Callable
from datetime import datetime, timedelta
from email.utils import format_datetime, make_msgid

from django.db import transaction

from vaguemestre.people.credentials.queries import account_of_mailbox
from vaguemestre.people.credentials.services import NewAccount, open_boxes
from vaguemestre.people.directory.services import take_technical_names
from vaguemestre.post.mailstore.ports import Mailbox, OpenMailbox
from vaguemestre.post.mailstore.values import MailLogin, MessageRef
from vaguemestre.post.outbox.models import Submission
from vaguemestre.post.outbox.ports import StoreRoundTrip, Submit
from vaguemestre.post.outbox.rules.self_mail import QUOTA_MB, SELF_MAIL_NAME, self_mail_letter
from vaguemestre.post.outbox.values import RoundTrip

PATIENCE_SECONDS = 40.0  # then the message counts as lost, as the next one is due
_LOOK_EVERY_SECONDS = 0.1
_RETENTION = timedelta(hours=1)  # of the submissions of these messages
_INBOX = "INBOX"
_MAX_DELETED = 200  # of one round


def send_self_mail(
    address: str,
    submit: Submit,
    open_mailbox: OpenMailbox,
    store: StoreRoundTrip,
    *,
    now: datetime,
    clock: Callable[[], float] = time.monotonic,
    pause: Callable[[float], None] = time.sleep,
) -> None:
    """Send one message, wait until it is in the mailbox, and store how long that took.

    The mailbox is emptied before and after, so that nobody can fill it. Raises EngineDown, EngineRefused when
    mail does not work; the age of the last stored round trip then grows.
    """
    account_id = _account_of(address, now)
    login = MailLogin(address)
    with open_mailbox(login) as box:
        _empty(box)
    message_id = make_msgid(domain=address.rpartition("@")[2])
    began = clock()
    submit(address, address, [address], self_mail_letter(address, message_id, format_datetime(now)))
    while not (arrived := _find(open_mailbox, login, message_id)) and clock() - began < PATIENCE_SECONDS:
        pause(_LOOK_EVERY_SECONDS)
    if arrived:
        store(RoundTrip(clock() - began, now))
        with open_mailbox(login) as box:
            box.expunge(arrived)
    Submission.objects.filter(account_id=account_id, at__lt=now - _RETENTION).delete()


def _account_of(address: str, now: datetime) -> int:
    """The account of the technical mailbox, opened at first use. Nobody signs in to it."""
    account_id = account_of_mailbox(address)
    if account_id is None:
        with transaction.atomic(durable=True):
            take_technical_names(SELF_MAIL_NAME, address)
            box = NewAccount(None, SELF_MAIL_NAME, address, QUOTA_MB)
            account_id = open_boxes([box], by="system", now=now)[0]
    return account_id


def _find(open_mailbox: OpenMailbox, login: MailLogin, message_id: str) -> tuple[MessageRef, ...]:
    with open_mailbox(login) as box:  # opened each time, so that it shows new messages
        return tuple(box.find_by_message_id(_INBOX, message_id))


def _empty(box: Mailbox) -> None:
    """Delete the messages of the inbox; those in Junk expire by themselves."""
    if refs := [row.ref for row in box.page(_INBOX, 0, _MAX_DELETED).rows]:
        box.expunge(refs)
