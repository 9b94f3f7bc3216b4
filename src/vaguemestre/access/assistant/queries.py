"""Issued codes, read."""

from datetime import datetime

from vaguemestre.access.assistant.models import IssuedCode
from vaguemestre.access.assistant.rules.issued_codes import issued_marks
from vaguemestre.people.credentials.values import SecretKeys


def issued_code_mark(account_id: int, typed: str, keys: SecretKeys, now: datetime) -> str:
    """What is kept of the code typed if it is good for that account, else ""; asked alike of nobody (0)."""
    marks = issued_marks(typed, account_id, keys)
    fresh = IssuedCode.objects.filter(
        account_id=account_id, mark__in=marks, used_at__isnull=True, until__gt=now
    )
    return fresh.values_list("mark", flat=True).first() or ""


def issued_code_until(account_id: int, now: datetime) -> datetime | None:
    """Until when a code that was sent or handed over may still serve."""
    fresh = IssuedCode.objects.filter(account_id=account_id, used_at__isnull=True, until__gt=now)
    return fresh.order_by("-until").values_list("until", flat=True).first()
