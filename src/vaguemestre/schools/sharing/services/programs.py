"""What members' mail programs do: whose they are, and whose hand a letter of theirs is of."""

import hashlib
from datetime import datetime, timedelta

from django.db import transaction

from vaguemestre.foundation.jobs.services import announce
from vaguemestre.schools.sharing.events import LetterLeft
from vaguemestre.schools.sharing.models import Box, Deed, Entrance, Sent
from vaguemestre.schools.sharing.rules.together import hand_of
from vaguemestre.schools.sharing.services.together import note_sent

_SLACK = timedelta(seconds=1)  # two clocks of one house
_HEARD_AFTER = timedelta(seconds=3)  # the entrance is told by another road
_ONE_VISIT = timedelta(minutes=10)

type Connection = tuple[str, datetime, datetime]


@transaction.atomic(durable=True)
def note_entrance(box_account_id: int, account_id: int, network: str, *, at: datetime) -> None:
    """Use case: that member's program opened the mailbox. One line in its story for each visit."""
    box = Box.objects.filter(account_id=box_account_id).first()
    if box is None:
        return
    visits = Deed.objects.filter(box=box, account_id=account_id, what="program", at__gt=at - _ONE_VISIT)
    if not visits.exists():
        Deed.objects.create(box=box, account_id=account_id, what="program", at=at)
    Entrance.objects.get_or_create(box=box, account_id=account_id, network=network[:64], at=at)


def note_program_letter(
    mailbox: str, message_id: str, answers: str, connection: Connection, *, now: datetime
) -> None:
    """A letter was taken at the submission door; of any mailbox but a shared one, nothing is noted.

    `connection`: from where, when it began, when its first sender was named.
    """
    box_id = Box.objects.filter(account__mailbox=mailbox).values_list("pk", flat=True).first()
    if box_id is None or not message_id:
        return
    network, since, until = connection
    announce(
        LetterLeft(
            box_id,
            message_id[:255],
            next(iter(answers.split()), "")[:255],
            network,
            (since - _SLACK).isoformat(),
            (until + _SLACK).isoformat(),
            now.isoformat(),
        ),
        due=now + _HEARD_AFTER,
    )


@transaction.atomic(durable=True)
def attribute_letter(left: LetterLeft) -> None:
    """Use case: whose hand it was, if it can be said. Twice is once.

    A letter of our own pages comes by a token, which is no entrance: its hand is known already.
    """
    if Sent.objects.filter(box_id=left.box_id, message_id=left.message_id).exists():
        return
    since, until = datetime.fromisoformat(left.since), datetime.fromisoformat(left.until)
    found = Entrance.objects.filter(box_id=left.box_id, network=left.network[:64], at__range=(since, until))
    hand = hand_of(found.values_list("account_id", flat=True))
    if hand is not None:
        note_sent(
            left.box_id,
            hand,
            hashlib.sha256(left.message_id.encode()).hexdigest(),
            left.message_id,
            left.answers,
            by=f"account:{hand}",
            now=datetime.fromisoformat(left.at),
        )
