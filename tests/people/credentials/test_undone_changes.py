"""What somebody undoes is as it was before; what was kept for an undo is deleted a week later."""

from datetime import datetime, timedelta

import pytest
from tests.access.signin.authenticator import Device
from tests.access.signin.people import NOON, PASSWORD, account, add_application

from vaguemestre.people.credentials.models import (
    Account,
    OneTimeDevice,
    Passkey,
    RecoveryCode,
    RecoveryContact,
)
from vaguemestre.people.credentials.ports import secret_keys
from vaguemestre.people.credentials.queries import current_key, devices_of
from vaguemestre.people.credentials.rules.one_time import code_at
from vaguemestre.people.credentials.rules.passkeys import NewPasskey
from vaguemestre.people.credentials.services.app_passwords import add_app_password
from vaguemestre.people.credentials.services.keys import (
    choose_pin,
    declare_key_lost,
    hand_key_over,
    stock_keys,
)
from vaguemestre.people.credentials.services.one_time import (
    make_recovery_codes,
    remove_application,
    use_recovery_code,
)
from vaguemestre.people.credentials.services.passkeys import add_passkey, remove_passkey
from vaguemestre.people.credentials.services.passwords import (
    hash_password,
    matches_hash,
    save_password_hash,
)
from vaguemestre.people.credentials.services.recovery_contacts import (
    confirm_contact,
    drop_contact,
    propose_contact,
)
from vaguemestre.people.credentials.services.rollback import (
    UNDO_LIFE,
    bar_password,
    purge_withdrawn,
    revoke_added_since,
    undo_change,
    void_password,
)

pytestmark = pytest.mark.django_db
LATER = NOON + timedelta(hours=1)
KEY_SECRET = b"abcdefghijklmnopqrst"


@pytest.fixture
def nicolas() -> Account:
    return account()


def undo(of: Account, act: str, number: int = 0) -> bool:
    return undo_change(act, of.pk, number, by="test", now=LATER)


def passkey(of: Account, name: str = "Téléphone") -> int:
    new = NewPasskey(Device("http://localhost").credential_id.hex(), b"public key", 0)
    return add_passkey(of.pk, new, name, by="test", now=NOON)


def application(of: Account) -> int:
    add_application(of)
    return OneTimeDevice.objects.latest("pk").pk


def contact(of: Account, address: str = "nicolas@chez-moi.example") -> int:
    code = propose_contact(of.pk, address, secret_keys.get(), now=NOON)
    return confirm_contact(of.pk, code, secret_keys.get(), by="test", now=NOON)


def key(of: Account) -> int:
    keys = secret_keys.get()
    stock_keys([("12345678", KEY_SECRET)], keys, by="test", now=NOON)
    number = hand_key_over(of.pk, "12345678", keys, by="test", now=NOON)
    assert choose_pin(of.pk, "7391", code_at(KEY_SECRET, NOON, 60), keys, by="test", now=NOON)
    return number


def app_password(of: Account) -> int:
    add_app_password(of.pk, "Thunderbird", by="test", now=NOON)
    return of.app_passwords.get().pk


def choose_another_password(of: Account, now: datetime) -> None:
    save_password_hash(of.pk, hash_password("un autre mot de passe"), by="test", now=now)


ADDED = {
    "passkey-added": (passkey, lambda of: Passkey.objects.filter(account=of, removed_at=None)),
    "application-added": (application, lambda of: OneTimeDevice.objects.filter(account=of, removed_at=None)),
    "contact-set": (contact, lambda of: RecoveryContact.objects.filter(account=of, dropped_at=None)),
    "app-password-made": (app_password, lambda of: of.app_passwords.filter(revoked_at=None)),
    "key-pin-chosen": (key, lambda of: OneTimeDevice.objects.filter(account=of, lost_at=None)),
}


@pytest.mark.parametrize("act", ADDED)
def test_what_was_added_is_taken_back(nicolas: Account, act: str) -> None:
    add, rows = ADDED[act]
    number = add(nicolas)
    assert rows(nicolas).exists()
    assert undo(nicolas, act, number)
    assert not rows(nicolas).exists()


@pytest.mark.parametrize("act", ["passkey-added", "application-added", "contact-set"])
def test_nobody_takes_back_what_somebody_else_added(nicolas: Account, act: str) -> None:
    add, rows = ADDED[act]
    number = add(nicolas)
    assert not undo(account("autre"), act, number)
    assert rows(nicolas).exists()


def test_a_removed_passkey_is_given_back(nicolas: Account) -> None:
    number = passkey(nicolas)
    assert not undo(nicolas, "passkey-removed", number)
    remove_passkey(nicolas.pk, number, by="test", now=NOON)
    assert undo(nicolas, "passkey-removed", number)
    assert Passkey.objects.filter(pk=number, removed_at=None).exists()


def test_a_removed_application_comes_back_with_the_codes_that_went_with_it(nicolas: Account) -> None:
    number = application(nicolas)
    codes = make_recovery_codes(nicolas.pk, secret_keys.get(), by="test", now=NOON)
    remove_application(nicolas.pk, number, by="test", now=LATER)
    assert not use_recovery_code(nicolas.pk, codes[0], secret_keys.get(), now=LATER)
    assert undo(nicolas, "application-removed", number)
    assert [device.device_id for device in devices_of(nicolas.pk)] == [number]
    assert use_recovery_code(nicolas.pk, codes[0], secret_keys.get(), now=LATER)
    assert not undo(nicolas, "application-removed", number)


def test_a_dropped_contact_is_given_back(nicolas: Account) -> None:
    number = contact(nicolas)
    assert not undo(nicolas, "contact-dropped", number)
    drop_contact(nicolas.pk, number, by="test", now=NOON)
    assert undo(nicolas, "contact-dropped", number)
    assert RecoveryContact.objects.filter(pk=number, dropped_at=None).exists()


def test_a_key_declared_lost_is_found_again_unless_another_was_handed_over(nicolas: Account) -> None:
    number = key(nicolas)
    declare_key_lost(nicolas.pk, number, by="test", now=NOON)
    assert undo(nicolas, "key-lost", number)
    found = current_key(nicolas.pk)
    assert found is not None
    assert found.device_id == number
    assert not undo(nicolas, "key-lost", number)


def test_former_recovery_codes_serve_again_instead_of_the_latest(nicolas: Account) -> None:
    assert not undo(nicolas, "recovery-codes-made")
    keys = secret_keys.get()
    former = make_recovery_codes(nicolas.pk, keys, by="test", now=NOON)
    latest = make_recovery_codes(nicolas.pk, keys, by="test", now=NOON + timedelta(minutes=1))
    assert undo(nicolas, "recovery-codes-made")
    assert not use_recovery_code(nicolas.pk, latest[0], keys, now=LATER)
    assert use_recovery_code(nicolas.pk, former[0], keys, now=LATER)
    assert not use_recovery_code(nicolas.pk, former[0], keys, now=LATER)  # once only


@pytest.mark.parametrize("act", ["password-changed", "recovered"])
def test_the_former_password_opens_nothing_again(nicolas: Account, act: str) -> None:
    choose_another_password(nicolas, NOON)
    assert not undo(nicolas, act)
    nicolas.refresh_from_db()
    assert not matches_hash(PASSWORD, nicolas.password)


def test_a_void_password_and_the_former_one_are_worth_nothing_more(nicolas: Account) -> None:
    choose_another_password(nicolas, NOON)
    void_password(nicolas.pk, by="test", now=LATER)
    nicolas.refresh_from_db()
    assert not nicolas.has_usable_password()
    assert (nicolas.password_barred_at, nicolas.former_password) == (LATER, "")
    assert len(nicolas.taken_passwords.split()) == 2


def test_an_act_without_a_way_back_is_not_undone(nicolas: Account) -> None:
    assert not undo(nicolas, "activated")


def test_a_barred_password_is_barred_until_another_is_chosen(nicolas: Account) -> None:
    bar_password(nicolas.pk, by="test", now=NOON)
    nicolas.refresh_from_db()
    assert nicolas.password_barred_at == NOON
    choose_another_password(nicolas, LATER)
    nicolas.refresh_from_db()
    assert nicolas.password_barred_at is None


def test_only_what_was_added_since_is_revoked(nicolas: Account) -> None:
    for add in (passkey, application, contact):
        add(nicolas)
    revoke_added_since(nicolas.pk, NOON + timedelta(seconds=1), by="test", now=LATER)
    assert all(
        ADDED[act][1](nicolas).exists() for act in ("passkey-added", "application-added", "contact-set")
    )
    revoke_added_since(nicolas.pk, NOON, by="test", now=LATER)
    assert not any(
        ADDED[act][1](nicolas).exists() for act in ("passkey-added", "application-added", "contact-set")
    )


@pytest.mark.parametrize(("after", "kept"), [(UNDO_LIFE, True), (UNDO_LIFE + timedelta(minutes=1), False)])
def test_what_was_kept_for_an_undo_goes_after_a_week(
    nicolas: Account, after: timedelta, *, kept: bool
) -> None:
    remove_application(nicolas.pk, application(nicolas), by="test", now=NOON)
    remove_passkey(nicolas.pk, passkey(nicolas), by="test", now=NOON)
    drop_contact(nicolas.pk, contact(nicolas), by="test", now=NOON)
    for _ in range(2):
        make_recovery_codes(nicolas.pk, secret_keys.get(), by="test", now=NOON)
    choose_another_password(nicolas, NOON)
    purge_withdrawn(NOON + after)
    nicolas.refresh_from_db()
    assert bool(nicolas.former_password) is kept
    assert Passkey.objects.exists() is kept
    assert OneTimeDevice.objects.exists() is kept
    assert RecoveryContact.objects.exists() is kept
    assert RecoveryCode.objects.filter(replaced_at__isnull=False).exists() is kept
    assert RecoveryCode.objects.filter(replaced_at=None).count() == 10
