"""What a person changes about their own account. Use cases, each in one transaction."""

from datetime import datetime

from django.db import transaction

from vaguemestre.credentials.services import prefer_theme, revoke_app_password


@transaction.atomic(durable=True)
def choose_theme(account_id: int, theme: str) -> None:
    prefer_theme(account_id, theme)


@transaction.atomic(durable=True)
def drop_app_password(account_id: int, app_password_id: int, *, by: str, now: datetime) -> None:
    revoke_app_password(account_id, app_password_id, by=by, now=now)
