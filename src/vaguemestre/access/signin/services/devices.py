"""Known browsers of an account: record, forget."""

from datetime import datetime

from django.db import transaction

from vaguemestre.access.signin.models import Device
from vaguemestre.foundation.journal.services import record
from vaguemestre.foundation.journal.values import account_subject
from vaguemestre.foundation.kernel.errors import Refusal


def record_browser(account_id: int, mark: str, *, network: str, user_agent: str, now: datetime) -> bool:
    """Record a sign-in from that browser; True when its owner must be notified. Inside a transaction.

    The first browser of an account needs no notice: its activation is one.
    """
    devices = Device.objects.filter(account_id=account_id)
    fields = {"told": user_agent[:200], "network": network[:45], "last_at": now}
    if devices.filter(mark=mark, forgotten_at__isnull=True).update(**fields):
        return False
    is_first = not devices.exists()
    Device.objects.update_or_create(
        account_id=account_id,
        mark=mark,
        defaults={**fields, "forgotten_at": None},
        create_defaults={**fields, "first_at": now},
    )
    return not is_first


@transaction.atomic(durable=True)
def forget_browser(account_id: int, number: int, *, now: datetime) -> None:
    """Make the browser's cookie worthless. Raises Refusal `signin.device-gone`."""
    rows = Device.objects.filter(account_id=account_id, pk=number, forgotten_at__isnull=True)
    if not rows.update(forgotten_at=now):
        raise Refusal("signin.device-gone")
    owner = account_subject(account_id)
    record("signin.device-forgotten", to=owner, by=owner, at=now, number=number)
