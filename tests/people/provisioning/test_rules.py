"""The mailboxes engines are expected to hold, and the difference with what the engines hold."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vaguemestre.people.provisioning.rules import difference, expected_mailbox
from vaguemestre.people.provisioning.values import ExpectedMailbox

MARIE = {
    "username": "mdurand",
    "mailbox": "mdurand@ac-amiens.test",
    "state": "active",
    "quota_mb": 2048,
    "addresses": [("Marie.Petit@ac-amiens.test", True), ("marie.durand@ac-amiens.test", False)],
    "app_keys": [("b" * 64, 0), ("a" * 64, 1_900_000_000)],
}


def owed_with(**different: object) -> ExpectedMailbox | None:
    return expected_mailbox(**{**MARIE, **different})  # type: ignore[arg-type]


def test_an_active_account_is_owed_its_mailbox_under_all_its_names() -> None:
    marie = owed_with()
    assert marie is not None
    assert marie.active
    assert marie.sends == ("marie.petit@ac-amiens.test",)
    assert marie.receives == (
        "marie.petit@ac-amiens.test",
        "marie.durand@ac-amiens.test",
        "mdurand@ac-amiens.test",
    )
    assert set(marie.names) == {*marie.receives, "mdurand"}
    assert [key.token_sha256[0] for key in marie.app_keys] == ["a", "b"]


def test_nothing_opens_a_pending_or_suspended_account_which_still_receives() -> None:
    for state in ("pending", "suspended"):
        one = owed_with(state=state)
        assert one is not None
        assert (one.active, len(one.receives)) == (False, 3)


def test_a_closed_account_is_owed_nothing() -> None:
    assert owed_with(state="closed", mailbox_state="closed") is None


def test_a_technical_account_writes_as_its_mailbox() -> None:
    one = owed_with(addresses=[], username="outside", mailbox="outside@exterieur.test")
    assert one is not None
    assert one.sends == one.receives == ("outside@exterieur.test",)


def box(mailbox: str, quota: int) -> ExpectedMailbox:
    return ExpectedMailbox(
        mailbox, active=True, quota_mb=quota, names=(mailbox,), receives=(mailbox,), sends=()
    )


boxes = st.dictionaries(st.sampled_from("abcdef"), st.integers(1, 3)).map(
    lambda found: {name: box(name, quota) for name, quota in found.items()}
)


@given(boxes, boxes)
def test_what_is_put_and_dropped_leads_from_held_to_owed(
    wanted: dict[str, ExpectedMailbox], held: dict[str, ExpectedMailbox]
) -> None:
    found = difference(wanted, held)
    reached = {k: v for k, v in held.items() if k not in found.drop} | {one.mailbox: one for one in found.put}
    assert reached == wanted
    assert difference(wanted, reached).is_empty


def test_the_order_of_names_does_not_count() -> None:
    one = ExpectedMailbox("a", active=True, quota_mb=1, names=("x", "y"), receives=("r", "s"), sends=("r",))
    other = ExpectedMailbox("a", active=True, quota_mb=1, names=("y", "x"), receives=("s", "r"), sends=("r",))
    assert difference({"a": one}, {"a": other}).is_empty


def test_a_closed_account_whose_mailbox_is_open_still_receives_and_nothing_opens_it() -> None:
    one = owed_with(state="closed")
    assert one is not None
    assert (one.active, bool(one.receives)) == (False, True)


@pytest.mark.parametrize("state", ["closed", "frozen", "purged"])
def test_a_mailbox_that_is_not_open_is_owed_nothing_whatever_the_account(state: str) -> None:
    assert owed_with(state="active", mailbox_state=state) is None
