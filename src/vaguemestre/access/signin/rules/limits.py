"""How long a session lives (docs/security.md §5.1): a school day at most, an hour of silence, less if shared.

Whoever acts on others' accounts (`is_staff`): eight hours, fifteen minutes of silence.
"""

from datetime import datetime, timedelta

LONGEST = timedelta(hours=12)
IDLE = timedelta(hours=1)
IDLE_SHARED = timedelta(minutes=15)
MINE = timedelta(days=30)  # « Mon appareil »: after a day of school, for reading only
LONGEST_STAFF = timedelta(hours=8)
IDLE_STAFF = timedelta(minutes=15)
ANONYMOUS = timedelta(minutes=30)  # a sign-in or an activation under way
RECENT = timedelta(minutes=5)  # what sensitive acts ask for
RECENT_FOR_OTHERS = timedelta(minutes=15)  # what acts on others ask for: a desk does one after another
RECENT_FOR_FILTERS = timedelta(minutes=30)  # what a filter asks for that sends mail on or away
WRITTEN_EVERY = timedelta(minutes=1)  # the idle clock on disk is at most that late


def session_end(
    started: datetime, now: datetime, *, shared: bool, mine: bool = False, is_staff: bool = False
) -> datetime:
    """When the session is over if nothing more is asked after `now`."""
    if is_staff:
        return min(started + LONGEST_STAFF, now + IDLE_STAFF)
    if mine:
        return started + MINE
    idle = IDLE_SHARED if shared else IDLE
    return min(started + LONGEST, now + idle)


def is_recent(signed_in_at: datetime, now: datetime, within: timedelta = RECENT) -> bool:
    return now - signed_in_at <= within


def reads_only(signed_in_at: datetime, now: datetime, *, mine: bool) -> bool:
    """Whether a long session has outlived what a proof is good for."""
    return mine and now - signed_in_at > LONGEST
