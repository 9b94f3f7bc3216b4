"""An application is proposed, confirmed by one of its codes, removed; recovery codes stand in for it."""

from datetime import timedelta

import pytest
from tests.access.signin.people import NOON, account, add_application

from vaguemestre.foundation.kernel.errors import Refusal
from vaguemestre.people.credentials.models import Account, OneTimeDevice
from vaguemestre.people.credentials.ports import secret_keys
from vaguemestre.people.credentials.queries import devices_of
from vaguemestre.people.credentials.rules.one_time import (
    code_at,
    drawn_secret,
    enrolment_address,
    secret_words,
)
from vaguemestre.people.credentials.rules.secret_box import unseal
from vaguemestre.people.credentials.services.one_time import (
    confirm_application,
    make_recovery_codes,
    propose_application,
    remove_application,
    use_recovery_code,
)


def test_a_secret_is_typed_in_groups_of_four_or_read_from_its_address() -> None:
    secret = b"12345678901234567890"
    assert secret_words(secret) == "GEZD GNBV GY3T QOJQ GEZD GNBV GY3T QOJQ"
    address = enrolment_address(secret, username="nmorel", issuer="Académie d’Amiens", period=30)
    assert address.startswith("otpauth://totp/Acad%C3%A9mie%20d%E2%80%99Amiens:nmorel?")
    assert "secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ" in address
    assert "digits=6&period=30" in address
    assert len({drawn_secret() for _ in range(50)}) == 50


@pytest.fixture
def nicolas(db: None) -> Account:
    return account()


def proposed_secret(of: Account) -> bytes:
    row = OneTimeDevice.objects.get(account=of, confirmed_at=None)
    return unseal(bytes(row.secret), of.pk, secret_keys.get())


def confirm(of: Account, code: str) -> bool:
    return confirm_application(of.pk, code, secret_keys.get(), by="test", now=NOON)


def test_an_application_serves_once_one_of_its_codes_was_given(nicolas: Account) -> None:
    assert not confirm(nicolas, "123456")  # nothing was proposed
    propose_application(nicolas.pk, secret_keys.get())
    first = proposed_secret(nicolas)
    propose_application(nicolas.pk, secret_keys.get())
    code = code_at(proposed_secret(nicolas), NOON, 30)
    assert not confirm(nicolas, code_at(first, NOON - timedelta(days=1), 30))
    assert devices_of(nicolas.pk) == []
    assert confirm(nicolas, f"{code[:3]} {code[3:]}")
    assert len(devices_of(nicolas.pk)) == 1
    assert not confirm(nicolas, code)


def test_there_are_five_applications_at_most(nicolas: Account) -> None:
    for _ in range(5):
        add_application(nicolas)
    with pytest.raises(Refusal, match="too-many-applications"):
        propose_application(nicolas.pk, secret_keys.get())


def test_recovery_codes_go_with_the_last_application(nicolas: Account) -> None:
    for _ in range(2):
        add_application(nicolas)
    keys = secret_keys.get()
    codes = make_recovery_codes(nicolas.pk, keys, by="test", now=NOON)
    first, last = [device.device_id for device in devices_of(nicolas.pk)]
    assert remove_application(nicolas.pk, first, by="test", now=NOON)
    assert use_recovery_code(nicolas.pk, codes[0], keys, now=NOON)
    assert remove_application(nicolas.pk, last, by="test", now=NOON)
    assert not use_recovery_code(nicolas.pk, codes[1], keys, now=NOON)
    assert not remove_application(nicolas.pk, last, by="test", now=NOON)


def test_a_recovery_code_serves_its_owner_once(nicolas: Account) -> None:
    keys = secret_keys.get()
    codes = make_recovery_codes(nicolas.pk, keys, by="test", now=NOON)
    assert not use_recovery_code(account("autre").pk, codes[0], keys, now=NOON)
    assert use_recovery_code(nicolas.pk, codes[0], keys, now=NOON)
    assert not use_recovery_code(nicolas.pk, codes[0], keys, now=NOON)
