"""A profile that holds its own application password."""

from datetime import datetime

from django.db import transaction

from vaguemestre.credentials.services import add_app_password


@transaction.atomic(durable=True)
def make_profile_password(account_id: int, *, by: str, now: datetime) -> str:
    """An application password for one iPhone or iPad. Raises Refusal `credentials.too-many-app-passwords`."""
    return add_app_password(account_id, "iPhone ou iPad (profil)", by=by, now=now)
