"""Hashes: made anew when their cost changed, compared at a cost that names nobody, a few at once."""

from dataclasses import replace

import pytest
from tests.access.signin.people import PASSWORD, account

from vaguemestre.people.credentials.hashers import HEAVY, LIGHT
from vaguemestre.people.credentials.models import Account
from vaguemestre.people.credentials.rules.second_factors import DUE_ROLES, policy_of
from vaguemestre.people.credentials.services import passwords
from vaguemestre.people.credentials.services.passwords import (
    equalize_hash_cost,
    hash_password,
    hash_slot,
    matches_hash,
    needs_rehash,
    save_rehash,
    strength_of,
)
from vaguemestre.people.credentials.values import AccountRole, PasswordContext, Strength


def test_a_hash_is_made_anew_when_the_role_asks_for_another_cost() -> None:
    light, heavy = hash_password(PASSWORD), hash_password(PASSWORD, AccountRole.ADMINISTRATOR)
    assert light.startswith(f"{LIGHT}$")
    assert heavy.startswith(f"{HEAVY}$")
    assert not needs_rehash(light, AccountRole.AGENT)
    assert not needs_rehash(heavy, AccountRole.ADMINISTRATOR)
    assert needs_rehash(light, AccountRole.ADMINISTRATOR)
    assert needs_rehash(heavy, AccountRole.AGENT)
    assert not needs_rehash("", AccountRole.AGENT)


@pytest.mark.django_db
def test_a_hash_made_anew_keeps_the_password_and_no_former_one() -> None:
    nicolas = account()
    save_rehash(nicolas.pk, hash_password(PASSWORD, AccountRole.ADMINISTRATOR))
    row = Account.objects.get(pk=nicolas.pk)
    assert matches_hash(PASSWORD, row.password)
    assert row.former_password == ""


@pytest.mark.parametrize(("stored", "other"), [("", HEAVY), (f"{LIGHT}$x", HEAVY), (f"{HEAVY}$x", LIGHT)])
def test_a_refusal_computes_the_other_kind_of_hash_too(
    monkeypatch: pytest.MonkeyPatch, stored: str, other: str
) -> None:
    compared: list[str] = []
    monkeypatch.setattr(passwords, "matches", lambda _, stored: compared.append(stored))
    equalize_hash_cost(PASSWORD, stored)
    assert [text.partition("$")[0] for text in compared] == [other]


def test_two_anonymous_hashes_at_once_and_no_third() -> None:
    with hash_slot() as first, hash_slot() as second, hash_slot() as third:
        assert (first, second, third) == (True, True, False)
    with hash_slot() as again:
        assert again


def test_common_passwords_are_known_of_django_and_of_the_house() -> None:
    nobody = PasswordContext()
    assert strength_of("motdepassemotdepasse", nobody) in (Strength.TOO_COMMON, Strength.TOO_SIMPLE)
    assert strength_of(PASSWORD, nobody) not in (Strength.TOO_COMMON, Strength.TOO_SIMPLE)


def test_a_role_added_by_a_setting_counts_from_the_day_it_was_decided() -> None:
    policy = policy_of(["agent"], "2026-12-01", 30)
    assert policy.roles == DUE_ROLES | {"agent"}
    assert policy.since is not None
    assert (policy.since.isoformat(), policy.grace.days) == ("2026-12-01T00:00:00+01:00", 30)
    assert policy_of([], "", 14) == replace(policy_of([], "", 14), since=None)
