"""Enrolment of one-time code devices, and use of their codes. Parts, inside the caller's transaction."""

from datetime import datetime

from django.contrib.auth.hashers import make_password
from django.db.models import QuerySet

from vaguemestre.foundation.journal.services import record
from vaguemestre.foundation.journal.values import account_subject
from vaguemestre.foundation.kernel.errors import Refusal
from vaguemestre.people.credentials.models import OneTimeDevice, RecoveryCode
from vaguemestre.people.credentials.rules.one_time import code_typed, drawn_secret, step_matching
from vaguemestre.people.credentials.rules.recovery_codes import drawn_codes, marks_of
from vaguemestre.people.credentials.rules.secret_box import seal, unseal
from vaguemestre.people.credentials.values import ConfirmedDevice, DeviceKind, SecretKeys

_PERIODS = {DeviceKind.APP: 30, DeviceKind.KEY: 60}
_MAX_APPLICATIONS = 5


def add_one_time_device(
    account_id: int,
    kind: DeviceKind,
    secret: bytes,
    keys: SecretKeys,
    *,
    by: str,
    now: datetime,
    pin: str = "",
    serial: str = "",
    period: int | None = None,
) -> int:
    """Enrol an application (codes of 30 s) or a key with its PIN (60 s), confirmed. Returns its id."""
    row = OneTimeDevice.objects.create(
        account_id=account_id,
        kind=kind,
        secret=seal(secret, account_id, keys),
        period=period or _PERIODS[kind],
        pin=make_password(pin) if pin else "",
        serial=serial,
        confirmed_at=now,
    )
    record("credentials.one-time-device-added", to=account_subject(account_id), by=by, at=now, kind=kind)
    return row.pk


def use_code(account_id: int, device: ConfirmedDevice, code: str, keys: SecretKeys, *, now: datetime) -> bool:
    """Use a code. True if it is right and was never used; of parallel attempts, one succeeds.

    The last step in the row decides: no code of that step or an earlier one is accepted again.
    """
    secret = unseal(device.sealed, account_id, keys)
    step = step_matching(secret, code, now, period=device.period, after=device.last_step)
    if step is None:
        return False
    updated = OneTimeDevice.objects.filter(pk=device.device_id, last_step__lt=step).update(last_step=step)
    return updated == 1


def propose_application(account_id: int, keys: SecretKeys) -> None:
    """Store a new secret to confirm, in place of a former one that never was confirmed.

    Raises Refusal `credentials.too-many-applications`.
    """
    applications = OneTimeDevice.objects.filter(
        account_id=account_id, kind=OneTimeDevice.Kind.APP, removed_at__isnull=True
    )
    if applications.filter(confirmed_at__isnull=False).count() >= _MAX_APPLICATIONS:
        raise Refusal("credentials.too-many-applications", most=_MAX_APPLICATIONS)
    applications.filter(confirmed_at__isnull=True).delete()
    OneTimeDevice.objects.create(
        account_id=account_id,
        kind=OneTimeDevice.Kind.APP,
        secret=seal(drawn_secret(), account_id, keys),
        period=_PERIODS[DeviceKind.APP],
    )


def confirm_application(account_id: int, code: str, keys: SecretKeys, *, by: str, now: datetime) -> bool:
    """Confirm the proposed application with one of its codes, which is used up; False if it is wrong."""
    row = (
        OneTimeDevice.objects.select_for_update()
        .filter(account_id=account_id, kind=OneTimeDevice.Kind.APP, confirmed_at__isnull=True)
        .first()
    )
    if row is None:
        return False
    secret = unseal(bytes(row.secret), account_id, keys)
    step = step_matching(secret, code_typed(code), now, period=row.period, after=row.last_step)
    if step is None:
        return False
    row.last_step, row.confirmed_at = step, now
    row.save(update_fields=["last_step", "confirmed_at"])
    record("credentials.one-time-device-added", to=account_subject(account_id), by=by, at=now, kind="app")
    return True


def remove_application(account_id: int, device_id: int, *, by: str, now: datetime) -> bool:
    """Remove an application; False if there is none of that id.

    The recovery codes go with the last application, for which they stand in.
    """
    rows = OneTimeDevice.objects.filter(
        account_id=account_id,
        kind=OneTimeDevice.Kind.APP,
        confirmed_at__isnull=False,
        removed_at__isnull=True,
    )
    if not rows.filter(pk=device_id).update(removed_at=now):
        return False
    if not rows.exists():
        _unused_codes(account_id).update(replaced_at=now)
    record("credentials.one-time-device-removed", to=account_subject(account_id), by=by, at=now, kind="app")
    return True


def make_recovery_codes(account_id: int, keys: SecretKeys, *, by: str, now: datetime) -> list[str]:
    """Create ten recovery codes in place of the former ones. Returns the codes, which are shown once."""
    _unused_codes(account_id).update(replaced_at=now)
    codes = drawn_codes()
    RecoveryCode.objects.bulk_create(
        RecoveryCode(account_id=account_id, mark=marks_of(code, account_id, keys)[0], made_at=now)
        for code in codes
    )
    record("credentials.recovery-codes-made", to=account_subject(account_id), by=by, at=now)
    return codes


def use_recovery_code(account_id: int, typed: str, keys: SecretKeys, *, now: datetime) -> bool:
    """Use a recovery code. True if it is valid and was never used; of parallel attempts, one succeeds."""
    marks = marks_of(typed, account_id, keys)
    if _unused_codes(account_id).filter(mark__in=marks).update(used_at=now) != 1:
        return False
    owner = account_subject(account_id)
    record("credentials.recovery-code-used", to=owner, by=owner, at=now)
    return True


def _unused_codes(account_id: int) -> QuerySet[RecoveryCode]:
    """Recovery codes neither used nor replaced."""
    return RecoveryCode.objects.filter(account_id=account_id, used_at__isnull=True, replaced_at__isnull=True)
