"""Signing in, step by step: what opens, what does not, and that neither tells more than it should."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from unittest.mock import patch

import pytest
from django.contrib.auth.hashers import Argon2PasswordHasher
from django.db import connection
from django.test.utils import CaptureQueriesContext
from tests.access.signin.people import APP_SECRET, NOON, PASSWORD, account, add_application, add_key
from tests.access.signin.races import at_once

from vaguemestre.access.signin.models import Attempts
from vaguemestre.access.signin.rules.proof_of_work import HIGHEST_LEVEL
from vaguemestre.access.signin.services import begin_sign_in, continue_sign_in
from vaguemestre.access.signin.values import (
    BrowserWork,
    Deferred,
    Denied,
    Factor,
    Granted,
    LoginAttempt,
    NumenTyped,
    PendingSignIn,
    Step,
)
from vaguemestre.people.credentials.hashers import HeavyArgon2
from vaguemestre.people.credentials.models import Account
from vaguemestre.people.credentials.ports import secret_keys
from vaguemestre.people.credentials.rules.one_time import code_at
from vaguemestre.people.credentials.services import add_app_password, hash_password
from vaguemestre.people.credentials.values import AccountRole

WRONG = Denied("signin.wrong")
NUMEN = "20E9501234ABC"


def asked(name: str = "nmorel", secret: str = PASSWORD, **more: object) -> LoginAttempt:
    return replace(LoginAttempt(name, secret, "192.0.2.1"), **more)  # type: ignore[arg-type]


def tried(what: LoginAttempt, now: datetime = NOON) -> Step | NumenTyped | Deferred:
    return begin_sign_in(what, secret_keys.get(), now=now)


@pytest.mark.django_db
def test_username_or_own_address_whatever_the_case_and_spaces() -> None:
    nicolas = account()
    address = nicolas.person.addresses.get().address
    for name in ("nmorel", " NMorel ", address, address.upper(), "nmorel@ac-amiens.test"):
        assert tried(asked(name)) == Granted(nicolas.pk, shared=False)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("name", "secret"),
    [
        ("nmorel", "un mauvais mot de passe"),
        ("nmorel", PASSWORD.upper()),
        ("nmorel", ""),
        ("personne", PASSWORD),
        ("en-attente", PASSWORD),
        ("suspendu", PASSWORD),
        ("parti", PASSWORD),
        ("nmorel", "123456123456"),
    ],
)
def test_every_other_try_gets_the_same_answer(name: str, secret: str) -> None:
    account()
    account("en-attente", state="pending")
    account("suspendu", state="suspended")
    account("parti", state="closed")
    assert tried(asked(name, secret)) == WRONG


@pytest.mark.django_db
def test_an_application_password_opens_no_page() -> None:
    nicolas = account()
    text = add_app_password(nicolas.pk, "Thunderbird", by="test", now=NOON)
    assert tried(asked(secret=text)) == WRONG


@contextmanager
def counted_work() -> Iterator[dict[str, int]]:
    """How many slow hashes of each kind, and how many database questions, a block costs."""
    work = {"hashes": 0, "heavy": 0, "queries": 0}
    verify = Argon2PasswordHasher.verify

    def counting(self: Argon2PasswordHasher, password: str, encoded: str) -> bool:
        work["heavy" if isinstance(self, HeavyArgon2) else "hashes"] += 1
        return verify(self, password, encoded)

    with patch.object(Argon2PasswordHasher, "verify", counting), CaptureQueriesContext(connection) as queries:
        yield work
    work["queries"] = len(queries)


@pytest.mark.django_db
def test_unknown_wrong_pending_closed_and_administrator_cost_the_same_work() -> None:
    account()
    admin = account("admin", role="administrator")
    Account.objects.filter(pk=admin.pk).update(password=hash_password(PASSWORD, AccountRole.ADMINISTRATOR))
    account("en-attente", state="pending", numen=NUMEN)
    account("parti", state="closed")
    holder = account("porteur")
    add_key(holder, "1984")
    tried(asked("prechauffe", "x"))
    costs = set()
    for name, secret in (
        ("nmorel", "faux"),
        ("personne", "faux"),
        ("en-attente", "faux"),
        ("parti", "faux"),
        ("porteur", "0000123456"),
        ("admin", "faux"),
    ):
        with counted_work() as work:
            assert tried(asked(name, secret)) == WRONG
        costs.add(tuple(work.values()))
    assert len(costs) == 1
    assert costs.pop()[:2] == (1, 1)


@pytest.mark.django_db
def test_the_right_pin_with_a_wrong_code_costs_what_a_wrong_pin_does() -> None:
    add_key(account("porteur"), "1984")
    for pin in ("0000", "1984"):
        with counted_work() as work:
            assert tried(asked("porteur", f"{pin}000001")) == WRONG
        assert (work["hashes"], work["heavy"]) == (1, 1)


@pytest.mark.django_db
def test_who_comes_in_pays_one_hash_the_heavier_one_for_an_administrator() -> None:
    account()
    admin = account("admin", role="administrator")
    Account.objects.filter(pk=admin.pk).update(password=hash_password(PASSWORD, AccountRole.ADMINISTRATOR))
    for name, cost in (("nmorel", (1, 0)), ("admin", (0, 1))):
        with counted_work() as work:
            assert isinstance(tried(asked(name)), Granted)
        assert (work["hashes"], work["heavy"]) == cost


@pytest.mark.django_db
def test_a_throttled_try_costs_no_hash() -> None:
    account()
    for _ in range(5):
        tried(asked(secret="faux"))
    with counted_work() as work:
        step = tried(asked())
    assert isinstance(step, Deferred)
    assert (step.level, step.count) == (1, 5)
    assert work["hashes"] == work["heavy"] == 0


@pytest.mark.heavy
@pytest.mark.django_db
@pytest.mark.parametrize("name", ["nmorel", "personne"])
def test_failures_ask_for_work_on_known_and_unknown_names_alike(name: str) -> None:
    account()
    answers = [tried(asked(name, "faux")) for _ in range(6)]
    assert answers[:5] == [WRONG] * 5
    later = answers[5]
    assert isinstance(later, Deferred)
    near = later.subject
    assert later == Deferred(1, 5, near)
    assert tried(asked(name, "faux", work=BrowserWork(1, 5, near))) == WRONG
    assert tried(asked(name, "faux", work=BrowserWork(1, 5, near))) == Deferred(2, 6, near)
    for count in range(6, 25):
        assert tried(asked(name, "faux", work=BrowserWork(HIGHEST_LEVEL, count, near))) == WRONG
    assert tried(asked(name, "faux", work=BrowserWork(HIGHEST_LEVEL, 25, near))) == Denied(
        "signin.wait", 3600
    )


@pytest.mark.django_db
def test_the_networks_of_one_line_are_one_place_to_guess_from() -> None:
    account()

    def answer(network: str, secret: str) -> object:
        what = asked(secret=secret, network=network)
        first = tried(what)
        if not isinstance(first, Deferred):
            return first
        return tried(replace(what, work=BrowserWork(HIGHEST_LEVEL, first.count, first.subject)))

    guesses = [answer(f"2001:db8:7:{number:x}::/64", "faux") for number in range(27)]
    assert guesses == [WRONG] * 25 + [Denied("signin.wait", 3600)] * 2
    assert isinstance(answer("2001:db8:8:1::/64", PASSWORD), Granted)


@pytest.mark.django_db
def test_the_owner_in_clears_the_account_but_not_the_network() -> None:
    nicolas = account()
    for _ in range(3):
        tried(asked(secret="faux"))
    assert tried(asked()) == Granted(nicolas.pk, shared=False)
    assert not Attempts.objects.filter(subject=f"account:{nicolas.pk}").exists()
    assert Attempts.objects.get(subject="network:192.0.2.1").failures == 3


@pytest.mark.heavy
@pytest.mark.django_db
def test_a_pupil_cannot_lock_the_teacher_out_of_a_known_browser() -> None:
    nicolas = account()
    moment = NOON
    for number in range(300):
        tried(asked(secret=f"essai {number}"), moment)
        moment += timedelta(seconds=40)
    assert isinstance(tried(asked(), moment), Deferred)
    known = asked(browser="b1", browser_accounts=(nicolas.pk,))
    assert tried(known, moment) == Granted(nicolas.pk, shared=False)


@pytest.mark.django_db
def test_a_known_browser_is_no_way_to_guess() -> None:
    nicolas = account()
    known = asked(secret="faux", browser="b1", browser_accounts=(nicolas.pk,))
    answers = [tried(known) for _ in range(6)]
    assert answers[-1] == Deferred(1, 5, f"browser:{nicolas.pk}:b1")


@pytest.mark.heavy
@pytest.mark.django_db
def test_one_password_tried_on_many_accounts_is_slowed_by_network() -> None:
    answers = [tried(asked(f"personne{number}", "Soleil2026!!")) for number in range(60)]
    assert sum(answer == WRONG for answer in answers) < 35


@pytest.mark.django_db(transaction=True)
def test_many_guesses_at_once_do_not_slip_through() -> None:
    account()
    answers = at_once(12, lambda number: tried(asked(secret=f"essai {number}")))
    assert 1 <= sum(answer == WRONG for answer in answers) <= 5
    assert all(answer == WRONG or isinstance(answer, Deferred) for answer in answers)


@pytest.mark.django_db
def test_a_password_then_the_code_of_an_application() -> None:
    nathalie = account("ncarpentier", role="hr_officer")
    add_application(nathalie)
    step = tried(asked("ncarpentier", shared=True))
    assert step == PendingSignIn(nathalie.pk, (Factor.CODE,), NOON, shared=True)
    assert isinstance(step, PendingSignIn)
    wrong = continue_sign_in(step, "000000", secret_keys.get(), now=NOON)
    assert wrong == replace(step, failures=1)
    code = code_at(APP_SECRET, NOON, 30)
    assert continue_sign_in(step, code, secret_keys.get(), now=NOON) == Granted(nathalie.pk, shared=True)
    assert isinstance(continue_sign_in(step, code, secret_keys.get(), now=NOON), PendingSignIn)


def half_in(who: Account) -> PendingSignIn:
    """They hold an application, and have given the right password."""
    add_application(who)
    step = tried(asked(who.username))
    assert isinstance(step, PendingSignIn)
    return step


@pytest.mark.django_db
def test_ten_thousand_codes_are_not_tried() -> None:
    step = half_in(account("ncarpentier"))
    looked_at = 0
    for number in range(60):
        fresh = continue_sign_in(step, f"{number:06d}", secret_keys.get(), now=NOON)
        looked_at += not (isinstance(fresh, Denied) and fresh.wait)
    assert looked_at <= 5


@pytest.mark.django_db
def test_the_account_is_read_again_at_the_second_step() -> None:
    nathalie = account("ncarpentier")
    step = half_in(nathalie)
    type(nathalie).objects.update(state="suspended")
    code = code_at(APP_SECRET, NOON, 30)
    assert not isinstance(continue_sign_in(step, code, secret_keys.get(), now=NOON), Granted)


@pytest.mark.django_db
@pytest.mark.parametrize("rehashed", [False, True])
def test_a_password_changed_between_the_two_steps_opens_no_more(*, rehashed: bool) -> None:
    """Whoever had typed the former one, and asks its owner for one more code, does not come in."""
    nathalie = account("ncarpentier")
    if rehashed:  # a hash of another strength is made anew once it matched: the password is the same
        type(nathalie).objects.update(password=hash_password(PASSWORD, AccountRole.ADMINISTRATOR))
    step = half_in(nathalie)
    code = code_at(APP_SECRET, NOON, 30)
    if rehashed:
        assert isinstance(continue_sign_in(step, code, secret_keys.get(), now=NOON), Granted)
        return
    type(nathalie).objects.update(password=hash_password("trois autres vélos"))
    assert not isinstance(continue_sign_in(step, code, secret_keys.get(), now=NOON), Granted)


@pytest.mark.django_db
def test_an_account_locked_between_the_two_steps_opens_no_more() -> None:
    """Its owner wrote « Ce n’était pas moi »: nobody goes on with the password they fear for."""
    nathalie = account("ncarpentier")
    step = half_in(nathalie)
    type(nathalie).objects.update(password_barred_at=NOON)
    code = code_at(APP_SECRET, NOON, 30)
    assert not isinstance(continue_sign_in(step, code, secret_keys.get(), now=NOON), Granted)


@pytest.mark.django_db
def test_pin_and_code_in_one_field_open_a_key_holders_account_once() -> None:
    sophie = account("sboulanger")
    add_key(sophie, "1984")
    code = code_at(APP_SECRET, NOON, 60)
    assert tried(asked("sboulanger", f"0000{code}")) == WRONG
    assert tried(asked("sboulanger", f"1984{code}")) == Granted(sophie.pk, shared=False)
    assert tried(asked("sboulanger", f"1984{code}")) == WRONG
    assert tried(asked("sboulanger", code)) == WRONG
    later = NOON + timedelta(seconds=60)
    code = code_at(APP_SECRET, later, 60)
    assert tried(asked("sboulanger", f"1984 {code}"), later) == Granted(sophie.pk, shared=False)


@pytest.mark.django_db(transaction=True)
def test_the_same_passcode_on_several_machines_at_once_opens_one() -> None:
    sophie = account("sboulanger")
    add_key(sophie, "1984")
    passcode = f"1984{code_at(APP_SECRET, NOON, 60)}"
    answers = at_once(4, lambda _: tried(asked("sboulanger", passcode)))
    assert sum(isinstance(answer, Granted) for answer in answers) == 1


@pytest.mark.django_db
def test_a_numen_in_place_of_a_password_leads_to_the_assistant_whoever_it_is_typed_for() -> None:
    account("ifares", state="pending", numen=NUMEN)
    account("active", numen="20E9501235ABD")
    for name in ("ifares", "active", "personne"):
        for secret in ("20 e 95 01234 abc", "20E9501235ABD"):
            with counted_work() as work:
                assert tried(asked(name, secret)) == NumenTyped()
            assert (work["hashes"], work["heavy"]) == (1, 1)
    assert tried(asked("personne", NUMEN[:-1])) == WRONG


@pytest.mark.django_db
def test_a_password_shaped_as_a_numen_still_opens() -> None:
    shaped = account("forme")
    Account.objects.filter(pk=shaped.pk).update(password=hash_password("20E9501234ABC"))
    assert tried(asked("forme", "20E9501234ABC")) == Granted(shaped.pk, shared=False)
