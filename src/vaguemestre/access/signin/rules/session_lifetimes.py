"""Session lifetimes (docs/security.md §5.1): a school day at most, one idle hour, less on a shared computer.

For staff who act on others' accounts (`is_staff`): eight hours, fifteen idle minutes.
"""

from datetime import datetime, timedelta

MAX_DURATION = timedelta(hours=12)
IDLE = timedelta(hours=1)
IDLE_SHARED = timedelta(minutes=15)
OWN_DEVICE = timedelta(days=30)  # « Mon appareil »: after a day of school, for reading only
MAX_DURATION_STAFF = timedelta(hours=8)
IDLE_STAFF = timedelta(minutes=15)
ANONYMOUS = timedelta(minutes=30)  # a sign-in or an activation in progress
RECENT = timedelta(minutes=5)  # sensitive acts, among them filters that forward or delete mail
RECENT_FOR_OTHERS = timedelta(minutes=15)  # acts on others' accounts: a help desk does one after another
WRITE_INTERVAL = timedelta(minutes=1)  # how late the stored idle clock may be


def session_end(
    started: datetime, now: datetime, *, shared: bool, mine: bool = False, is_staff: bool = False
) -> datetime:
    """When the session ends if no request comes after `now`."""
    if is_staff:
        return min(started + MAX_DURATION_STAFF, now + IDLE_STAFF)
    if mine:
        return started + OWN_DEVICE
    idle = IDLE_SHARED if shared else IDLE
    return min(started + MAX_DURATION, now + idle)


def is_recent(signed_in_at: datetime, now: datetime, within: timedelta = RECENT) -> bool:
    """Whether the last proof of identity is recent enough."""
    return now - signed_in_at <= within


def is_read_only(signed_in_at: datetime, now: datetime, *, mine: bool) -> bool:
    """Whether an own-device session is past the lifetime of its proof, and may only read mail."""
    return mine and now - signed_in_at > MAX_DURATION
