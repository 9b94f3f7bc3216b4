"""Passwords of mail programs: random, shown once, revoked for good."""

import re

import pytest
from tests.access.signin.people import NOON, account

from vaguemestre.foundation.kernel.errors import Refusal
from vaguemestre.people.credentials.models import AppPassword
from vaguemestre.people.credentials.queries import app_passwords_of
from vaguemestre.people.credentials.rules.app_passwords import drawn_app_password, sha256_of
from vaguemestre.people.credentials.services import add_app_password, revoke_app_password


def test_they_are_never_twice_the_same_and_hold_a_hundred_bits() -> None:
    drawn = {drawn_app_password() for _ in range(500)}
    assert len(drawn) == 500
    assert all(re.fullmatch(r"([a-km-np-z2-9]{4}-){4}[a-km-np-z2-9]{4}", one) for one in drawn)


@pytest.mark.django_db
def test_only_its_hash_is_kept() -> None:
    nicolas = account()
    text = add_app_password(nicolas.pk, "Thunderbird", by="test", now=NOON)
    row = AppPassword.objects.get()
    assert row.token_sha256 == sha256_of(text)
    assert text not in str(row.__dict__)


@pytest.mark.django_db
def test_a_revoked_one_is_no_longer_shown_and_nobody_elses_is_touched() -> None:
    nicolas, karim = account(), account("kbenali")
    add_app_password(nicolas.pk, "Thunderbird", by="test", now=NOON)
    number = app_passwords_of(nicolas.pk)[0].app_password_id
    revoke_app_password(karim.pk, number, by="test", now=NOON)
    assert len(app_passwords_of(nicolas.pk)) == 1
    revoke_app_password(nicolas.pk, number, by="test", now=NOON)
    assert app_passwords_of(nicolas.pk) == []


@pytest.mark.django_db
def test_there_are_twenty_at_most() -> None:
    nicolas = account()
    for number in range(20):
        add_app_password(nicolas.pk, f"Poste {number}", by="test", now=NOON)
    with pytest.raises(Refusal, match="too-many"):
        add_app_password(nicolas.pk, "Un de trop", by="test", now=NOON)
