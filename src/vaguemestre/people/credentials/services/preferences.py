"""Preferences of a person on screen."""

from collections.abc import Mapping

from vaguemestre.people.credentials.models import Account

THEMES = ("system", "light", "dark")


def save_theme(account_id: int, theme: str) -> None:
    """Set the theme: `system`, `light` or `dark`. Inside the caller's transaction. Raises ValueError."""
    if theme not in THEMES:
        raise ValueError(theme)
    account = Account.objects.select_for_update().get(pk=account_id)
    account.preferences = {**account.preferences, "theme": theme}
    account.save(update_fields=["preferences"])


def save_preference(account_id: int, subject: str, values: Mapping[str, object]) -> None:
    """Merge values into one subject of the preferences (`reading`…): JSON-ready, validated by the caller.

    Inside the caller's transaction.
    """
    account = Account.objects.select_for_update().get(pk=account_id)
    former = account.preferences.get(subject)
    merged = {**(former if isinstance(former, dict) else {}), **values}
    account.preferences = {**account.preferences, subject: merged}
    account.save(update_fields=["preferences"])
