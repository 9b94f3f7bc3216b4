"""How a request moves (docs/domain.md §3.2)."""

from vaguemestre.desks.enrolment.values import Act, State
from vaguemestre.foundation.kernel.errors import Refusal

_OPEN = (State.SUBMITTED, State.UNDER_REVIEW, State.NEEDS_INFORMATION)
_MOVES = {
    Act.TAKE: ((State.SUBMITTED,), State.UNDER_REVIEW),
    Act.ASK: ((State.SUBMITTED, State.UNDER_REVIEW), State.NEEDS_INFORMATION),
    Act.COMPLETE: ((State.NEEDS_INFORMATION,), State.UNDER_REVIEW),
    Act.CREATE: (_OPEN, State.APPROVED),
    Act.RECOGNISE: (_OPEN, State.EXISTING_FOUND),
    Act.REJECT: (_OPEN, State.REJECTED),
    Act.DELIVER: ((State.APPROVED, State.EXISTING_FOUND), State.DELIVERED),
    Act.CLOSE: ((State.REJECTED, State.DELIVERED), State.CLOSED),
}


def moved(state: State, act: Act) -> State:
    """The state after that act. Raises Refusal `enrolment.not-now`."""
    allowed, after = _MOVES[act]
    if state not in allowed:
        raise Refusal("enrolment.not-now")
    return after


def possible(state: State) -> frozenset[Act]:
    """What an officer may do now."""
    return frozenset(
        act for act, (allowed, _) in _MOVES.items() if state in allowed and act is not Act.COMPLETE
    )
