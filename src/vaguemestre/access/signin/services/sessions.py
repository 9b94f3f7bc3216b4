"""Browser sessions: open, extend, end."""

import hashlib
from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import batched
from typing import NamedTuple

from django.db import transaction

from vaguemestre.access.signin.endings import tell_machines
from vaguemestre.access.signin.events import AccountTouched, SessionsEnded
from vaguemestre.access.signin.models import Attempts, BrowserSession, InterruptedAct
from vaguemestre.access.signin.ports import Revocations
from vaguemestre.access.signin.rules.browsers import browser_label
from vaguemestre.access.signin.rules.session_lifetimes import OWN_DEVICE, RECENT
from vaguemestre.access.signin.services.devices import record_browser
from vaguemestre.access.signin.services.security_notices import notify_owner
from vaguemestre.access.signin.sessions import SessionStore
from vaguemestre.access.signin.values import Factor
from vaguemestre.foundation.jobs.services import announce
from vaguemestre.foundation.journal.services import record
from vaguemestre.foundation.journal.values import account_subject
from vaguemestre.foundation.kernel.errors import Refusal
from vaguemestre.people.credentials.queries import account_facts, identified
from vaguemestre.people.credentials.rules.second_factors import DUE_ROLES
from vaguemestre.people.credentials.services import forget_tokens, lock_account_row, note_sessions_ended
from vaguemestre.people.credentials.values import AccountState, Identified

DELETED_AFTER = timedelta(days=2)
_INACTIVE = (AccountState.SUSPENDED, AccountState.CLOSED)  # a pending account has no session to end


class BrowserOrigin(NamedTuple):
    """The browser a session is opened from, and what for.

    `user_agent` as sent; `mark`: of the browser, "" not to record it; `proof_mark`: of the application's
    request that the sign-in answers.
    """

    network: str
    user_agent: str
    mark: str = ""
    proof_mark: str = ""


def account_mark(account: Identified) -> str:
    """Mark of the state, the password and the last end of sessions of an account, as it was read.

    Not an hour: what ended the sessions may have begun before the sign-in, and be committed after it read.
    """
    ended_at = account.sessions_ended_at
    read = f"{account.state} {ended_at.isoformat() if ended_at else ''} {account.hashed}"
    return hashlib.sha256(read.encode()).hexdigest()[:32]


def open_browser_session(
    session: SessionStore,
    account_id: int,
    origin: BrowserOrigin,
    *,
    shared: bool,
    now: datetime,
    by: str = "password",
    mine: bool = False,
    mark: str = "",
) -> AccountTouched | None:
    """Use case: replace the browser's session by a new one for that account.

    Returns the owner's notice of a browser never seen before, unless it is the account's first. `mine`, a
    long session for reading mail, is refused to staff. `mark`: of the account as the proof was compared with.
    """
    is_staff = identified(account_id).role in DUE_ROLES
    mine = mine and not shared and not is_staff
    started = now - 2 * RECENT if by == Factor.PARTNER else now  # sensitive acts still want a proof of ours
    with transaction.atomic(durable=True):
        _check_unchanged(account_id, mark)
        if former_key := session.digest:
            BrowserSession.objects.filter(pk=former_key).delete()
        session.clear()
        session.update(
            {
                "account": account_id,
                "started": started.timestamp(),
                "shared": shared,
                "network": origin.network,
                "browser": origin.user_agent[:200],
                "by": by,
                "mine": mine,
                "staff": is_staff,
                "proof_mark": origin.proof_mark,
            }
        )
        session.set_expiry(0 if shared else int(OWN_DEVICE.total_seconds()) if mine else None)
        session.create()
        return _record_sign_in(account_id, origin, shared=shared, now=now)


def _check_unchanged(account_id: int, mark: str) -> None:
    """Require the account as it was when the proof was given, until the caller's transaction ends.

    Whoever ends its sessions writes its row first. Raises Refusal `signin.ended-meanwhile`.
    """
    lock_account_row(account_id)
    if mark and mark != account_mark(identified(account_id)):
        raise Refusal("signin.ended-meanwhile")


def _record_sign_in(
    account_id: int, origin: BrowserOrigin, *, shared: bool, now: datetime
) -> AccountTouched | None:
    """Journal the sign-in; the owner's notice if the browser is new."""
    account, browser = account_subject(account_id), browser_label(origin.user_agent)
    record(
        "signin.signed-in",
        to=account,
        by=account,
        at=now,
        shared=shared,
        network=origin.network,
        browser=browser,
    )
    if origin.mark and record_browser(
        account_id, origin.mark, network=origin.network, user_agent=origin.user_agent, now=now
    ):
        return notify_owner(account_id, "new-browser", now=now, detail=f"{browser}, réseau {origin.network}")
    return None


@transaction.atomic(durable=True)
def delete_expired(*, now: datetime) -> None:
    """Delete sessions, interrupted acts and failure counters past their time."""
    BrowserSession.objects.filter(expire_date__lt=now - DELETED_AFTER).delete()
    InterruptedAct.objects.filter(until__lt=now).delete()
    Attempts.objects.filter(last_at__lt=now - DELETED_AFTER).delete()


def extend_session(session_key: str, ends_at: datetime, *, now: datetime) -> None:
    """Move the end of a live session, in one statement."""
    BrowserSession.objects.filter(pk=session_key, expire_date__gt=now).update(expire_date=ends_at)


def end_session(
    session_key: str, account_id: int, revocations: Revocations, *, now: datetime, continued_by: str = ""
) -> SessionsEnded:
    """Use case: end a session and its mail tokens (run the event now).

    `continued_by`: the session that takes its place, for applications entered with this one.
    """
    with transaction.atomic(durable=True):
        BrowserSession.objects.filter(pk=session_key).delete()
        event = SessionsEnded(
            forget_tokens([account_id], session_key=session_key), [session_key], continued_by
        )
        if not continued_by:  # a fresh proof is no sign-out
            owner = account_subject(account_id)
            record("signin.signed-out", to=account_subject(account_id), by=owner, at=now)
        announce(event)
        tell_machines([session_key])
    revocations.bump([session_key])
    return event


def end_other_sessions(
    account_id: int, but_key: str, revocations: Revocations, *, by: str, now: datetime
) -> SessionsEnded:
    """Use case: end every session of an account but `but_key` ("" for all), and its half sign-ins.

    Run the event now.
    """
    with transaction.atomic(durable=True):
        ended = forget_sessions(account_id, but_key, now=now)
        announce_ended(account_id, ended, by=by, now=now)
    revocations.bump(ended.session_keys)
    return ended


def forget_sessions(account_id: int, but_key: str, *, now: datetime) -> SessionsEnded:
    """Delete every session of an account but `but_key`, and its mail tokens. Inside the caller's transaction.

    To be done before what they did is looked for: an act under way then either is committed, and found, or
    finds its session gone and is refused (`notify_owner`). `announce_ended` is the last step.
    """
    note_sessions_ended(account_id, now=now)
    sessions = BrowserSession.objects.filter(account_id=account_id).exclude(pk=but_key)
    keys = list(sessions.values_list("pk", flat=True))
    sessions.delete()
    return SessionsEnded([sha for key in keys for sha in forget_tokens([], session_key=key)], keys)


def announce_ended(account_id: int, ended: SessionsEnded, *, by: str, now: datetime) -> None:
    """Journal and announce ended sessions; the caller bumps the revocations after commit."""
    number = len(ended.session_keys)
    record("signin.sessions-ended", to=account_subject(account_id), by=by, at=now, number=number)
    announce(ended)
    tell_machines(ended.session_keys)


@transaction.atomic(durable=True)
def end_every_session() -> int:
    """End all sessions and interrupted acts, before any process serves. Returns the count of sessions."""
    InterruptedAct.objects.all().delete()
    return BrowserSession.objects.all().delete()[0]


def end_all_sessions(
    account_id: int, *, by: str, now: datetime, forgotten: SessionsEnded | None = None
) -> SessionsEnded:
    """End every session, half sign-in and mail token of an account. Inside the caller's transaction.

    `forgotten`: those `forget_sessions` deleted already. The caller bumps the revocations after commit, and
    runs the event.
    """
    ended = forgotten or forget_sessions(account_id, "", now=now)
    event = SessionsEnded([*ended.token_sha256s, *forget_tokens([account_id])], ended.session_keys)
    record(
        "signin.sessions-ended", to=account_subject(account_id), by=by, at=now, number=len(event.session_keys)
    )
    announce(event)
    tell_machines(None)
    return event


def end_sessions_of_inactive(
    account_ids: Sequence[int], revocations: Revocations, *, now: datetime
) -> list[str]:
    """Use case: end the sessions of inactive accounts. Returns SHA-256 of tokens to refuse. Idempotent."""
    inactive = [facts.account_id for facts in account_facts(account_ids, now) if facts.state in _INACTIVE]
    tokens: list[str] = []
    for batch in batched(inactive, 1000, strict=False):
        with transaction.atomic(durable=True):
            sessions = BrowserSession.objects.filter(account_id__in=batch)
            keys = list(sessions.values_list("pk", flat=True))
            sessions.delete()
            tokens += [sha for key in keys for sha in forget_tokens([], session_key=key)]
            tokens += forget_tokens(batch)
            tell_machines(None)
    if inactive:
        revocations.bump()  # shared mailboxes opened by others end too: not only these sessions
    return tokens
