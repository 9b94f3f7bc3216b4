"""Who may decide what about a removal, and when a mailbox that did not answer is tried again."""

from datetime import timedelta

from vaguemestre.desks.removals.values import BoxPhase, RemovalState
from vaguemestre.foundation.kernel.errors import Refusal

MAX_ATTEMPTS = 12  # about seven hours; then somebody has to ask for it again
_FIRST_DELAY = timedelta(minutes=1)
_MAX_DELAY = timedelta(hours=1)

MAY_DECIDE = frozenset({RemovalState.COUNTED, RemovalState.STOPPED})
MAY_UNDO = frozenset({RemovalState.REMOVING, RemovalState.STOPPED, RemovalState.REMOVED})
RUNNING = frozenset({RemovalState.COUNTING, RemovalState.REMOVING, RemovalState.RESTORING})
REFUSING = frozenset({RemovalState.REMOVING, RemovalState.STOPPED, RemovalState.REMOVED})

GOALS = {
    RemovalState.COUNTING: BoxPhase.COUNTED,
    RemovalState.REMOVING: BoxPhase.REMOVED,
    RemovalState.RESTORING: BoxPhase.RESTORED,
}
ENDS = {
    RemovalState.COUNTING: RemovalState.COUNTED,
    RemovalState.REMOVING: RemovalState.REMOVED,
    RemovalState.RESTORING: RemovalState.RESTORED,
}


def state_after_decision(holding: int, limit: int, approved_by: str) -> RemovalState:
    """REMOVING, or AWAITING if more than `limit` mailboxes hold a copy and nobody has approved yet."""
    return RemovalState.AWAITING if holding > limit and not approved_by else RemovalState.REMOVING


def check_approval(decided_by: str, approver: str) -> None:
    """Raises Refusal `removals.same-person`."""
    if decided_by == approver:
        raise Refusal("removals.same-person")


def delay_after(attempts: int) -> timedelta | None:
    """The pause after that many failed attempts (1 or more): doubled up to an hour; None after the last."""
    if attempts >= MAX_ATTEMPTS:
        return None
    return min(_FIRST_DELAY * 2.0 ** (attempts - 1), _MAX_DELAY)
