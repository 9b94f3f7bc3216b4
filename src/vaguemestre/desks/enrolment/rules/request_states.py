"""The state machine of a request (docs/domain.md §3.2)."""

from vaguemestre.desks.enrolment.values import RequestAction, RequestState
from vaguemestre.foundation.kernel.errors import Refusal

_OPEN_STATES = (RequestState.SUBMITTED, RequestState.UNDER_REVIEW, RequestState.NEEDS_INFORMATION)
_TRANSITIONS = {
    RequestAction.TAKE: ((RequestState.SUBMITTED,), RequestState.UNDER_REVIEW),
    RequestAction.ASK: ((RequestState.SUBMITTED, RequestState.UNDER_REVIEW), RequestState.NEEDS_INFORMATION),
    RequestAction.COMPLETE: ((RequestState.NEEDS_INFORMATION,), RequestState.UNDER_REVIEW),
    RequestAction.CREATE: (_OPEN_STATES, RequestState.APPROVED),
    RequestAction.RECOGNISE: (_OPEN_STATES, RequestState.EXISTING_FOUND),
    RequestAction.REJECT: (_OPEN_STATES, RequestState.REJECTED),
    RequestAction.DELIVER: ((RequestState.APPROVED, RequestState.EXISTING_FOUND), RequestState.DELIVERED),
    RequestAction.TRANSFER: (
        (RequestState.SUBMITTED, RequestState.UNDER_REVIEW),
        RequestState.SUBMITTED,
    ),
    RequestAction.CLOSE: ((RequestState.REJECTED, RequestState.DELIVERED), RequestState.CLOSED),
}


def next_state(state: RequestState, action: RequestAction) -> RequestState:
    """The state after an action. Raises Refusal `enrolment.not-now`."""
    allowed, after = _TRANSITIONS[action]
    if state not in allowed:
        raise Refusal("enrolment.not-now")
    return after


def allowed_actions(state: RequestState) -> frozenset[RequestAction]:
    """The actions an officer may take in that state."""
    return frozenset(
        action
        for action, (allowed, _) in _TRANSITIONS.items()
        if state in allowed and action is not RequestAction.COMPLETE
    )
