"""Which state follows which act, and what is refused."""

import pytest

from vaguemestre.foundation.kernel.errors import Refusal
from vaguemestre.people.credentials.rules.account_states import StateChange, state_after
from vaguemestre.people.credentials.rules.delivered_codes import masked
from vaguemestre.people.credentials.values import AccountState


@pytest.mark.parametrize(("was_activated", "after"), [(True, "active"), (False, "pending")])
@pytest.mark.parametrize(("state", "act"), [("suspended", "resume"), ("closed", "reopen")])
def test_an_account_comes_back_as_far_as_it_had_come(
    state: str, act: StateChange, after: str, *, was_activated: bool
) -> None:
    assert state_after(AccountState(state), act, was_activated=was_activated) == after


@pytest.mark.parametrize(("state", "act"), [("closed", "suspend"), ("closed", "resume")])
def test_a_closed_account_is_neither_suspended_nor_resumed(state: str, act: StateChange) -> None:
    with pytest.raises(Refusal, match="credentials.state-not-possible"):
        state_after(AccountState(state), act, was_activated=True)


def test_an_address_is_shown_by_its_first_letter_and_its_domain() -> None:
    assert masked("claire@exemple.fr") == "c•••@exemple.fr"
