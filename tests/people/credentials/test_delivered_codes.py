"""Codes sent to a recovery contact, and the contact they prove."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.access.signin.people import account

from vaguemestre.foundation.journal.models import Entry
from vaguemestre.foundation.kernel.errors import Refusal
from vaguemestre.people.credentials.models import Account, RecoveryContact
from vaguemestre.people.credentials.rules.delivered_codes import (
    DIGITS,
    LIFE,
    REST,
    TRIES,
    code_mark,
    contact_address,
    drawn_code,
    masked,
)
from vaguemestre.people.credentials.rules.secret_box import keys_from
from vaguemestre.people.credentials.services.preferences import save_preference, save_theme
from vaguemestre.people.credentials.services.recovery_contacts import (
    confirm_contact,
    drop_contact,
    propose_contact,
)

KEYS = keys_from("an instance")
NOW = datetime(2026, 11, 25, 9, 0, tzinfo=UTC)


@pytest.fixture
def marie() -> Account:
    return account("mdurand", first_name="Marie", last_name="Durand")


def confirm(marie: Account, code: str, now: datetime = NOW) -> int:
    return confirm_contact(marie.pk, code, KEYS, by="account:1", now=now)


@given(st.text(alphabet=" -.", max_size=3))
def test_a_code_is_the_same_however_its_digits_are_parted(sign: str) -> None:
    code = drawn_code()
    assert len(code) == DIGITS
    typed = f"{code[:4]}{sign}{code[4:]}"
    assert code_mark(typed, 1, "contact", KEYS) == code_mark(code, 1, "contact", KEYS)


def test_a_code_serves_its_owner_for_its_purpose_only() -> None:
    marks = {code_mark("12345678", owner, purpose, KEYS) for owner in (1, 2) for purpose in ("a", "b")}
    assert len(marks) == 4


@pytest.mark.parametrize("address", ["marie@ac-amiens.fr", "marie@mail.ac-amiens.fr"])
def test_a_mailbox_of_the_house_does_not_open_itself(address: str) -> None:
    with pytest.raises(Refusal, match=r"credentials\.contact-inside"):
        contact_address(address, ["ac-lille.fr", "ac-amiens.fr"])


def test_a_private_address_is_kept_and_shown_by_its_first_letter() -> None:
    assert contact_address("marie@notac-amiens.fr", ["ac-amiens.fr"]) == "marie@notac-amiens.fr"
    assert masked("marie@exemple.fr") == "m•••@exemple.fr"


@pytest.mark.django_db
def test_a_proved_contact_rests_before_it_recovers_anything(marie: Account) -> None:
    code = propose_contact(marie.pk, "marie@exemple.fr", KEYS, now=NOW)
    contact_id = confirm(marie, code)
    row = RecoveryContact.objects.get(pk=contact_id)
    assert (row.confirmed_at, row.usable_at, row.code_mark) == (NOW, NOW + REST, "")
    assert confirm(marie, code) == 0  # once


@pytest.mark.django_db
def test_a_code_that_came_late_or_after_five_wrong_ones_proves_nothing(marie: Account) -> None:
    code = propose_contact(marie.pk, "marie@exemple.fr", KEYS, now=NOW)
    assert confirm(marie, code, NOW + LIFE) == 0
    wrong = "0" * DIGITS if code != "0" * DIGITS else "1" * DIGITS
    for _ in range(TRIES):
        assert confirm(marie, wrong) == 0
    assert confirm(marie, code) == 0
    assert not Entry.objects.filter(action="credentials.recovery-contact-set").exists()


@pytest.mark.django_db
def test_a_new_proposal_takes_the_place_of_one_that_was_never_proved(marie: Account) -> None:
    first = propose_contact(marie.pk, "un@exemple.fr", KEYS, now=NOW)
    confirm(marie, first)
    second = propose_contact(marie.pk, "deux@exemple.fr", KEYS, now=NOW)
    propose_contact(marie.pk, "trois@exemple.fr", KEYS, now=NOW)
    assert confirm(marie, second) == 0
    addresses = RecoveryContact.objects.order_by("pk").values_list("address", flat=True)
    assert list(addresses) == ["un@exemple.fr", "trois@exemple.fr"]


@pytest.mark.django_db
def test_nobody_drops_the_contact_of_somebody_else(marie: Account) -> None:
    jean = account("jmartin", first_name="Jean", last_name="Martin")
    contact_id = confirm(marie, propose_contact(marie.pk, "marie@exemple.fr", KEYS, now=NOW))
    assert not drop_contact(jean.pk, contact_id, by="account:2", now=NOW)
    assert drop_contact(marie.pk, contact_id, by="account:1", now=NOW)
    assert not drop_contact(marie.pk, contact_id, by="account:1", now=NOW + timedelta(hours=1))


@pytest.mark.django_db
def test_a_preference_leaves_the_others_as_they_were(marie: Account) -> None:
    save_theme(marie.pk, "dark")
    save_preference(marie.pk, "reading", {"density": "airy", "layout": "below"})
    save_preference(marie.pk, "reading", {"density": "tight"})
    marie.refresh_from_db()
    assert marie.preferences == {"theme": "dark", "reading": {"density": "tight", "layout": "below"}}
    with pytest.raises(ValueError, match="pink"):
        save_theme(marie.pk, "pink")
