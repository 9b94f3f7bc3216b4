"""Reading preferences, labels and saved searches, stored with the account."""

from collections.abc import Mapping

from django.db import transaction

from vaguemestre.mailbox.webmail.rules import choices as rules
from vaguemestre.mailbox.webmail.rules.listing import labels, searches
from vaguemestre.people.credentials.services import save_preference
from vaguemestre.people.credentials.values import Preferences


@transaction.atomic(durable=True)
def save_choices(account_id: int, form: Mapping[str, str]) -> None:
    """Save reading preferences. Raises Refusal `webmail.unreadable-choice`."""
    save_preference(account_id, rules.SUBJECT, rules.parse_choices(form))


@transaction.atomic(durable=True)
def save_label(account_id: int, preferences: Preferences, mark: str, name: str, colour: str) -> labels.Label:
    """Create a label, or change the name and colour of that of `mark`. Raises as `labels.with_label`."""
    changed, label = labels.with_label(labels.known_labels(preferences), mark, name, colour)
    save_preference(account_id, labels.SUBJECT, labels.to_preferences(changed))
    return label


def create_missing_label(account_id: int, preferences: Preferences, name: str) -> bool:
    """Create the label of that name unless there is one; whether it did. Inside the caller's transaction.

    Raises as `labels.with_name`.
    """
    present = labels.known_labels(preferences)
    changed = labels.with_name(present, name)
    if changed == present:
        return False
    save_preference(account_id, labels.SUBJECT, labels.to_preferences(changed))
    return True


@transaction.atomic(durable=True)
def drop_label(account_id: int, preferences: Preferences, mark: str) -> None:
    """Stop offering a label; messages keep its keyword, which other programs may show."""
    remaining = labels.without_label(labels.known_labels(preferences), mark)
    save_preference(account_id, labels.SUBJECT, labels.to_preferences(remaining))


@transaction.atomic(durable=True)
def save_search(account_id: int, preferences: Preferences, name: str, query: str) -> None:
    """Save a search under a name. Raises Refusal `webmail.search-name`, `webmail.too-many-searches`."""
    saved = searches.with_search(searches.saved_searches(preferences), name, query)
    save_preference(account_id, searches.SUBJECT, searches.to_preferences(saved))


@transaction.atomic(durable=True)
def drop_search(account_id: int, preferences: Preferences, name: str) -> None:
    """Delete a saved search."""
    saved = searches.without_search(searches.saved_searches(preferences), name)
    save_preference(account_id, searches.SUBJECT, searches.to_preferences(saved))


@transaction.atomic(durable=True)
def remember_search(account_id: int, preferences: Preferences, query: str) -> None:
    """Add a search to the recent ones."""
    recent = searches.with_recent(searches.recent_searches(preferences), query)
    save_preference(account_id, searches.SUBJECT, {"recent": list(recent)})


@transaction.atomic(durable=True)
def forget_searches(account_id: int) -> None:
    """Clear the recent searches."""
    save_preference(account_id, searches.SUBJECT, {"recent": []})
