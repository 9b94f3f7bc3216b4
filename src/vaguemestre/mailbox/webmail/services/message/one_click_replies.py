"""Messages sent with one click: reply to an invitation, read receipt, unsubscribe request."""

import secrets
from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime

from django.db import transaction

from vaguemestre.foundation.journal.values import account_subject
from vaguemestre.foundation.kernel.addresses import parse_address
from vaguemestre.foundation.kernel.errors import Refusal
from vaguemestre.mailbox.calendar.queries import answer_to
from vaguemestre.mailbox.calendar.services import cancel_event, keep_answer, note_revision
from vaguemestre.mailbox.calendar.values import Answer
from vaguemestre.mailbox.webmail.rules.cards import invitations, replies
from vaguemestre.mailbox.webmail.rules.cards.invitations import Invitation
from vaguemestre.mailbox.webmail.rules.cards.unsubscribe import UnsubscribeOptions
from vaguemestre.mailbox.webmail.services.message.organisers import Authorship
from vaguemestre.people.credentials.queries import identified
from vaguemestre.people.directory.queries import addresses_by_person
from vaguemestre.people.directory.rules.names import is_gateway
from vaguemestre.post.outbox.services import queue_message
from vaguemestre.post.outbox.values import MessageToSend


@dataclass(frozen=True)
class Sender:
    """The user who replies."""

    account_id: int
    name: str
    address: str

    @property
    def domain(self) -> str:
        return self.address.rpartition("@")[2]


def sender_of_answer(sender: Sender, addressees: Collection[str]) -> Sender:
    """The sender under the address that hides theirs, if what is answered came to it (`addressees`)."""
    person_id = identified(sender.account_id).person_id
    own = addresses_by_person([person_id]).get(person_id, []) if person_id else []
    addressed = {address.lower() for address in addressees}
    hidden = (address for address, _, may_send in own if may_send and is_gateway(address))
    return replace(sender, address=next((one for one in hidden if one.lower() in addressed), sender.address))


@transaction.atomic(durable=True)
def answer_invitation(
    sender: Sender, invitation: Invitation, answer: Answer, *, is_proved: bool, now: datetime
) -> None:
    """Send the answer to the organiser and store it. Raises Refusal `webmail.no-answer-awaited`.

    `is_proved`: the letter is authenticated as the organiser's.
    """
    if not invitation.needs_answer or not invitation.uid:
        raise Refusal("webmail.no-answer-awaited")
    message_id = _message_id(sender)
    content = replies.invitation_answer(
        name=sender.name,
        sender=sender.address,
        to=invitation.organiser.address,
        title=invitation.title,
        part=answer.value,
        calendar=invitations.reply_calendar(invitation, sender.address, sender.name, answer, now),
        message_id=message_id,
        now=now,
    )
    _queue(sender, invitation.organiser.address, invitation.title, content, message_id, now)
    revision = replace(invitation.revision, is_proved=is_proved)
    keep_answer(sender.account_id, invitation.event, answer, title=invitation.title, revision=revision)


@transaction.atomic(durable=True)
def free_time(account_id: int, invitation: Invitation, authorship: Authorship) -> None:
    """Let go of the answer to an event that its organiser cancelled: nothing clashes with it any more.

    Raises Refusal `webmail.event-not-cancelled`, `webmail.cancellation-not-proved`.
    """
    if not invitation.cancels_event:
        raise Refusal("webmail.event-not-cancelled")
    given = answer_to(account_id, invitation.event)
    needs_proof = given is not None and given.is_proved
    if authorship is Authorship.ANOTHERS or (needs_proof and authorship is not Authorship.PROVED):
        raise Refusal("webmail.cancellation-not-proved")
    cancel_event(account_id, invitation.event, invitation.sequence)


def note_invitation(account_id: int, invitation: Invitation, *, is_proved: bool) -> None:
    """Remember what the organiser says of the event: its other letters tell then that it moved, or is off.

    `is_proved`: as in `answer_invitation`.
    """
    is_whole = bool(invitation.uid) and not invitation.recurrence
    if is_whole and (invitation.cancels_event or invitation.needs_answer):
        note_revision(
            account_id,
            invitation.event,
            replace(invitation.revision, is_proved=is_proved),
            title=invitation.title,
            is_cancelled=invitation.is_cancelled,
        )


@transaction.atomic(durable=True)
def send_receipt(sender: Sender, *, to: str, subject: str, original_id: str, now: datetime) -> None:
    """Send a read receipt the reader agreed to. Raises Refusal when `to` is no address."""
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
def send_unsubscribe(sender: Sender, way: UnsubscribeOptions, *, now: datetime) -> None:
    """Send an unsubscribe request by mail. Raises Refusal when it is no address."""
    message_id = _message_id(sender)
    content = replies.unsubscribe_message(
        name=sender.name,
        sender=sender.address,
        to=way.mail,
        subject=way.subject,
        message_id=message_id,
        now=now,
    )
    _queue(sender, way.mail, way.subject, content, message_id, now)


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
        by=account_subject(sender.account_id),
        now=now,
    )
