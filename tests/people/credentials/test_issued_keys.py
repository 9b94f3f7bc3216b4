"""OTP keys: whoever hands one over learns nothing; its holder alone makes it serve."""

import pyotp
import pytest
from tests.access.signin.people import NOON, account

from vaguemestre.foundation.kernel.errors import Refusal
from vaguemestre.people.credentials.models import OneTimeDevice
from vaguemestre.people.credentials.ports import secret_keys
from vaguemestre.people.credentials.queries import current_key, devices_of, keys_in_stock, keys_of
from vaguemestre.people.credentials.rules.issued_keys import check_pin, serial_typed
from vaguemestre.people.credentials.services import (
    choose_pin,
    declare_key_lost,
    hand_key_over,
    receipt_of_key,
    receipt_pdf,
    restore_key,
    stock_keys,
)

SECRET = b"12345678901234567890"
TOTP = pyotp.TOTP("GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ", interval=60)


def stocked(*serials: str) -> int:
    return stock_keys([(one, SECRET) for one in serials], secret_keys.get(), by="account:9", now=NOON)


@pytest.mark.django_db
def test_a_key_serves_once_its_holder_chose_a_pin() -> None:
    marie = account("mdurand")
    assert stocked("tk 1234 567", "TK1234567", "TK7654321") == 2
    number = hand_key_over(marie.pk, "TK1234567", secret_keys.get(), by="account:9", now=NOON)
    assert (keys_in_stock(), devices_of(marie.pk)) == (1, [])
    keys, by = secret_keys.get(), f"account:{marie.pk}"
    assert not choose_pin(marie.pk, "1984", "000000", keys, by=by, now=NOON)
    assert choose_pin(marie.pk, "1984", TOTP.at(NOON), keys, by=by, now=NOON)
    assert not choose_pin(marie.pk, "1985", TOTP.at(NOON), keys, by=by, now=NOON)  # burnt
    assert [one.device_id for one in devices_of(marie.pk)] == [number]
    assert b"%PDF" in receipt_pdf(
        receipt_of_key(number, holder="Marie Durand", issuer="Paul Petit", academy="Académie d’Amiens")
    )


@pytest.mark.django_db
def test_a_lost_key_opens_nothing_and_is_replaced() -> None:
    marie = account("mdurand")
    stocked("TK1234567", "TK7654321")
    first = hand_key_over(marie.pk, "TK1234567", secret_keys.get(), by="account:9", now=NOON)
    with pytest.raises(Refusal, match="key-held-already"):
        hand_key_over(marie.pk, "TK7654321", secret_keys.get(), by="account:9", now=NOON)
    by = f"account:{marie.pk}"
    choose_pin(marie.pk, "1984", TOTP.at(NOON), secret_keys.get(), by=by, now=NOON)
    assert declare_key_lost(marie.pk, first, by=by, now=NOON)
    assert not declare_key_lost(marie.pk, first, by=by, now=NOON)
    assert (devices_of(marie.pk), current_key(marie.pk)) == ([], None)
    assert restore_key(marie.pk, first, by=by, now=NOON)
    declare_key_lost(marie.pk, first, by=by, now=NOON)
    hand_key_over(marie.pk, "TK7654321", secret_keys.get(), by="account:9", now=NOON)
    assert not restore_key(marie.pk, first, by=by, now=NOON)
    assert [one.serial for one in keys_of(marie.pk)] == ["TK7654321", "TK1234567"]


@pytest.mark.django_db
def test_a_key_is_nobody_elses_to_lose_or_to_take() -> None:
    marie, karim = account("mdurand"), account("kbenali")
    stocked("TK1234567")
    number = hand_key_over(marie.pk, "TK1234567", secret_keys.get(), by="account:9", now=NOON)
    assert not declare_key_lost(karim.pk, number, by="test", now=NOON)
    with pytest.raises(Refusal, match="serial-not-in-stock"):
        hand_key_over(karim.pk, "TK1234567", secret_keys.get(), by="account:9", now=NOON)
    with pytest.raises(Refusal, match="no-key"):
        choose_pin(karim.pk, "1984", "000000", secret_keys.get(), by="test", now=NOON)
    assert not OneTimeDevice.objects.filter(account=karim).exists()


@pytest.mark.parametrize("pin", ["123", "123456789", "12a4", "1111", "4567", "8765", ""])
def test_a_pin_that_anybody_would_try_is_refused(pin: str) -> None:
    with pytest.raises(Refusal, match="credentials.pin"):
        check_pin(pin)


@pytest.mark.parametrize("text", ["", "ab", "é1234", "x" * 41, "12 34;"])
def test_what_is_no_serial_number_is_told(text: str) -> None:
    with pytest.raises(Refusal, match="serial-malformed"):
        serial_typed(text)
