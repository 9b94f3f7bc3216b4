"""Queries on issued codes."""

from datetime import datetime

from django.db.models import QuerySet

from vaguemestre.access.assistant.models import IssuedCode
from vaguemestre.access.assistant.rules.issued_codes import issued_marks
from vaguemestre.people.credentials.queries import recovery_mark
from vaguemestre.people.credentials.values import SecretKeys


def issued_code_mark(account_id: int, typed: str, keys: SecretKeys, now: datetime) -> str:
    """The mark of the code typed if it is valid for that account, else "". Same queries for account 0."""
    valid = valid_codes(account_id, now).filter(mark__in=issued_marks(typed, account_id, keys))
    return valid.values_list("mark", flat=True).first() or ""


def issued_code_until(account_id: int, now: datetime) -> datetime | None:
    """When the account's unused code expires; None if there is none."""
    return valid_codes(account_id, now).order_by("-until").values_list("until", flat=True).first()


def valid_codes(account_id: int, now: datetime) -> QuerySet[IssuedCode]:
    """The account's unused codes, unless its owner chose a password or removed a contact meanwhile."""
    unused = IssuedCode.objects.filter(account_id=account_id, used_at__isnull=True, until__gt=now)
    return unused.filter(recovery__in=("", recovery_mark(account_id)))
