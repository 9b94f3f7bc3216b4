"""Queries on OTP keys."""

from dataclasses import dataclass
from datetime import datetime

from vaguemestre.people.credentials.models import KeyInStock, OneTimeDevice


@dataclass(frozen=True, slots=True)
class KeySummary:
    """A key that a person holds or held. It works from its first PIN until it is declared lost."""

    device_id: int
    serial: str
    issued_at: datetime | None
    issued_by: str
    has_pin: bool
    lost_at: datetime | None


def keys_of(account_id: int) -> list[KeySummary]:
    """The account's keys, newest first, lost ones included."""
    rows = OneTimeDevice.objects.filter(
        account_id=account_id, kind=OneTimeDevice.Kind.KEY, removed_at__isnull=True
    ).order_by("-pk")
    columns = rows.values_list("pk", "serial", "issued_at", "issued_by", "pin", "lost_at")
    return [KeySummary(pk, serial, at, by, bool(pin), lost) for pk, serial, at, by, pin, lost in columns]


def current_key(account_id: int) -> KeySummary | None:
    """The key that is not lost, with a PIN or waiting for one."""
    return next((key for key in keys_of(account_id) if key.lost_at is None), None)


def keys_in_stock() -> int:
    return KeyInStock.objects.count()
