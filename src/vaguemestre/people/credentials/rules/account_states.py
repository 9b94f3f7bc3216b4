"""Account state transitions (docs/domain.md §3.6)."""

from collections.abc import Mapping
from typing import Literal

from vaguemestre.foundation.kernel.errors import Refusal

type StateChange = Literal["suspend", "resume", "close", "reopen"]

_AFTER: Mapping[StateChange, Mapping[str, str]] = {
    "suspend": {"pending": "suspended", "active": "suspended", "suspended": "suspended"},
    "resume": {"suspended": "opened", "active": "active", "pending": "pending"},
    "close": {"pending": "closed", "active": "closed", "suspended": "closed", "closed": "closed"},
    "reopen": {"closed": "opened", "active": "active", "pending": "pending", "suspended": "suspended"},
}


def state_after(state: str, act: StateChange, *, was_activated: bool) -> str:
    """The state of an account after that change; the same state if nothing changes.

    An account that was never activated comes back pending. Raises Refusal `credentials.state-not-possible`.
    """
    after = _AFTER[act].get(state)
    if after is None:
        raise Refusal("credentials.state-not-possible", state=state, act=act)
    if after == "opened":
        return "active" if was_activated else "pending"
    return after
