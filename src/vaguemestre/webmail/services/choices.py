"""What a person chooses for reading, kept with the account."""

from collections.abc import Mapping

from django.db import transaction

from vaguemestre.credentials.services import prefer
from vaguemestre.webmail.rules import choices as rules


@transaction.atomic(durable=True)
def choose(account_id: int, sent: Mapping[str, str]) -> None:
    """Raises Refusal `webmail.unreadable-choice`."""
    prefer(account_id, rules.SUBJECT, rules.checked(sent))
