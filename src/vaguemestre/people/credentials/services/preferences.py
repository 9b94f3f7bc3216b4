"""What a person prefers on screen."""

from collections.abc import Mapping

from vaguemestre.people.credentials.models import Account

THEMES = ("system", "light", "dark")


def prefer_theme(account_id: int, theme: str) -> None:
    """Keep `system`, `light` or `dark`. Inside the caller's transaction. Else ValueError."""
    if theme not in THEMES:
        raise ValueError(theme)
    account = Account.objects.select_for_update().get(pk=account_id)
    account.preferences = {**account.preferences, "theme": theme}
    account.save(update_fields=["preferences"])


def prefer(account_id: int, subject: str, wanted: Mapping[str, object]) -> None:
    """Keep what a person wants of one subject (`reading`…), beside the rest: JSON-ready, judged before.

    Inside the caller's transaction.
    """
    account = Account.objects.select_for_update().get(pk=account_id)
    kept = account.preferences.get(subject)
    merged = {**(kept if isinstance(kept, dict) else {}), **wanted}
    account.preferences = {**account.preferences, subject: merged}
    account.save(update_fields=["preferences"])
