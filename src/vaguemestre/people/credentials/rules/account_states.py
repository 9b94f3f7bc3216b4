"""Account state transitions (docs/domain.md §3.6)."""

from collections.abc import Mapping
from typing import Literal

from vaguemestre.foundation.kernel.errors import Refusal
from vaguemestre.people.credentials.values import AccountState

type StateChange = Literal["suspend", "resume", "close", "reopen"]

# None: open again, as it was before.
_AFTER: Mapping[StateChange, Mapping[AccountState, AccountState | None]] = {
    "suspend": dict.fromkeys(
        (AccountState.PENDING, AccountState.ACTIVE, AccountState.SUSPENDED), AccountState.SUSPENDED
    ),
    "resume": {
        AccountState.SUSPENDED: None,
        AccountState.ACTIVE: AccountState.ACTIVE,
        AccountState.PENDING: AccountState.PENDING,
    },
    "close": dict.fromkeys(AccountState, AccountState.CLOSED),
    "reopen": {
        AccountState.CLOSED: None,
        AccountState.ACTIVE: AccountState.ACTIVE,
        AccountState.PENDING: AccountState.PENDING,
        AccountState.SUSPENDED: AccountState.SUSPENDED,
    },
}


def state_after(state: AccountState, act: StateChange, *, was_activated: bool) -> AccountState:
    """The state of an account after that change; the same state if nothing changes.

    An account that was never activated comes back pending. Raises Refusal `credentials.state-not-possible`.
    """
    states = _AFTER[act]
    if state not in states:
        raise Refusal("credentials.state-not-possible", state=state, act=act)
    return states[state] or (AccountState.ACTIVE if was_activated else AccountState.PENDING)
