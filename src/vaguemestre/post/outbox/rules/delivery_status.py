"""Which delivery state replaces another, and the state of a whole message."""

from collections.abc import Sequence

from vaguemestre.post.outbox.values import DeliveryState, DeliveryStatus

_RANK = {
    DeliveryState.ACCEPTED: 0,
    DeliveryState.DELAYED: 1,
    DeliveryState.DELIVERED: 2,
    DeliveryState.REFUSED: 3,
    DeliveryState.READ: 4,
}


def supersedes(current: DeliveryState, new: DeliveryState) -> bool:
    """Whether a new state replaces the current one.

    « Read » is final; « refused » replaces « delivered » (bounce of a later server); a late delay is ignored.
    """
    return _RANK[new] >= _RANK[current]


def overall_state(statuses: Sequence[DeliveryStatus]) -> DeliveryState:
    """The state shown for a message in a list: the worst one; « read » only if every recipient read it."""
    states = {status.state for status in statuses}
    for worst in (DeliveryState.REFUSED, DeliveryState.DELAYED, DeliveryState.ACCEPTED):
        if worst in states:
            return worst
    return DeliveryState.READ if states == {DeliveryState.READ} else DeliveryState.DELIVERED
