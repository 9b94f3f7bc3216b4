"""« Ce n'était pas moi »: a change undone, or everything closed and another password asked for. Use cases."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from django.db import transaction

from vaguemestre.access.signin.events import AccountTouched, SessionsEnded
from vaguemestre.access.signin.links import Alarm
from vaguemestre.access.signin.models import Device, UsedLink
from vaguemestre.access.signin.ports import Revocations, Undo
from vaguemestre.access.signin.rules.notices import SINCE
from vaguemestre.access.signin.rules.throttle import ACCOUNT
from vaguemestre.access.signin.services.security_notices import tell
from vaguemestre.access.signin.services.sessions import end_other_sessions
from vaguemestre.access.signin.services.throttle import clear, give_back, pay
from vaguemestre.foundation.journal.queries import entries_about
from vaguemestre.foundation.journal.services import record
from vaguemestre.foundation.kernel.errors import Refusal
from vaguemestre.people.credentials.queries import identified, password_hash_of
from vaguemestre.people.credentials.services import (
    UNDO_LIFE,
    bar_password,
    hash_password,
    hash_slot,
    matches_hash,
    purge_withdrawn,
    revoke_added_since,
    revoke_every_app_password,
    save_password_hash,
    undo_change,
)

_READ_BACK = 500  # lines of the journal
_BY = "notice"  # whoever holds the link: the owner, or who reads their contact's mail


@transaction.atomic(durable=True)
def undo(alarm: Alarm, others: Mapping[str, Undo], *, now: datetime) -> AccountTouched:
    """That change alone is taken back. `others`: how other rooms undo their acts.

    Raises Refusal `signin.nothing-to-undo`.
    """
    if not _taken_back(alarm, others, now=now):
        raise Refusal("signin.nothing-to-undo")
    record("signin.undone", to=f"account:{alarm.account_id}", by=_BY, at=now, act=alarm.act)
    return tell(alarm.account_id, "undone", now=now)


def close_everything(
    alarm: Alarm, others: Mapping[str, Undo], revocations: Revocations, *, now: datetime
) -> tuple[SessionsEnded, AccountTouched]:
    """Sessions, tokens and application passwords end; what was added since leaves; the password is barred.

    Once a link: raises Refusal `signin.link-used`, having changed nothing. Run the events now.
    """
    account_id, to = alarm.account_id, f"account:{alarm.account_id}"
    with transaction.atomic(durable=True):
        _, is_first = UsedLink.objects.get_or_create(mark=alarm.mark, defaults={"used_at": now})
        if not is_first or identified(account_id).state != "active":
            raise Refusal("signin.link-used")
        _taken_back(alarm, others, now=now)
        revoke_added_since(account_id, alarm.at, by=_BY, now=now)
        _take_back_since(alarm, others, now=now)
        revoke_every_app_password(account_id, by=_BY, now=now)
        bar_password(account_id, by=_BY, now=now)
        Device.objects.filter(account_id=account_id, forgotten_at__isnull=True).update(forgotten_at=now)
        record("signin.alarm-raised", to=to, by=_BY, at=now, act=alarm.act)
        touched = tell(account_id, "alarm-raised", now=now)
    return end_other_sessions(account_id, "", revocations, by=_BY, now=now), touched


def check_current(account_id: int, current: str, *, now: datetime) -> None:
    """The password of before, even barred: the proof that another may be chosen.

    Raises Refusal `signin.wrong-current` or `signin.wait`.
    """
    budget = {f"renewal:{account_id}": ACCOUNT}
    with hash_slot() as has_place:
        if not has_place:
            raise Refusal("signin.busy")
        if wait := pay(budget, now=now):
            raise Refusal("signin.wait", wait=wait)
        if not matches_hash(current, password_hash_of(account_id)):
            raise Refusal("signin.wrong-current")
    with transaction.atomic(durable=True):
        give_back(budget)


def renew_password(account_id: int, password: str, *, now: datetime) -> AccountTouched:
    """The new password, checked before; the account opens again."""
    kept = hash_password(password)
    with transaction.atomic(durable=True):
        save_password_hash(account_id, kept, by=f"account:{account_id}", now=now)
        clear([f"renewal:{account_id}"])
        return tell(account_id, "password-changed", now=now)


@transaction.atomic(durable=True)
def forget_what_is_over(*, now: datetime) -> None:
    """What was kept for an undo that may not come any more, and links that are too old anyway."""
    purge_withdrawn(now)
    UsedLink.objects.filter(used_at__lt=now - UNDO_LIFE).delete()


def _take_back_since(alarm: Alarm, others: Mapping[str, Undo], *, now: datetime) -> None:
    """What a stranger made of the account since: transfers, filters, loans, copies."""
    for line in entries_about(f"account:{alarm.account_id}", limit=_READ_BACK):
        if line.at < alarm.at:
            break
        if act := SINCE.get(line.action):
            number = int(str(line.details.get("number") or 0))
            _taken_back(replace(alarm, act=act, number=number), others, now=now)


def _taken_back(alarm: Alarm, others: Mapping[str, Undo], *, now: datetime) -> bool:
    if other := others.get(alarm.act):
        return other(alarm.account_id, alarm.number, by=_BY, now=now)
    return undo_change(alarm.act, alarm.account_id, alarm.number, by=_BY, now=now)
