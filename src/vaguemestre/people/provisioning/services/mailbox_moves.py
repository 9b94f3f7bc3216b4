"""Move a mailbox from one pod to another. Each step is stored, so that a killed move is resumed."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction

from vaguemestre.foundation.journal.services import record
from vaguemestre.foundation.journal.values import account_subject
from vaguemestre.people.provisioning.models import MailboxPlace
from vaguemestre.people.provisioning.ports import Places, PodMail

# Postfix waits no longer than that for Dovecot: a delivery begun before the mailbox was frozen has ended
LEFT_FOR = timedelta(minutes=30)
_STEP = MailboxPlace.Step


@dataclass(frozen=True)
class MailboxMove:
    """A finished move. `pause_seconds`: how long nobody could open the mailbox."""

    mailbox: str
    source: str
    target: str
    pause_seconds: float = 0.0


def move_mailbox(
    places: Places,
    mail: PodMail,
    account_id: int,
    target: str,
    *,
    first: str,
    by: str,
    now: Callable[[], datetime],
) -> MailboxMove:
    """Move a mailbox to the pod `target`; if a move to another pod is past its copy, finish that one instead.

    Does nothing if the mailbox lives there. `first`: the pod of mailboxes without a place. Run it again after
    EngineDown or EngineRefused.
    """
    place = _place(account_id, now())
    if place.step == _STEP.STILL or (place.step == _STEP.COPYING and place.target != target):
        if (place.pod or first) == target:
            _note(place, _STEP.STILL, now(), target="")
            return MailboxMove(place.account.mailbox, target, target)
        _tidy(mail, place)
        _note(place, _STEP.COPYING, now(), target=target)
    mailbox, source, pause = place.account.mailbox, place.pod or first, 0.0
    if place.step == _STEP.COPYING:
        mail.copy(mailbox, source, place.target)
        _note(place, _STEP.FROZEN, now())
    if place.step == _STEP.FROZEN:
        began = time.monotonic()
        places.freeze(mailbox)
        mail.cut(mailbox, source)
        mail.copy(mailbox, source, place.target)
        _arrive(place, source, by, now())
        places.settle(mailbox, place.pod)
        pause = time.monotonic() - began
    if place.step == _STEP.MOVED:
        places.settle(mailbox, place.pod)
        source = place.left_on
        mail.merge(mailbox, source, place.pod)
        _note(place, _STEP.STILL, now())
    return MailboxMove(mailbox, source, place.pod, pause)


def tidy_former_copies(mail: PodMail, *, now: datetime) -> int:
    """Delete former copies LEFT_FOR after their moves, after a last merge. Returns how many."""
    places = MailboxPlace.objects.filter(step=_STEP.STILL, since__lt=now - LEFT_FOR).exclude(left_on="")
    count = 0
    for place in places.select_related("account"):
        _tidy(mail, place)
        count += 1
    return count


def forget_place(account_id: int) -> None:
    """Forget where a mailbox lived, unless a former copy of it is still to be deleted from another pod."""
    MailboxPlace.objects.filter(account_id=account_id, left_on="").delete()


def _place(account_id: int, now: datetime) -> MailboxPlace:
    places = MailboxPlace.objects.select_related("account")
    return places.get_or_create(account_id=account_id, defaults={"since": now})[0]


def _tidy(mail: PodMail, place: MailboxPlace) -> None:
    if place.left_on:
        mail.merge(place.account.mailbox, place.left_on, place.pod)
        mail.empty(place.account.mailbox, place.left_on)
        place.left_on = ""
        place.save(update_fields=["left_on"])


def _note(place: MailboxPlace, step: MailboxPlace.Step, now: datetime, target: str | None = None) -> None:
    place.step, place.since = step, now
    if target is not None:
        place.target = target
    place.save(update_fields=["step", "since", "target"])


def _arrive(place: MailboxPlace, source: str, by: str, now: datetime) -> None:
    with transaction.atomic():
        place.left_on, place.pod, place.target = source, place.target, ""
        place.step, place.since = _STEP.MOVED, now
        place.save()
        record("provisioning.mailbox-moved", to=account_subject(place.account_id), by=by, at=now)
