"""Attribution of messages sent from members' mail clients, by their sign-ins."""

import hashlib
from datetime import datetime, timedelta
from typing import NamedTuple

from django.db import transaction

from vaguemestre.foundation.cluster.frequent_queries import FrequentQuery
from vaguemestre.foundation.jobs.services import announce
from vaguemestre.foundation.journal.values import account_subject
from vaguemestre.schools.sharing.events import ClientMessageSent
from vaguemestre.schools.sharing.models import Box, BoxActivity, ClientSignIn, SentMessage
from vaguemestre.schools.sharing.rules.collaboration import sole_candidate
from vaguemestre.schools.sharing.services.collaboration import record_sent

_CLOCK_SLACK = timedelta(seconds=1)
_ATTRIBUTE_AFTER = timedelta(seconds=3)  # the sign-in is reported separately and may arrive later
_SAME_VISIT = timedelta(minutes=10)
_BOX_OF_MAILBOX = FrequentQuery(
    lambda mailbox: Box.objects.filter(account__mailbox=mailbox).values_list("pk"), "mailbox"
)


class SubmissionConnection(NamedTuple):
    """A connection to the submission port: its network, its start, and when its first sender was named."""

    network: str
    since: datetime
    until: datetime


@transaction.atomic(durable=True)
def record_client_sign_in(box_account_id: int, account_id: int, network: str, *, at: datetime) -> None:
    """Use case: record the sign-in of a member's mail client, with one line of activity for each visit."""
    box = Box.objects.filter(account_id=box_account_id).first()
    if box is None:
        return
    visits = BoxActivity.objects.filter(
        box=box, account_id=account_id, action="program", at__gt=at - _SAME_VISIT
    )
    if not visits.exists():
        BoxActivity.objects.create(box=box, account_id=account_id, action="program", at=at)
    ClientSignIn.objects.get_or_create(box=box, account_id=account_id, network=network[:64], at=at)


def announce_client_message(
    mailbox: str, message_id: str, in_reply_to: str, connection: SubmissionConnection, *, now: datetime
) -> None:
    """Announce a message submitted by a mail client, to be attributed to a member. Shared mailboxes only."""
    boxes = _BOX_OF_MAILBOX.rows(mailbox)
    if not boxes or not message_id:
        return
    (box_id,) = boxes[0]
    network, since, until = connection
    announce(
        ClientMessageSent(
            box_id,
            message_id[:255],
            next(iter(in_reply_to.split()), "")[:255],
            network,
            (since - _CLOCK_SLACK).isoformat(),
            (until + _CLOCK_SLACK).isoformat(),
            now.isoformat(),
        ),
        due=now + _ATTRIBUTE_AFTER,
    )


@transaction.atomic(durable=True)
def attribute_client_message(event: ClientMessageSent) -> None:
    """Use case: record which member sent the message, if only one can have. Idempotent.

    Our own pages submit with a token, not a sign-in; their messages are attributed when they are sent.
    """
    if SentMessage.objects.filter(box_id=event.box_id, message_id=event.message_id).exists():
        return
    since, until = datetime.fromisoformat(event.since), datetime.fromisoformat(event.until)
    sign_ins = ClientSignIn.objects.filter(
        box_id=event.box_id, network=event.network[:64], at__range=(since, until)
    )
    account_id = sole_candidate(sign_ins.values_list("account_id", flat=True))
    if account_id is not None:
        record_sent(
            event.box_id,
            account_id,
            hashlib.sha256(event.message_id.encode()).hexdigest(),
            event.message_id,
            event.in_reply_to,
            by=account_subject(account_id),
            now=datetime.fromisoformat(event.at),
        )
