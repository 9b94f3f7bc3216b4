"""« Ce n'était pas moi »: undo one act, or lock the account and choose another password. Use cases."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import NamedTuple

from django.db import transaction

from vaguemestre.access.signin.endings import tell_machines
from vaguemestre.access.signin.events import AccountTouched, SessionsEnded
from vaguemestre.access.signin.links import Alarm
from vaguemestre.access.signin.models import Device, UsedLink
from vaguemestre.access.signin.ports import Revocations, StopSending, Undo
from vaguemestre.access.signin.rules.acts.kinds import PASSWORD_ACTS, UNDOABLE, UNDONE_ON_LOCK
from vaguemestre.access.signin.rules.notices import revoked_words
from vaguemestre.access.signin.rules.throttle import ACCOUNT
from vaguemestre.access.signin.services.security_notices import notify_owner
from vaguemestre.access.signin.services.sessions import announce_ended, forget_sessions
from vaguemestre.access.signin.services.throttle import charge, refund, reset_failures
from vaguemestre.foundation.journal.queries import entries_since
from vaguemestre.foundation.journal.services import record
from vaguemestre.foundation.journal.values import account_subject
from vaguemestre.foundation.kernel.errors import Refusal
from vaguemestre.people.credentials.queries import holds_second_factor, identified, password_hash_of
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
    void_password,
)
from vaguemestre.people.credentials.values import AccountState

ADDED_BEFORE = UNDO_LIFE  # the act whose notice the owner followed
_BY = "notice"  # the holder of the link: the owner, or a reader of the recovery contact's mail


class LockedAccount(NamedTuple):
    """Events to run after a lock. `is_password_void`: the password does not choose the next one."""

    ended: SessionsEnded
    touched: AccountTouched
    is_password_void: bool


@transaction.atomic(durable=True)
def undo_act(alarm: Alarm, others: Mapping[str, Undo], *, now: datetime) -> AccountTouched:
    """Undo that act alone, once per link. `others`: undo services of other rooms, by act.

    Raises Refusal `signin.link-over` (the account was locked since), `signin.nothing-to-undo`.
    """
    _check_standing(alarm)
    is_first = _use_link(f"undo:{alarm.mark}", now)
    if not is_first or alarm.act not in UNDOABLE or not _undo_if_possible(alarm, others, now=now):
        raise Refusal("signin.nothing-to-undo")
    record("signin.undone", to=account_subject(alarm.account_id), by=_BY, at=now, act=alarm.act)
    touched = notify_owner(alarm.account_id, "undone", now=now)
    tell_machines(None)
    return touched


def lock_account(
    alarm: Alarm,
    others: Mapping[str, Undo],
    revocations: Revocations,
    stop_sending: StopSending,
    *,
    now: datetime,
) -> LockedAccount:
    """End sessions, tokens and app passwords, undo recent acts, stop mail, bar the password.

    The owner may have seen but the last act of an intruder: means of sign-in added in the days before it go
    too, and the notice names them. If the act is a change of password, or no factor is left beside it,
    neither the former nor the new one opens or chooses anything more: owner and intruder may know both.
    Run the returned events. Works once per link, and ends those of before. Raises Refusal `signin.link-used`
    or `signin.link-over`, with nothing changed.
    """
    account_id, to = alarm.account_id, account_subject(alarm.account_id)
    with transaction.atomic(durable=True):
        if not _use_link(alarm.mark, now) or identified(account_id).state != AccountState.ACTIVE:
            raise Refusal("signin.link-used")
        _check_standing(alarm)
        end_links(account_id, now=now)
        ended = forget_sessions(account_id, "", now=now)  # first: what they do ends with them
        was_protected = holds_second_factor(account_id)
        stop_sending(account_id, by=_BY, now=now)
        _undo_if_possible(alarm, others, now=now)
        revoked = revoke_added_since(account_id, alarm.at - ADDED_BEFORE, by=_BY, now=now)
        _undo_acts_since(alarm, others, now=now)
        revoke_every_app_password(account_id, by=_BY, now=now)
        is_void = alarm.act in PASSWORD_ACTS or (was_protected and not holds_second_factor(account_id))
        (void_password if is_void else bar_password)(account_id, by=_BY, now=now)
        Device.objects.filter(account_id=account_id, forgotten_at__isnull=True).update(forgotten_at=now)
        record("signin.alarm-raised", to=to, by=_BY, at=now, act=alarm.act)
        touched = notify_owner(account_id, "alarm-raised", now=now, detail=revoked_words(revoked))
        announce_ended(account_id, ended, by=_BY, now=now)
    revocations.bump(ended.session_keys)
    return LockedAccount(ended, touched, is_void)


def end_links(account_id: int, *, now: datetime) -> None:
    """End the links of every notice so far. Inside the caller's transaction."""
    UsedLink.objects.update_or_create(mark=f"lock:{account_id}", defaults={"used_at": now})


def _use_link(mark: str, now: datetime) -> bool:
    """Whether the link is used for the first time."""
    return UsedLink.objects.get_or_create(mark=mark[:64], defaults={"used_at": now})[1]


def _check_standing(alarm: Alarm) -> None:
    """Require a link of after the account was last locked. Raises Refusal `signin.link-over`."""
    if UsedLink.objects.filter(mark=f"lock:{alarm.account_id}", used_at__gt=alarm.at).exists():
        raise Refusal("signin.link-over")


def check_current_password(account_id: int, current: str, *, now: datetime) -> None:
    """Check the current password, even if barred: the proof required to choose another.

    Raises Refusal `signin.wrong-current` or `signin.wait`.
    """
    budget = {f"renewal:{account_id}": ACCOUNT}
    with hash_slot() as has_place:
        if not has_place:
            raise Refusal("signin.busy")
        if wait := charge(budget, now=now):
            raise Refusal("signin.wait", wait=wait)
        if not matches_hash(current, password_hash_of(account_id)):
            raise Refusal("signin.wrong-current")
    with transaction.atomic(durable=True):
        refund(budget)


def renew_password(account_id: int, password: str, *, now: datetime) -> AccountTouched:
    """Store the new password, already checked; the account opens again."""
    password_hash = hash_password(password)
    with transaction.atomic(durable=True):
        save_password_hash(account_id, password_hash, by=account_subject(account_id), now=now)
        reset_failures([f"renewal:{account_id}"])
        return notify_owner(account_id, "password-changed", now=now)


@transaction.atomic(durable=True)
def purge_expired_undos(*, now: datetime) -> None:
    """Delete undo data and used links past the lifetime of notice links."""
    purge_withdrawn(now)
    UsedLink.objects.filter(used_at__lt=now - UNDO_LIFE).delete()


def _undo_acts_since(alarm: Alarm, others: Mapping[str, Undo], *, now: datetime) -> None:
    """Undo forwards, filters, delegations, exports and links to the ENT made since, or in the days before."""
    since = alarm.at - ADDED_BEFORE
    done = entries_since(account_subject(alarm.account_id), tuple(UNDONE_ON_LOCK), since)
    acts = {(UNDONE_ON_LOCK[line.action], int(str(line.details.get("number") or 0))): None for line in done}
    for act, number in acts:  # each once, the newest first, however many lines of anything stand between
        _undo_if_possible(replace(alarm, act=act, number=number), others, now=now)


def _undo_if_possible(alarm: Alarm, others: Mapping[str, Undo], *, now: datetime) -> bool:
    """Whether there was something to undo."""
    if other := others.get(alarm.act):
        return other(alarm.account_id, alarm.number, by=_BY, now=now)
    return undo_change(alarm.act, alarm.account_id, alarm.number, by=_BY, now=now)
