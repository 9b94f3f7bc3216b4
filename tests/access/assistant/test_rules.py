"""The assistant's budgets and its first message."""

from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy

from vaguemestre.access.assistant.rules.budgets import TARGET, code_price, look_up_price
from vaguemestre.access.assistant.rules.welcome import welcome_id, welcome_message
from vaguemestre.access.signin.rules.throttle import wait_left

NOON = datetime(2026, 11, 25, 12, 0, tzinfo=UTC)


def test_one_numen_is_looked_for_five_times_a_day() -> None:
    moment, failures, last = NOON, 0, NOON
    while moment < NOON + timedelta(hours=23):
        moment = last + wait_left(failures, last, TARGET, last)
        if moment < NOON + timedelta(hours=23):
            failures, last = failures + 1, moment
    assert failures == 5


def test_three_budgets_are_drawn_on() -> None:
    price = look_up_price("ab" * 32, "192.0.2.1")
    assert set(price.budgets) == {price.own, "assistant-network:192.0.2.1", "assistant"}
    assert price.own == f"assistant:{'ab' * 16}"


def test_a_code_draws_on_nothing_a_stranger_elsewhere_spends() -> None:
    here, there = code_price("ab" * 32, "192.0.2.1"), code_price("ab" * 32, "192.0.2.2")
    assert set(here.budgets) & set(there.budgets) == {"assistant"}
    assert look_up_price("ab" * 32, "192.0.2.1").own not in here.budgets


def test_networks_of_one_ipv6_line_are_one() -> None:
    here, there = look_up_price("ab" * 32, "2001:db8:7:1::/64"), look_up_price("ab" * 32, "2001:db8:7:2::/64")
    assert set(here.budgets) == set(there.budgets)
    assert code_price("ab" * 32, "2001:db8:7:1::/64").own == code_price("ab" * 32, "2001:db8:7:2::/64").own
    assert look_up_price("ab" * 32, "2001:db8:8:1::/64").budgets.keys() != here.budgets.keys()


def test_the_first_message_is_whole_and_always_the_same_one() -> None:
    raw = welcome_message(
        name="Inès, dite « El-Khatib »",
        address="ines.el-khatib@ac-amiens.test",
        mailbox="iel-khatib@ac-amiens.test",
        username="iel-khatib",
        site="http://localhost:8000",
        now=NOON,
    )
    read = message_from_bytes(raw, policy=policy.default)
    assert (
        read["Message-ID"]
        == welcome_id("iel-khatib@ac-amiens.test")
        == "<bienvenue.iel-khatib@ac-amiens.test>"
    )
    assert read["Subject"] == "Bienvenue dans votre messagerie"
    assert read["To"].addresses[0].addr_spec == "ines.el-khatib@ac-amiens.test"
    assert read["Auto-Submitted"] == "auto-generated"
    assert read["Date"].datetime == NOON
    assert "iel-khatib" in read.get_content()
    assert all(len(line) <= 998 for line in raw.split(b"\r\n"))
