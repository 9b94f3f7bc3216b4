"""Issued codes. Inside the caller's transaction."""

from datetime import datetime

from django.db import transaction

from vaguemestre.access.assistant.models import IssuedCode
from vaguemestre.access.assistant.queries import valid_codes
from vaguemestre.access.assistant.rules.issued_codes import LIFETIME, draw_issued_code, issued_marks
from vaguemestre.foundation.journal.services import record
from vaguemestre.foundation.journal.values import account_subject
from vaguemestre.people.credentials.queries import recovery_mark
from vaguemestre.people.credentials.services import lock_account_row
from vaguemestre.people.credentials.values import SecretKeys


def issue_code(
    account_id: int, keys: SecretKeys, *, by: str, now: datetime, drops_factors: bool = False
) -> str:
    """Issue a code for that account, valid a day; former ones are voided, also those issued at the same time.

    `drops_factors`: the second factors are lost too, and removed with the former password.
    """
    lock_account_row(account_id)
    void_issued_codes(account_id, now=now)
    code = draw_issued_code()
    IssuedCode.objects.create(
        account_id=account_id,
        mark=issued_marks(code, account_id, keys)[0],
        made_at=now,
        until=now + LIFETIME,
        recovery=recovery_mark(account_id),
        drops_factors=drops_factors,
    )
    record("assistant.code-issued", to=account_subject(account_id), by=by, at=now)
    return code


def use_issued_code(account_id: int, mark: str, *, now: datetime) -> bool | None:
    """Use up a code; of parallel callers, one succeeds.

    Returns whether it drops second factors, or None if it is no longer valid.
    """
    valid = valid_codes(account_id, now).filter(mark=mark)
    drops = valid.values_list("drops_factors", flat=True).first()
    if drops is None or valid.update(used_at=now) != 1:
        return None
    return drops


def void_issued_codes(account_id: int, *, now: datetime) -> int:
    """Void the account's unused codes. Returns the count."""
    return IssuedCode.objects.filter(account_id=account_id, used_at__isnull=True).update(used_at=now)


@transaction.atomic(durable=True)
def void_every_issued_code(*, now: datetime) -> int:
    """Use case: void the unused codes of everybody, after a restoration. Returns the count."""
    return IssuedCode.objects.filter(used_at__isnull=True).update(used_at=now)
