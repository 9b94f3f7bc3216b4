"""Storage of answers to invitations."""

from datetime import datetime

from django.db import transaction

from vaguemestre.mailbox.calendar.models import CANCELLED, Engagement
from vaguemestre.mailbox.calendar.values import Answer


def keep_answer(
    account_id: int,
    uid: str,
    answer: Answer,
    *,
    title: str,
    starts: datetime,
    ends: datetime,
    sequence: int = 0,
) -> None:
    """Store an answer, in place of a former one to the same event. Inside the caller's transaction."""
    Engagement.objects.update_or_create(
        account_id=account_id,
        uid=uid[:255],
        defaults={
            "answer": answer.value,
            "title": title[:255],
            "starts": starts,
            "ends": ends,
            "sequence": sequence,
        },
    )


def cancel_event(account_id: int, uid: str, sequence: int) -> None:
    """Free the time of an event that its organiser cancelled. Inside the caller's transaction."""
    answered = Engagement.objects.filter(account_id=account_id, uid=uid[:255])
    answered.update(answer=CANCELLED, sequence=sequence)


@transaction.atomic(durable=True)
def forget_person(account_id: int) -> None:
    """Use case: delete the person's answers."""
    Engagement.objects.filter(account_id=account_id).delete()
