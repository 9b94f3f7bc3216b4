"""Application passwords for a mail client or a device."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.db import transaction

from vaguemestre.access.signin.events import AccountTouched
from vaguemestre.access.signin.services import notify_owner
from vaguemestre.people.credentials.queries import app_passwords_of
from vaguemestre.people.credentials.services import add_app_password
from vaguemestre.people.credentials.values import AppPasswordScope


@dataclass(frozen=True)
class NewPassword:
    """A new password: `text` is shown once; `touched` is the notice to its owner."""

    number: int
    text: str = field(repr=False)
    touched: AccountTouched


@transaction.atomic(durable=True)
def make_app_password(
    account_id: int,
    name: str,
    *,
    by: str,
    now: datetime,
    scope: AppPasswordScope = AppPasswordScope.MAIL,
    life: timedelta | None = None,
) -> NewPassword:
    """Password of a mail client, with or without an end. Raises `credentials.too-many-app-passwords`."""
    expires_at = now + life if life else None
    text = add_app_password(account_id, name, by=by, now=now, scope=scope, expires_at=expires_at)
    number = app_passwords_of(account_id)[0].app_password_id
    return NewPassword(
        number,
        text,
        notify_owner(account_id, "app-password-made", now=now, number=number, detail=f"« {name} »"),
    )


def make_profile_password(account_id: int, *, by: str, now: datetime) -> NewPassword:
    """Password of an iPhone or iPad profile. Raises Refusal `credentials.too-many-app-passwords`."""
    return make_app_password(account_id, "iPhone ou iPad (profil)", by=by, now=now)
