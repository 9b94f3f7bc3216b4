"""How long a session lives (SECURITY §5.1): a school day at most, an hour of silence, less if shared."""

from datetime import datetime, timedelta

LONGEST = timedelta(hours=12)
IDLE = timedelta(hours=1)
IDLE_SHARED = timedelta(minutes=15)
MINE = timedelta(days=30)  # « Mon appareil »: after a day of school, for reading only
ANONYMOUS = timedelta(minutes=30)  # a sign-in or an activation under way
RECENT = timedelta(minutes=5)  # what sensitive acts ask for
WRITTEN_EVERY = timedelta(minutes=1)  # the idle clock on disk is at most that late


def session_end(started: datetime, now: datetime, *, shared: bool, mine: bool = False) -> datetime:
    """When the session is over if nothing more is asked after `now`."""
    if mine:
        return started + MINE
    idle = IDLE_SHARED if shared else IDLE
    return min(started + LONGEST, now + idle)


def is_recent(signed_in_at: datetime, now: datetime) -> bool:
    return now - signed_in_at <= RECENT


def reads_only(signed_in_at: datetime, now: datetime, *, mine: bool) -> bool:
    """Whether a long session has outlived what a proof is good for."""
    return mine and now - signed_in_at > LONGEST
