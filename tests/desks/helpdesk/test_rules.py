"""What an operator may do, and what a reason may not hold."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vaguemestre.desks.helpdesk.rules.acts import CAPS, check_act, check_count, possible, reason_given
from vaguemestre.desks.helpdesk.values import Act, Target
from vaguemestre.foundation.kernel.errors import Refusal

STATES = ("pending", "active", "suspended", "closed")


@given(st.sampled_from(Act), st.sampled_from(STATES))
def test_no_act_is_ever_done_to_an_administrator(act: Act, state: str) -> None:
    with pytest.raises(Refusal, match="helpdesk.not-on-administrators"):
        check_act(act, Target(1, "administrator", state), operator_id=2)


@given(st.sampled_from(Act), st.sampled_from(STATES))
def test_nobody_helps_themselves(act: Act, state: str) -> None:
    with pytest.raises(Refusal, match="helpdesk.not-on-yourself"):
        check_act(act, Target(1, "helpdesk", state), operator_id=1)


@given(
    st.sampled_from(Act),
    st.sampled_from(STATES),
    st.sampled_from(["", "a@maison.example"]),
    st.integers(0, 3),
    st.booleans(),
)
def test_an_act_is_done_only_where_it_makes_sense(
    act: Act, state: str, contact: str, kept_back: int, has_key: bool
) -> None:
    target = Target(1, "agent", state, contact, kept_back, has_key=has_key)
    if act in possible(target):
        check_act(act, target, operator_id=2)
    else:
        with pytest.raises(Refusal, match="helpdesk.not-in-that-state"):
            check_act(act, target, operator_id=2)


@given(st.sampled_from(("", "a@maison.example")), st.integers(0, 3), st.booleans())
def test_nothing_is_done_to_a_closed_account(contact: str, kept_back: int, has_key: bool) -> None:
    assert not possible(Target(1, "agent", "closed", contact, kept_back, has_key=has_key))


def test_a_code_is_sent_to_a_verified_contact_only() -> None:
    assert Act.SEND_CODE not in possible(Target(1, "agent", "active"))
    assert Act.SEND_CODE in possible(Target(1, "agent", "active", "a@maison.example"))


@pytest.mark.parametrize("act", Act)
def test_the_last_of_the_day_is_done_and_the_next_is_not(act: Act) -> None:
    check_count(act, CAPS[act])
    with pytest.raises(Refusal, match="helpdesk.enough-today"):
        check_count(act, CAPS[act] + 1)


@pytest.mark.parametrize("text", ["", "   ", "ok", " a \n b "])
def test_a_reason_says_something(text: str) -> None:
    with pytest.raises(Refusal, match="helpdesk.reason-missing"):
        reason_given(text)


@pytest.mark.parametrize("numen", ["20E9501234ABC", "20e9501234abc"])
def test_a_reason_never_keeps_a_numen(numen: str) -> None:
    with pytest.raises(Refusal, match="helpdesk.reason-numen"):
        reason_given(f"appel de {numen}, identité vérifiée")


def test_a_reason_is_one_line() -> None:
    assert reason_given(" Appel\r\nBcc: tous ") == "Appel Bcc: tous"
