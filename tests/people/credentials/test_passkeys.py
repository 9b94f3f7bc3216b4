"""A passkey opens only from our own pages, once its holder was verified, and never as a copy."""

from datetime import timedelta

import pytest
from tests.access.signin.authenticator import Device
from tests.access.signin.people import NOON, account

from vaguemestre.foundation.kernel.errors import Refusal
from vaguemestre.people.credentials.models import Passkey
from vaguemestre.people.credentials.rules.passkeys import (
    NewPasskey,
    begin_authentication,
    begin_registration,
    complete_authentication,
    complete_registration,
    credential_sha256_of,
    party_at,
)
from vaguemestre.people.credentials.services.passkeys import add_passkey, remove_passkey, use_passkey

PARTY = party_at("https://courriel.ac-amiens.test/connexion/", "Académie d’Amiens")


def device() -> Device:
    return Device(PARTY.origin, PARTY.host)


def registered(of: Device) -> NewPasskey:
    ceremony = begin_registration(PARTY, mailbox="n@ac-amiens.test", shown="Nicolas", registered=())
    return complete_registration(PARTY, ceremony.state, of.create(dict(ceremony.options)))


def test_the_relying_party_is_the_host_of_the_public_address() -> None:
    assert (PARTY.host, PARTY.origin) == ("courriel.ac-amiens.test", "https://courriel.ac-amiens.test")
    assert party_at("http://localhost:8000/", "x").host == "localhost"


def test_a_registered_passkey_signs_in_and_its_counter_is_kept() -> None:
    phone = device()
    new = registered(phone)
    phone.counter = 5
    ceremony = begin_authentication(PARTY)
    answer = phone.get(dict(ceremony.options))
    assert credential_sha256_of(answer) == new.credential_sha256
    assert complete_authentication(PARTY, ceremony.state, answer, new.attested, new.counter) == 5


def test_a_counter_that_does_not_grow_is_a_copy_of_the_key() -> None:
    phone = device()
    new = registered(phone)
    phone.counter = 5
    ceremony = begin_authentication(PARTY)
    answer = phone.get(dict(ceremony.options))
    with pytest.raises(Refusal, match="passkey-refused"):
        complete_authentication(PARTY, ceremony.state, answer, new.attested, 5)


@pytest.mark.parametrize("wrong", ["origin", "verifies"])
def test_another_page_or_a_holder_who_was_not_verified_is_refused(wrong: str) -> None:
    phone = device()
    new = registered(phone)
    setattr(phone, wrong, {"origin": "https://ailleurs.example", "verifies": False}[wrong])
    ceremony = begin_authentication(PARTY)
    with pytest.raises(Refusal, match="passkey-refused"):
        complete_authentication(PARTY, ceremony.state, phone.get(dict(ceremony.options)), new.attested, 0)
    with pytest.raises(Refusal, match="passkey-refused"):
        registered(phone)


def test_a_device_is_told_the_keys_it_holds_already() -> None:
    new = registered(device())
    ceremony = begin_registration(PARTY, mailbox="n@ac-amiens.test", shown="N", registered=[new.attested])
    assert len(ceremony.options["publicKey"]["excludeCredentials"]) == 1


@pytest.mark.parametrize("answer", ["", "[]", "{}", '{"id": 3}', "null"])
def test_an_answer_that_cannot_be_read_is_refused(answer: str) -> None:
    state = begin_authentication(PARTY).state
    with pytest.raises(Refusal, match="passkey-refused"):
        complete_registration(PARTY, state, answer)
    with pytest.raises(Refusal, match="passkey-refused"):
        credential_sha256_of(answer)
    with pytest.raises(Refusal, match="passkey-refused"):
        complete_authentication(PARTY, state, answer, registered(device()).attested, 0)


def new_key(name: str) -> NewPasskey:
    return NewPasskey(name, b"public key", 0)


@pytest.mark.django_db
def test_an_account_has_ten_passkeys_at_most() -> None:
    nicolas = account()
    for number in range(10):
        add_passkey(nicolas.pk, new_key(f"{number}"), "Clé", by="test", now=NOON)
    with pytest.raises(Refusal, match="too-many-passkeys"):
        add_passkey(nicolas.pk, new_key("one more"), "Clé", by="test", now=NOON)


@pytest.mark.django_db
def test_a_key_belongs_to_one_account_until_it_is_removed() -> None:
    nicolas, other = account(), account("autre")
    number = add_passkey(nicolas.pk, new_key("a"), "Clé", by="test", now=NOON)
    with pytest.raises(Refusal, match="passkey-refused"):
        add_passkey(other.pk, new_key("a"), "Clé", by="test", now=NOON)
    assert not remove_passkey(other.pk, number, by="test", now=NOON)
    assert remove_passkey(nicolas.pk, number, by="test", now=NOON)
    assert add_passkey(other.pk, new_key("a"), "Clé", by="test", now=NOON)


@pytest.mark.django_db
def test_of_two_uses_of_one_counter_one_alone_is_kept() -> None:
    number = add_passkey(account().pk, new_key("a"), "Clé", by="test", now=NOON)
    later = NOON + timedelta(minutes=1)
    assert use_passkey(number, 0, 1, asked_at=later, now=later)
    assert not use_passkey(number, 0, 1, asked_at=later, now=later)
    assert Passkey.objects.get(pk=number).last_used_at == later
