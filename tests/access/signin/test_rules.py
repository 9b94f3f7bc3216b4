"""The sign-in's pure decisions: steps, delays, session lives, where one may be sent."""

from datetime import UTC, datetime, timedelta
from ipaddress import ip_address

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.access.signin.redirects import HOSTILE

from vaguemestre.access.signin.rules.browsers import browser_label
from vaguemestre.access.signin.rules.paths import safe_next
from vaguemestre.access.signin.rules.session_lifetimes import IDLE, IDLE_SHARED, MAX_DURATION, session_end
from vaguemestre.access.signin.rules.steps import (
    MAX_ATTEMPT_DURATION,
    MAX_WRONG_CODES,
    factors_due,
    next_step,
)
from vaguemestre.access.signin.rules.throttle import (
    ACCOUNT,
    NETWORK,
    network_of_address,
    program_budgets,
    spray_budgets,
    wait_left,
)
from vaguemestre.access.signin.values import Denied, Factor, Granted, PendingSignIn, Proof, Step

NOON = datetime(2026, 11, 25, 12, 0, tzinfo=UTC)
BOTH = PendingSignIn(7, (Factor.PASSWORD, Factor.CODE), NOON)
PROOFS = st.builds(Proof, st.sampled_from(list(Factor)), st.booleans())


def test_a_password_alone_opens_an_account_without_application() -> None:
    attempt = PendingSignIn(7, factors_due(Factor.PASSWORD, gives_codes=False), NOON, shared=True)
    assert next_step(attempt, Proof(Factor.PASSWORD, holds=True), now=NOON) == Granted(7, shared=True)


def test_an_application_asks_for_its_code_after_the_password() -> None:
    step = next_step(BOTH, Proof(Factor.PASSWORD, holds=True), now=NOON)
    assert step == PendingSignIn(7, (Factor.CODE,), NOON)
    assert next_step(step, Proof(Factor.CODE, holds=True), now=NOON) == Granted(7, shared=False)


def test_a_code_alone_is_refused() -> None:
    assert next_step(BOTH, Proof(Factor.CODE, holds=True), now=NOON) == Denied("signin.wrong")


def test_a_passcode_is_two_factors_at_once() -> None:
    assert factors_due(Factor.PASSCODE, gives_codes=True) == (Factor.PASSCODE,)


def test_a_wrong_code_may_be_typed_again_a_few_times() -> None:
    step: Step = PendingSignIn(7, (Factor.CODE,), NOON)
    for _ in range(MAX_WRONG_CODES - 1):
        assert isinstance(step, PendingSignIn)
        step = next_step(step, Proof(Factor.CODE, holds=False), now=NOON)
    assert isinstance(step, PendingSignIn)
    assert next_step(step, Proof(Factor.CODE, holds=False), now=NOON) == Denied("signin.wrong")


def test_patience_ends() -> None:
    late = NOON + MAX_ATTEMPT_DURATION + timedelta(seconds=1)
    assert next_step(BOTH, Proof(Factor.PASSWORD, holds=True), now=late) == Denied("signin.too-late")


@given(st.integers(0, 3), st.lists(PROOFS, max_size=12))
def test_nobody_gets_in_without_every_proof_in_order(account_id: int, proofs: list[Proof]) -> None:
    step: Step = PendingSignIn(account_id, (Factor.PASSWORD, Factor.CODE), NOON)
    held: list[Factor] = []
    for proof in proofs:
        if not isinstance(step, PendingSignIn):
            break
        step = next_step(step, proof, now=NOON)
        held += [proof.factor] if proof.holds else []
    if isinstance(step, Granted):
        assert account_id
        assert held == [Factor.PASSWORD, Factor.CODE]


def test_the_first_failures_cost_nothing_and_delays_grow() -> None:
    waits = [wait_left(failures, NOON, ACCOUNT, NOON) for failures in range(40)]
    assert waits[: ACCOUNT.free + 1] == [timedelta(0)] * (ACCOUNT.free + 1)
    assert waits == sorted(waits)
    assert waits[5] == timedelta(seconds=2)
    assert waits[-1] == timedelta(hours=1)


def test_a_day_of_guessing_is_some_forty_tries() -> None:
    moment, failures, last = NOON, 0, NOON
    while moment < NOON + timedelta(hours=24):
        moment = max(moment, last + wait_left(failures, last, ACCOUNT, last))
        failures, last = failures + 1, moment
    assert failures < 45


@given(st.integers(0, 200), st.integers(0, 100_000))
def test_a_wait_ends_and_is_never_longer_than_promised(failures: int, seconds: int) -> None:
    now = NOON + timedelta(seconds=seconds)
    for budget, longest in ((ACCOUNT, timedelta(hours=1)), (NETWORK, NETWORK.longest)):
        wait = wait_left(failures, NOON, budget, now)
        assert timedelta(0) <= wait <= longest
        assert wait_left(failures, NOON, budget, now + wait) == timedelta(0)


def test_a_program_draws_on_its_account_and_its_network() -> None:
    assert program_budgets(7, "nmorel", "192.0.2.1") == {"account:7": ACCOUNT, "network:192.0.2.1": NETWORK}
    unknown = program_budgets(0, " Personne ", "192.0.2.1")
    assert unknown == program_budgets(0, "personne", "192.0.2.1")
    assert len(unknown) == 2


@given(st.timedeltas(timedelta(0), MAX_DURATION), st.booleans())
def test_a_session_ends_by_silence_or_by_the_day(after_start: timedelta, shared: bool) -> None:
    now = NOON + after_start
    end = session_end(NOON, now, shared=shared)
    assert end <= NOON + MAX_DURATION
    assert end - now <= (IDLE_SHARED if shared else IDLE)


@pytest.mark.parametrize("asked", HOSTILE)
def test_nothing_leads_out_of_the_site(asked: str) -> None:
    assert safe_next(asked) == "/"


@pytest.mark.parametrize(
    "asked",
    [
        "/",
        "/messagerie/",
        "/messagerie/INBOX/7/42?page=2#lecture",
        "/parametres/absence",
        "/a//b",
        "/%2F%2Fx",
    ],
)
def test_paths_of_the_site_are_followed(asked: str) -> None:
    assert safe_next(asked) == asked


@given(st.text(max_size=60))
def test_what_is_followed_is_a_plain_path(asked: str) -> None:
    path = safe_next(asked)
    assert path.startswith("/")
    assert path[1:2] not in ("/", "\\")
    assert path.isascii()
    assert "\\" not in path


def test_browsers_are_said_in_words() -> None:
    firefox = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0"
    safari = (
        "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605 Version/18.0 Safari/604.1"
    )
    assert browser_label(firefox) == "Firefox sur Windows"
    assert browser_label(safari) == "Safari sur iPhone"
    assert browser_label("") == "Navigateur"


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
    ],
)
def test_attempts_are_counted_by_address_and_by_home_where_one_has_many(address: str, network: str) -> None:
    assert network_of_address(ip_address(address)) == network


def test_a_spray_from_the_networks_of_one_line_counts_as_one() -> None:
    """An ordinary line of IPv6 has 256 networks: forty accounts each was everybody."""
    here, there = (spray_budgets("ab", f"2001:db8:7:{number}::/64", b"key") for number in (1, 2))
    assert here.keys() == there.keys()
    assert spray_budgets("ab", "2001:db8:8:1::/64", b"key").keys() != here.keys()
    assert "spread:192.0.2.1" in spray_budgets("ab", "192.0.2.1", b"key")
    assert "spread:unknown" in spray_budgets("ab", "unknown", b"key")
