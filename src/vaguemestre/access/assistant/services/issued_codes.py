"""Codes that others send or hand over. Parts, inside the caller's transaction."""

from datetime import datetime

from vaguemestre.access.assistant.models import IssuedCode
from vaguemestre.access.assistant.rules.issued_codes import LIFE, drawn_issued_code, issued_marks
from vaguemestre.foundation.journal.services import record
from vaguemestre.people.credentials.values import SecretKeys


def issue_code(
    account_id: int, keys: SecretKeys, *, by: str, now: datetime, drops_factors: bool = False
) -> str:
    """A code for that account, good for a day; former ones are worth nothing any more.

    `drops_factors`: whoever uses it lost their second factors too, which go with the former password.
    """
    void_issued_codes(account_id, now=now)
    code = drawn_issued_code()
    IssuedCode.objects.create(
        account_id=account_id,
        mark=issued_marks(code, account_id, keys)[0],
        made_at=now,
        until=now + LIFE,
        drops_factors=drops_factors,
    )
    record("assistant.code-issued", to=f"account:{account_id}", by=by, at=now)
    return code


def burn_issued_code(account_id: int, mark: str, *, now: datetime) -> bool | None:
    """Whether second factors go with it; None when it was used, voided or is too old. Once of several."""
    fresh = IssuedCode.objects.filter(account_id=account_id, mark=mark, used_at__isnull=True, until__gt=now)
    drops = fresh.values_list("drops_factors", flat=True).first()
    if drops is None or fresh.update(used_at=now) != 1:
        return None
    return drops


def void_issued_codes(account_id: int, *, now: datetime) -> int:
    """None of its unused codes opens anything any more; how many there were."""
    return IssuedCode.objects.filter(account_id=account_id, used_at__isnull=True).update(used_at=now)
