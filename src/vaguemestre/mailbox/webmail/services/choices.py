"""What a person chooses for reading, kept with the account."""

from collections.abc import Mapping
from dataclasses import asdict

from django.db import transaction

from vaguemestre.mailbox.webmail.rules import choices as rules
from vaguemestre.mailbox.webmail.rules.listing import labels, searches
from vaguemestre.people.credentials.services import prefer


@transaction.atomic(durable=True)
def choose(account_id: int, sent: Mapping[str, str]) -> None:
    """Raises Refusal `webmail.unreadable-choice`."""
    prefer(account_id, rules.SUBJECT, rules.checked(sent))


@transaction.atomic(durable=True)
def save_label(
    account_id: int, preferences: Mapping[str, object], mark: str, name: str, colour: str
) -> labels.Label:
    """Make a label, or name and paint again that of `mark`. Raises as `labels.with_label`."""
    known, one = labels.with_label(labels.known_labels(preferences), mark, name, colour)
    prefer(account_id, labels.SUBJECT, labels.written(known))
    return one


@transaction.atomic(durable=True)
def drop_label(account_id: int, preferences: Mapping[str, object], mark: str) -> None:
    """No longer offered; messages that bear it keep it, as other programs may show it."""
    known = labels.without_label(labels.known_labels(preferences), mark)
    prefer(account_id, labels.SUBJECT, labels.written(known))


@transaction.atomic(durable=True)
def keep_search(account_id: int, preferences: Mapping[str, object], name: str, asked: str) -> None:
    """Raises Refusal `webmail.search-name`, `webmail.too-many-searches`."""
    kept = searches.with_search(searches.kept_searches(preferences), name, asked)
    prefer(account_id, searches.SUBJECT, {"kept": [asdict(one) for one in kept]})


@transaction.atomic(durable=True)
def drop_search(account_id: int, preferences: Mapping[str, object], name: str) -> None:
    kept = searches.without_search(searches.kept_searches(preferences), name)
    prefer(account_id, searches.SUBJECT, {"kept": [asdict(one) for one in kept]})


@transaction.atomic(durable=True)
def remember_search(account_id: int, preferences: Mapping[str, object], asked: str) -> None:
    recent = searches.with_recent(searches.recent_searches(preferences), asked)
    prefer(account_id, searches.SUBJECT, {"recent": list(recent)})


@transaction.atomic(durable=True)
def forget_searches(account_id: int) -> None:
    """Those made lately."""
    prefer(account_id, searches.SUBJECT, {"recent": []})
