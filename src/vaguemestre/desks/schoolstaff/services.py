"""Use case: letters for people who never activated their account."""

from collections.abc import Collection
from datetime import datetime

from django.db import transaction

from vaguemestre.foundation.journal.services import Line, record_many
from vaguemestre.foundation.journal.values import account_subject


@transaction.atomic(durable=True)
def record_letters(account_ids: Collection[int], *, by: str, now: datetime) -> None:
    """Use case: record that an activation letter is printed for each of these accounts."""
    record_many(
        Line("schoolstaff.letter-printed", to=account_subject(pk), by=by, at=now) for pk in account_ids
    )
