"""Members at work: who is there, who takes care, what they note, who answered."""

from datetime import datetime, timedelta

from django.db import transaction

from vaguemestre.foundation.jobs.services import announce
from vaguemestre.foundation.journal.services import record
from vaguemestre.foundation.kernel.errors import Refusal
from vaguemestre.people.credentials.queries import names_of
from vaguemestre.schools.sharing.events import WorkChanged
from vaguemestre.schools.sharing.models import (
    Box,
    Deed,
    Entrance,
    Note,
    Presence,
    Sent,
    Thread,
    ThreadMessage,
    Warned,
)
from vaguemestre.schools.sharing.queries import access_to
from vaguemestre.schools.sharing.queries.together import others_at
from vaguemestre.schools.sharing.rules.together import ANSWERING_FOR, is_there
from vaguemestre.schools.sharing.values import Kind, Place, Right

_LONGEST_NOTE = 4000
ACTIVITY_KEPT = timedelta(days=365)
_OPENED_AGAIN = timedelta(minutes=10)


def note_presence(box_id: int, message_id: str, account_id: int, doing: str, *, now: datetime) -> None:
    """`reads` or `answers`. A part, or by itself. The others are told when it begins."""
    if not message_id:
        return
    row, is_new = Presence.objects.get_or_create(
        box_id=box_id,
        account_id=account_id,
        message_id=message_id[:255],
        doing=doing,
        defaults={"seen_at": now},
    )
    was_there = not is_new and is_there(doing, row.seen_at, now)
    Presence.objects.filter(pk=row.pk).update(seen_at=now)
    if not was_there:
        announce(WorkChanged(box_id))


def stop_reading(box_id: int, message_id: str, account_id: int) -> None:
    """The message is closed."""
    _stop(box_id, message_id, account_id, "reads")


def stop_answering(box_id: int, message_id: str, account_id: int) -> None:
    """The composer is closed, or its text sent."""
    _stop(box_id, message_id, account_id, "answers")


def _stop(box_id: int, message_id: str, account_id: int, doing: str) -> None:
    rows = Presence.objects.filter(box_id=box_id, account_id=account_id, message_id=message_id[:255])
    if rows.filter(doing=doing).delete()[0]:
        announce(WorkChanged(box_id))


@transaction.atomic(durable=True)
def take(place: Place, account_id: int, *, by: str, now: datetime) -> None:
    """Use case: the conversation is in that member's care.

    `by` another member it is given to them. Raises Refusal `sharing.cannot-take`.
    """
    access = access_to(place.box_id, account_id, now)
    if access is None or not access.may(Right.SORT):
        raise Refusal("sharing.cannot-take")
    thread = _thread(place)
    thread.taken_by_id, thread.taken_at, thread.closed_at = account_id, now, None
    thread.given_by_id = int(by.partition(":")[2])
    thread.save()
    announce(WorkChanged(place.box_id))
    what = "sharing.taken" if thread.given_by_id == account_id else "sharing.assigned"
    record(what, to=f"box:{place.box_id}", by=by, at=now, member=f"account:{account_id}")


@transaction.atomic(durable=True)
def give_back(place: Place, *, by: str, now: datetime) -> None:
    """Use case: it is in nobody's care any more."""
    thread = _thread(place)
    thread.taken_by = thread.taken_at = thread.given_by = None
    thread.save()
    announce(WorkChanged(place.box_id))
    record("sharing.left", to=f"box:{place.box_id}", by=by, at=now)


@transaction.atomic(durable=True)
def settle(place: Place, *, is_closed: bool, by: str, now: datetime) -> None:
    """Use case: nothing more is awaited, or something is again."""
    thread = _thread(place)
    thread.closed_at = now if is_closed else None
    thread.save()
    announce(WorkChanged(place.box_id))
    record("sharing.closed" if is_closed else "sharing.reopened", to=f"box:{place.box_id}", by=by, at=now)


@transaction.atomic(durable=True)
def add_note(place: Place, account_id: int, text: str, *, by: str, now: datetime) -> None:
    """Use case: a note for the other members. Raises Refusal `sharing.note-empty`."""
    if not text.strip():
        raise Refusal("sharing.note-empty")
    Note.objects.create(
        thread=_thread(place), account_id=account_id, text=text.strip()[:_LONGEST_NOTE], at=now
    )
    announce(WorkChanged(place.box_id))
    record("sharing.noted", to=f"box:{place.box_id}", by=by, at=now)


@transaction.atomic(durable=True)
def warn_before_answer(box_id: int, key: str, message_id: str, account_id: int, *, now: datetime) -> str:
    """Use case: what a member must know before sending an answer, once for each thing; "" for nothing new.

    Somebody else's answer, or somebody else answering.
    """
    if not message_id:
        return ""
    sent, answering = others_at(box_id, message_id, account_id, now)
    names = names_of({row.account_id for row in sent} | {row.account_id for row in answering})
    for row in sent:
        if Warned.objects.get_or_create(box_id=box_id, key=key, what=f"sent:{row.pk}")[1]:
            return f"{names[row.account_id]} a déjà répondu à ce courriel."
    for present in answering:
        if Warned.objects.get_or_create(box_id=box_id, key=key, what=f"answers:{present.account_id}")[1]:
            return f"{names[present.account_id]} répond en ce moment à ce courriel."
    return ""


def note_sent(
    box_id: int, account_id: int, key: str, message_id: str, answers: str, *, by: str, now: datetime
) -> None:
    """Whose hand sent it: known inside, never told outside. Inside the caller's transaction."""
    Sent.objects.get_or_create(
        box_id=box_id,
        key=key,
        defaults={
            "account_id": account_id,
            "message_id": message_id[:255],
            "answers": answers[:255],
            "at": now,
        },
    )
    stop_answering(box_id, answers, account_id)
    announce(WorkChanged(box_id))
    Deed.objects.create(box_id=box_id, account_id=account_id, what="answer" if answers else "send", at=now)
    box = Box.objects.get(pk=box_id)
    if box.kind == Kind.PERSON:
        colleague = f"account:{account_id}"
        record("sharing.loan-sent", to=f"account:{box.account_id}", by=by, at=now, colleague=colleague)
    what = "sharing.answered" if answers else "sharing.sent"
    record(what, to=f"box:{box_id}", by=by, at=now, message=message_id[:255])


def forget_sent(box_account_id: int, key: str) -> None:
    """It was taken back. Inside the caller's transaction."""
    for row in Sent.objects.filter(box__account_id=box_account_id, key=key):
        row.delete()
        announce(WorkChanged(row.box_id))


def note_deed(box_id: int, account_id: int, what: str, place: str, number: int, *, now: datetime) -> None:
    """Who opened or moved what; the same message opened again within minutes is one line."""
    known = Deed.objects.filter(
        box_id=box_id, account_id=account_id, what=what, place=place[:200], at__gte=now - _OPENED_AGAIN
    )
    if what == "open" and known.exists():
        return
    Deed.objects.create(
        box_id=box_id, account_id=account_id, what=what, place=place[:200], number=number, at=now
    )


def forget_old(*, now: datetime) -> None:
    """Presences nobody sees any more, and deeds a year old."""
    Presence.objects.filter(seen_at__lt=now - 2 * ANSWERING_FOR).delete()
    Deed.objects.filter(at__lt=now - ACTIVITY_KEPT).delete()
    Entrance.objects.filter(at__lt=now - timedelta(days=2)).delete()


def _thread(place: Place) -> Thread:
    thread, _ = Thread.objects.select_for_update().get_or_create(box_id=place.box_id, root=place.root)
    for message_id in {place.message_id, place.root}:
        ThreadMessage.objects.get_or_create(thread=thread, message_id=message_id)
    return thread
