"""Sources of one-time codes: enrolled, and their codes burnt."""

from datetime import datetime

from django.contrib.auth.hashers import make_password

from vaguemestre.credentials.models import OneTimeDevice
from vaguemestre.credentials.rules.one_time import step_matching
from vaguemestre.credentials.rules.sealing import seal, unseal
from vaguemestre.credentials.values import DeviceHeld, SecretKeys
from vaguemestre.journal.services import record

_PERIODS = {"app": 30, "key": 60}


def add_one_time_device(
    account_id: int,
    kind: str,
    secret: bytes,
    keys: SecretKeys,
    *,
    by: str,
    now: datetime,
    pin: str = "",
    serial: str = "",
    period: int | None = None,
) -> int:
    """Enrol an application (`app`, 30 s) or a key with its PIN (`key`, 60 s), ready to serve; its id.

    Inside the caller's transaction.
    """
    row = OneTimeDevice.objects.create(
        account_id=account_id,
        kind=kind,
        secret=seal(secret, account_id, keys),
        period=period or _PERIODS[kind],
        pin=make_password(pin) if pin else "",
        serial=serial,
        confirmed_at=now,
    )
    record("credentials.one-time-device-added", to=f"account:{account_id}", by=by, at=now, kind=kind)
    return row.pk


def burn_code(account_id: int, device: DeviceHeld, code: str, keys: SecretKeys, *, now: datetime) -> bool:
    """True when the code is right and was not used: it never will be again, in whatever order it is tried.

    Inside the caller's transaction. The row's own step is the arbiter: of several at once one alone moves it.
    """
    secret = unseal(device.sealed, account_id, keys)
    step = step_matching(secret, code, now, period=device.period, after=device.last_step)
    if step is None:
        return False
    moved = OneTimeDevice.objects.filter(pk=device.device_id, last_step__lt=step).update(last_step=step)
    return moved == 1
