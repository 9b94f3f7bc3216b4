"""What a person changes about their own account. Use cases, each in one transaction."""

from datetime import datetime

from django.db import transaction

from vaguemestre.credentials.services import add_app_password, prefer_theme, revoke_app_password
from vaguemestre.jobs.services import announce
from vaguemestre.signin.events import AccountTouched


@transaction.atomic(durable=True)
def choose_theme(account_id: int, theme: str) -> None:
    prefer_theme(account_id, theme)


@transaction.atomic(durable=True)
def make_app_password(account_id: int, name: str, *, by: str, now: datetime, scope: str = "mail") -> str:
    """Its text, shown once. Raises Refusal `credentials.too-many-app-passwords`."""
    announce(AccountTouched(account_id, "app-password-made", now.isoformat()))
    return add_app_password(account_id, name, by=by, now=now, scope=scope)


@transaction.atomic(durable=True)
def drop_app_password(account_id: int, app_password_id: int, *, by: str, now: datetime) -> None:
    revoke_app_password(account_id, app_password_id, by=by, now=now)
