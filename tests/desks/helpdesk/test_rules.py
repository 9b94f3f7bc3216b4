"""What an operator may do, and what a reason may not hold."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vaguemestre.desks.helpdesk.rules.actions import (
    MAX_ACTIONS_A_DAY,
    check_action,
    check_count,
    clean_reason,
    possible_actions,
)
from vaguemestre.desks.helpdesk.values import ActionTarget, DeskAction
from vaguemestre.foundation.kernel.errors import Refusal
from vaguemestre.people.credentials.values import AccountRole, AccountState

STATES = tuple(AccountState)


@given(
    st.sampled_from(DeskAction),
    st.sampled_from((AccountRole.ADMINISTRATOR, AccountRole.AUDITOR)),
    st.sampled_from(STATES),
)
def test_no_act_is_ever_done_to_an_administrator_or_an_auditor(
    act: DeskAction, role: AccountRole, state: AccountState
) -> None:
    with pytest.raises(Refusal, match="helpdesk.not-on-administrators"):
        check_action(act, ActionTarget(1, role, state), operator_id=2)


@given(st.sampled_from(DeskAction), st.sampled_from(STATES))
def test_no_act_is_done_to_an_office_that_reaches_further(act: DeskAction, state: AccountState) -> None:
    with pytest.raises(Refusal, match="helpdesk.not-on-wider-office"):
        check_action(
            act, ActionTarget(1, AccountRole.HR_OFFICER, state, outreaches_operator=True), operator_id=2
        )


@given(st.sampled_from(DeskAction), st.sampled_from(STATES))
def test_nobody_helps_themselves(act: DeskAction, state: AccountState) -> None:
    with pytest.raises(Refusal, match="helpdesk.not-on-yourself"):
        check_action(act, ActionTarget(1, AccountRole.HELPDESK, state), operator_id=1)


@given(
    st.sampled_from(DeskAction),
    st.sampled_from(STATES),
    st.sampled_from(["", "a@maison.example"]),
    st.integers(0, 3),
    st.booleans(),
)
def test_an_act_is_done_only_where_it_makes_sense(
    act: DeskAction, state: AccountState, contact: str, kept_back: int, has_key: bool
) -> None:
    target = ActionTarget(
        1, AccountRole.AGENT, state, contact, kept_back, has_key=has_key, can_send=state == "active"
    )
    if act in possible_actions(target):
        check_action(act, target, operator_id=2)
    else:
        with pytest.raises(Refusal, match="helpdesk.(not-in-that-state|cannot-send)"):
            check_action(act, target, operator_id=2)


@given(st.sampled_from(("", "a@maison.example")), st.integers(0, 3), st.booleans())
def test_nothing_is_done_to_a_closed_account(contact: str, kept_back: int, has_key: bool) -> None:
    assert not possible_actions(
        ActionTarget(1, AccountRole.AGENT, AccountState.CLOSED, contact, kept_back, has_key=has_key)
    )


def test_a_code_is_sent_to_a_verified_contact_only() -> None:
    assert DeskAction.SEND_CODE not in possible_actions(
        ActionTarget(1, AccountRole.AGENT, AccountState.ACTIVE)
    )
    assert DeskAction.SEND_CODE in possible_actions(
        ActionTarget(1, AccountRole.AGENT, AccountState.ACTIVE, "a@maison.example")
    )


@pytest.mark.parametrize("act", DeskAction)
def test_the_last_of_the_day_is_done_and_the_next_is_not(act: DeskAction) -> None:
    check_count(act, MAX_ACTIONS_A_DAY[act])
    with pytest.raises(Refusal, match="helpdesk.enough-today"):
        check_count(act, MAX_ACTIONS_A_DAY[act] + 1)


@pytest.mark.parametrize("text", ["", "   ", "ok", " a \n b "])
def test_a_reason_says_something(text: str) -> None:
    with pytest.raises(Refusal, match="helpdesk.reason-missing"):
        clean_reason(text)


@pytest.mark.parametrize("numen", ["20E9501234ABC", "20e9501234abc"])
def test_a_reason_never_keeps_a_numen(numen: str) -> None:
    with pytest.raises(Refusal, match="helpdesk.reason-numen"):
        clean_reason(f"appel de {numen}, identité vérifiée")


def test_a_reason_is_one_line() -> None:
    assert clean_reason(" Appel\r\nBcc: tous ") == "Appel Bcc: tous"
