"""What a person changes about their own account. Use cases, each in one transaction."""

from datetime import datetime

from django.db import transaction

from vaguemestre.credentials.queries import app_passwords_of
from vaguemestre.credentials.services import add_app_password, prefer_theme, revoke_app_password
from vaguemestre.signin.events import AccountTouched
from vaguemestre.signin.services import tell


@transaction.atomic(durable=True)
def choose_theme(account_id: int, theme: str) -> None:
    prefer_theme(account_id, theme)


@transaction.atomic(durable=True)
def make_app_password(
    account_id: int, name: str, *, by: str, now: datetime, scope: str = "mail"
) -> tuple[str, AccountTouched]:
    """Its text, shown once, and what its owner is told.

    Raises Refusal `credentials.too-many-app-passwords`.
    """
    text = add_app_password(account_id, name, by=by, now=now, scope=scope)
    number = app_passwords_of(account_id)[0].app_password_id
    return text, tell(account_id, "app-password-made", now=now, number=number, detail=f"« {name} »")


@transaction.atomic(durable=True)
def drop_app_password(account_id: int, app_password_id: int, *, by: str, now: datetime) -> None:
    revoke_app_password(account_id, app_password_id, by=by, now=now)
