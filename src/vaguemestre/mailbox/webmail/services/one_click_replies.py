"""What leaves with one button: an answer to an invitation, a read receipt, a departure from a list."""

import secrets
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import parse_qs

from django.db import transaction

from vaguemestre.foundation.kernel.addresses import parse_address
from vaguemestre.foundation.kernel.errors import Refusal
from vaguemestre.mailbox.calendar.services import forget_event, keep_answer
from vaguemestre.mailbox.calendar.values import Answer
from vaguemestre.mailbox.webmail.rules.cards import invitations, replies
from vaguemestre.mailbox.webmail.rules.cards.invitations import Invitation
from vaguemestre.post.outbox.services import queue_message
from vaguemestre.post.outbox.values import MessageToSend


@dataclass(frozen=True)
class Sender:
    """Who answers."""

    account_id: int
    name: str
    address: str

    @property
    def domain(self) -> str:
        return self.address.rpartition("@")[2]


@transaction.atomic(durable=True)
def answer_invitation(sender: Sender, given: Invitation, answer: Answer, *, now: datetime) -> None:
    """Tell the organiser, and remember the answer. Raises Refusal `webmail.no-answer-awaited`."""
    if not given.asks or not given.uid:
        raise Refusal("webmail.no-answer-awaited")
    message_id = _message_id(sender)
    content = replies.invitation_answer(
        name=sender.name,
        sender=sender.address,
        to=given.organiser.address,
        title=given.title,
        part=answer.value,
        calendar=invitations.answer(given, sender.address, sender.name, answer.value, now),
        message_id=message_id,
        now=now,
    )
    _queue(sender, given.organiser.address, f"{given.title}", content, message_id, now)
    keep_answer(sender.account_id, given.uid, answer, title=given.title, starts=given.starts, ends=given.ends)


@transaction.atomic(durable=True)
def drop_event(account_id: int, uid: str) -> None:
    """The organiser cancelled it: its time is free again."""
    forget_event(account_id, uid)


@transaction.atomic(durable=True)
def send_receipt(sender: Sender, *, to: str, subject: str, original_id: str, now: datetime) -> None:
    """Tell the author that the message was read, as its reader agreed to. Raises Refusal for no address."""
    message_id = _message_id(sender)
    content = replies.read_receipt(
        name=sender.name,
        sender=sender.address,
        to=to,
        subject=subject,
        original_id=original_id,
        domain=sender.domain,
        message_id=message_id,
        now=now,
    )
    _queue(sender, to, f"Lu : {subject}", content, message_id, now)


@transaction.atomic(durable=True)
def write_to_leave(sender: Sender, mailto: str, *, now: datetime) -> None:
    """Write to the address by which a list is left (`address?subject=…`). Raises Refusal for no address."""
    to, _, query = mailto.partition("?")
    subject = next(iter(parse_qs(query).get("subject", [])), "")
    message_id = _message_id(sender)
    content = replies.departure(
        name=sender.name, sender=sender.address, to=to, subject=subject, message_id=message_id, now=now
    )
    _queue(sender, to, subject or "unsubscribe", content, message_id, now)


def _message_id(sender: Sender) -> str:
    return f"<{secrets.token_hex(16)}.reponse@{sender.domain}>"


def _queue(sender: Sender, to: str, subject: str, content: bytes, message_id: str, now: datetime) -> None:
    queue_message(
        MessageToSend(
            account_id=sender.account_id,
            key=message_id.strip("<>").partition("@")[0],
            message_id=message_id,
            sender=sender.address,
            recipients=(str(parse_address(to)),),
            bcc=(),
            subject=subject,
            content=content,
            due_at=now,
        ),
        by=f"account:{sender.account_id}",
        now=now,
    )
