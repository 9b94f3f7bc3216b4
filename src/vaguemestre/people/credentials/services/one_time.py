"""Sources of one-time codes: enrolled, and their codes burnt."""

from datetime import datetime

from django.contrib.auth.hashers import make_password
from django.db.models import QuerySet

from vaguemestre.foundation.journal.services import record
from vaguemestre.foundation.kernel.errors import Refusal
from vaguemestre.people.credentials.models import OneTimeDevice, RecoveryCode
from vaguemestre.people.credentials.rules.one_time import code_typed, drawn_secret, step_matching
from vaguemestre.people.credentials.rules.recovery_codes import drawn_codes, marks_of
from vaguemestre.people.credentials.rules.secret_box import seal, unseal
from vaguemestre.people.credentials.values import ConfirmedDevice, SecretKeys

_PERIODS = {"app": 30, "key": 60}
_APPLICATIONS_AT_MOST = 5


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


def use_code(account_id: int, device: ConfirmedDevice, code: str, keys: SecretKeys, *, now: datetime) -> bool:
    """True when the code is right and was not used: it never will be again, in whatever order it is tried.

    Inside the caller's transaction. The row's own step is the arbiter: of several at once one alone moves it.
    """
    secret = unseal(device.sealed, account_id, keys)
    step = step_matching(secret, code, now, period=device.period, after=device.last_step)
    if step is None:
        return False
    moved = OneTimeDevice.objects.filter(pk=device.device_id, last_step__lt=step).update(last_step=step)
    return moved == 1


def propose_application(account_id: int, keys: SecretKeys) -> None:
    """A fresh secret to be confirmed, in place of one that never was. Inside the caller's transaction.

    Raises Refusal `credentials.too-many-applications`.
    """
    applications = OneTimeDevice.objects.filter(
        account_id=account_id, kind=OneTimeDevice.Kind.APP, removed_at__isnull=True
    )
    if applications.filter(confirmed_at__isnull=False).count() >= _APPLICATIONS_AT_MOST:
        raise Refusal("credentials.too-many-applications", most=_APPLICATIONS_AT_MOST)
    applications.filter(confirmed_at__isnull=True).delete()
    OneTimeDevice.objects.create(
        account_id=account_id,
        kind=OneTimeDevice.Kind.APP,
        secret=seal(drawn_secret(), account_id, keys),
        period=_PERIODS["app"],
    )


def confirm_application(account_id: int, code: str, keys: SecretKeys, *, by: str, now: datetime) -> bool:
    """True when the code is that of the proposed secret: it serves from now on, and the code is burnt.

    Inside the caller's transaction.
    """
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
    record("credentials.one-time-device-added", to=f"account:{account_id}", by=by, at=now, kind="app")
    return True


def remove_application(account_id: int, device_id: int, *, by: str, now: datetime) -> bool:
    """Its codes open nothing any more; False when there was none. Inside the caller's transaction.

    With the last application go the recovery codes, which only stand in for one.
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
        _fresh(account_id).update(replaced_at=now)
    record("credentials.one-time-device-removed", to=f"account:{account_id}", by=by, at=now, kind="app")
    return True


def make_recovery_codes(account_id: int, keys: SecretKeys, *, by: str, now: datetime) -> list[str]:
    """Ten codes, shown this once; former ones are worth nothing any more. Inside the caller's transaction."""
    _fresh(account_id).update(replaced_at=now)
    codes = drawn_codes()
    RecoveryCode.objects.bulk_create(
        RecoveryCode(account_id=account_id, mark=marks_of(code, account_id, keys)[0], made_at=now)
        for code in codes
    )
    record("credentials.recovery-codes-made", to=f"account:{account_id}", by=by, at=now)
    return codes


def use_recovery_code(account_id: int, typed: str, keys: SecretKeys, *, now: datetime) -> bool:
    """True when it is one of the account's and was never used: of several at once one alone succeeds.

    Inside the caller's transaction.
    """
    marks = marks_of(typed, account_id, keys)
    if _fresh(account_id).filter(mark__in=marks).update(used_at=now) != 1:
        return False
    owner = f"account:{account_id}"
    record("credentials.recovery-code-used", to=owner, by=owner, at=now)
    return True


def _fresh(account_id: int) -> QuerySet[RecoveryCode]:
    """Codes that still serve."""
    return RecoveryCode.objects.filter(account_id=account_id, used_at__isnull=True, replaced_at__isnull=True)
