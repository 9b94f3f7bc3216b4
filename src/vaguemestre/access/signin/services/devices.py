"""Browsers where somebody got in: noted, struck off."""

from datetime import datetime

from django.db import transaction

from vaguemestre.access.signin.models import Device
from vaguemestre.foundation.journal.services import record
from vaguemestre.foundation.kernel.errors import Refusal


def note_browser(account_id: int, mark: str, *, network: str, told: str, now: datetime) -> bool:
    """Keep that it served; True when its owner must be told. Inside the caller's transaction.

    The first browser of an account is told by its activation.
    """
    mine = Device.objects.filter(account_id=account_id)
    fields = {"told": told[:200], "network": network[:45], "last_at": now}
    if mine.filter(mark=mark, forgotten_at__isnull=True).update(**fields):
        return False
    is_first = not mine.exists()
    Device.objects.update_or_create(
        account_id=account_id,
        mark=mark,
        defaults={**fields, "forgotten_at": None},
        create_defaults={**fields, "first_at": now},
    )
    return not is_first


@transaction.atomic(durable=True)
def forget_browser(account_id: int, number: int, *, now: datetime) -> None:
    """Its cookie is worth nothing any more. Raises Refusal `signin.device-gone`."""
    rows = Device.objects.filter(account_id=account_id, pk=number, forgotten_at__isnull=True)
    if not rows.update(forgotten_at=now):
        raise Refusal("signin.device-gone")
    owner = f"account:{account_id}"
    record("signin.device-forgotten", to=owner, by=owner, at=now, number=number)
