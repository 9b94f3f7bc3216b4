"""Who is asking, remembered by each worker for as long as nothing was revoked.

The counter is read before the database: what is remembered is never newer than its stamp, so a sign-out that
commits and then moves the counter is seen by the next request of every worker.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from vaguemestre.access.signin.ports import Revocations
from vaguemestre.access.signin.queries import OpenSession, open_session
from vaguemestre.access.signin.rules.limits import WRITTEN_EVERY, session_end
from vaguemestre.access.signin.services.sessions import touch
from vaguemestre.access.signin.values import Who
from vaguemestre.people.credentials.rules.second_factors import DUE_ROLES, Policy

_READ_AGAIN = timedelta(minutes=1)  # a changed name or address shows by then
_ROOM = 20_000  # sessions remembered by one worker


@dataclass(frozen=True, slots=True)
class _Remembered:
    session: OpenSession
    stamp: int
    read_at: datetime


_remembered: dict[str, _Remembered] = {}


def who_has(
    session_key: str,
    revocations: Revocations,
    now: datetime,
    *,
    acts: bool = True,
    policy: Policy | None = None,
) -> Who | None:
    """The person of that session, or None. `acts` False for what a page asks by itself: the clock runs on."""
    stamp = revocations.count()
    kept = _remembered.get(session_key)
    if kept is None or kept.stamp != stamp or not _still_good(kept, now):
        session = open_session(session_key, now, policy)
        if session is None:
            _remembered.pop(session_key, None)
            return None
        kept = _Remembered(session, stamp, now)
    if acts:
        kept = _wound(kept, now)
    if len(_remembered) >= _ROOM:
        _remembered.clear()
    _remembered[session_key] = kept
    return kept.session.who


def _still_good(kept: _Remembered, now: datetime) -> bool:
    """Another worker may have moved the end further: past ours, the database is asked."""
    return now < kept.session.ends_at and now - kept.read_at < _READ_AGAIN


def _wound(kept: _Remembered, now: datetime) -> _Remembered:
    session = kept.session
    who = session.who
    is_staff = who.role in DUE_ROLES
    end = session_end(session.started, now, shared=who.shared, mine=who.mine, is_staff=is_staff)
    if end - session.ends_at < WRITTEN_EVERY:
        return kept
    touch(session.who.session_key, end, now=now)
    return replace(kept, session=replace(session, ends_at=end))
