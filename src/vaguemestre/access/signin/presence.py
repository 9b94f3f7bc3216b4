"""Each worker's cache of sessions, valid as long as the revocation counter does not move.

The counter is read before the database, so an entry is never newer than its stamp: a sign-out that commits
and then moves the counter is seen by the next request of every worker.
"""

from contextvars import ContextVar
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from vaguemestre.access.signin.ports import Revocations
from vaguemestre.access.signin.queries import OpenSession, open_session
from vaguemestre.access.signin.rules.session_lifetimes import WRITE_INTERVAL, session_end
from vaguemestre.access.signin.services.sessions import extend_session
from vaguemestre.access.signin.values import Who
from vaguemestre.people.credentials.rules.second_factors import DUE_ROLES, Policy

# The secret of the session that the current request came with, from its cookie ("": none); None in jobs.
# Shown to the token service: the proof that a browser of that person is here.
present_secret: ContextVar[str | None] = ContextVar("present_secret", default=None)

_MAX_AGE = timedelta(minutes=1)  # a changed name or address shows by then
_MAX_SESSIONS = 20_000  # in one worker's cache


@dataclass(frozen=True, slots=True)
class _CachedSession:
    session: OpenSession
    stamp: int
    read_at: datetime


_cache: dict[str, _CachedSession] = {}


def session_user(
    session_key: str,
    revocations: Revocations,
    now: datetime,
    *,
    acts: bool = True,
    policy: Policy | None = None,
) -> Who | None:
    """The user of that session, or None. `acts` False for background requests: the idle clock runs on."""
    stamp = revocations.count()
    cached = _cache.get(session_key)
    if cached is None or cached.stamp != stamp or not _is_valid(cached, now):
        session = open_session(session_key, now, policy)
        if session is None:
            _cache.pop(session_key, None)
            return None
        cached = _CachedSession(session, stamp, now)
    if acts:
        cached = _with_moved_end(cached, now)
    if len(_cache) >= _MAX_SESSIONS:
        _cache.clear()
    _cache[session_key] = cached
    return cached.session.who


def _is_valid(cached: _CachedSession, now: datetime) -> bool:
    """Whether the entry may be used. Past its end, ask the database: another worker may have moved it."""
    return now < cached.session.ends_at and now - cached.read_at < _MAX_AGE


def _with_moved_end(cached: _CachedSession, now: datetime) -> _CachedSession:
    session = cached.session
    who = session.who
    is_staff = who.role in DUE_ROLES
    end = session_end(session.started, now, shared=who.shared, mine=who.mine, is_staff=is_staff)
    if end - session.ends_at < WRITE_INTERVAL:
        return cached
    extend_session(session.who.session_key, end, now=now)
    return replace(cached, session=replace(session, ends_at=end))
