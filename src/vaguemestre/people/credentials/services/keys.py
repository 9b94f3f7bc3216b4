"""OTP keys: stocked, handed over, activated by a PIN, lost, replaced. Parts, inside the caller's transaction.

A key is handed over in person (docs/domain.md §4.4), by staff who only know its serial number. The holder
alone chooses the PIN, with a code that the key shows.
"""

from collections.abc import Iterable
from datetime import datetime

from django.contrib.auth.hashers import make_password
from django.db.models import QuerySet

from vaguemestre.foundation.cluster.locks import locked_row
from vaguemestre.foundation.journal.services import record
from vaguemestre.foundation.journal.values import account_subject
from vaguemestre.foundation.kernel.errors import Refusal
from vaguemestre.people.credentials.models import KeyInStock, OneTimeDevice
from vaguemestre.people.credentials.rules.issued_keys import check_pin, key_receipt, serial_typed
from vaguemestre.people.credentials.rules.one_time import code_typed, step_matching
from vaguemestre.people.credentials.rules.secret_box import seal, unseal
from vaguemestre.people.credentials.values import KeyReceipt, SecretKeys

_NOBODY = 0  # owner for whom the secret of a key in stock is sealed


def stock_keys(keys_in_file: Iterable[tuple[str, bytes]], keys: SecretKeys, *, by: str, now: datetime) -> int:
    """Stock the (serial, secret) of a manufacturer's file. Returns how many are new.

    Raises Refusal `credentials.serial-malformed`.
    """
    new = {serial_typed(serial): secret for serial, secret in keys_in_file}
    existing = set(KeyInStock.objects.filter(serial__in=new).values_list("serial", flat=True))
    existing |= set(OneTimeDevice.objects.filter(serial__in=new).values_list("serial", flat=True))
    rows = [
        KeyInStock(serial=serial, secret=seal(secret, _NOBODY, keys), added_at=now)
        for serial, secret in new.items()
        if serial not in existing
    ]
    KeyInStock.objects.bulk_create(rows, batch_size=500)
    if rows:
        record("credentials.keys-stocked", to="stock", by=by, at=now, number=len(rows))
    return len(rows)


def hand_key_over(account_id: int, serial: str, keys: SecretKeys, *, by: str, now: datetime) -> int:
    """Give the key of that serial to an account; it works once it has a PIN. Returns the id of the device.

    Raises Refusal `credentials.serial-malformed`, `…serial-not-in-stock`, `…key-held-already` (the former key
    must be declared lost first).
    """
    serial = serial_typed(serial)
    if _current_keys(account_id).exists():
        raise Refusal("credentials.key-held-already")
    stocked = KeyInStock.objects.select_for_update().filter(serial=serial).first()
    if stocked is None:
        raise Refusal("credentials.serial-not-in-stock", serial=serial)
    row = OneTimeDevice.objects.create(
        account_id=account_id,
        kind=OneTimeDevice.Kind.KEY,
        secret=seal(unseal(bytes(stocked.secret), _NOBODY, keys), account_id, keys),
        period=stocked.period,
        serial=serial,
        issued_at=now,
        issued_by=by,
    )
    stocked.delete()
    record("credentials.key-handed-over", to=account_subject(account_id), by=by, at=now, serial=serial)
    return row.pk


def choose_pin(account_id: int, pin: str, code: str, keys: SecretKeys, *, by: str, now: datetime) -> bool:
    """Set the first or another PIN of the account's key, proved by a code that the key shows now.

    False if the code is wrong. Takes about 25 ms. Raises Refusal `credentials.pin-malformed`, `…pin-too-easy`
    or `…no-key`.
    """
    check_pin(pin)
    row = locked_row(_current_keys(account_id), "credentials.no-key")
    secret = unseal(bytes(row.secret), account_id, keys)
    step = step_matching(secret, code_typed(code), now, period=row.period, after=row.last_step)
    if step is None:
        return False
    row.pin, row.last_step, row.confirmed_at = make_password(pin), step, row.confirmed_at or now
    row.save(update_fields=["pin", "last_step", "confirmed_at"])
    record("credentials.key-pin-chosen", to=account_subject(account_id), by=by, at=now, serial=row.serial)
    return True


def declare_key_lost(account_id: int, device_id: int, *, by: str, now: datetime) -> bool:
    """Disable a key that is lost, broken or returned, so that another may be handed over. False if none."""
    row = _current_keys(account_id).filter(pk=device_id).first()
    if row is None:
        return False
    row.lost_at = now
    row.save(update_fields=["lost_at"])
    record("credentials.key-lost", to=account_subject(account_id), by=by, at=now, serial=row.serial)
    return True


def restore_key(account_id: int, device_id: int, *, by: str, now: datetime) -> bool:
    """Restore a key declared lost by mistake. False if another was handed over since."""
    if _current_keys(account_id).exists():
        return False
    rows = OneTimeDevice.objects.filter(pk=device_id, account_id=account_id, kind=OneTimeDevice.Kind.KEY)
    restored = rows.filter(lost_at__isnull=False).update(lost_at=None)
    if restored:
        record("credentials.key-found", to=account_subject(account_id), by=by, at=now)
    return bool(restored)


def receipt_of_key(device_id: int, *, holder: str, issuer: str, academy: str) -> KeyReceipt:
    """The receipt that holder and issuer sign. Raises OneTimeDevice.DoesNotExist."""
    row = OneTimeDevice.objects.get(pk=device_id, kind=OneTimeDevice.Kind.KEY, issued_at__isnull=False)
    if row.issued_at is None:
        raise OneTimeDevice.DoesNotExist(device_id)
    return KeyReceipt(row.serial, holder, issuer, academy, row.issued_at)


def receipt_pdf(receipt: KeyReceipt) -> bytes:
    """The receipt as a page to print and sign."""
    return key_receipt(receipt)


def _current_keys(account_id: int) -> QuerySet[OneTimeDevice]:
    return OneTimeDevice.objects.filter(
        account_id=account_id, kind=OneTimeDevice.Kind.KEY, lost_at__isnull=True, removed_at__isnull=True
    )
