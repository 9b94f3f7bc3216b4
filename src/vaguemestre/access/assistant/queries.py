"""Queries on issued codes."""

from datetime import datetime

from vaguemestre.access.assistant.models import IssuedCode
from vaguemestre.access.assistant.rules.issued_codes import issued_marks
from vaguemestre.people.credentials.values import SecretKeys


def issued_code_mark(account_id: int, typed: str, keys: SecretKeys, now: datetime) -> str:
    """The mark of the code typed if it is valid for that account, else "". Same queries for account 0."""
    marks = issued_marks(typed, account_id, keys)
    valid = IssuedCode.objects.filter(
        account_id=account_id, mark__in=marks, used_at__isnull=True, until__gt=now
    )
    return valid.values_list("mark", flat=True).first() or ""


def issued_code_until(account_id: int, now: datetime) -> datetime | None:
    """When the account's unused code expires; None if there is none."""
    valid = IssuedCode.objects.filter(account_id=account_id, used_at__isnull=True, until__gt=now)
    return valid.order_by("-until").values_list("until", flat=True).first()
