"""What a person prefers on screen."""

from vaguemestre.credentials.models import Account

THEMES = ("system", "light", "dark")


def prefer_theme(account_id: int, theme: str) -> None:
    """Keep `system`, `light` or `dark`. Inside the caller's transaction. Else ValueError."""
    if theme not in THEMES:
        raise ValueError(theme)
    account = Account.objects.select_for_update().get(pk=account_id)
    account.preferences = {**account.preferences, "theme": theme}
    account.save(update_fields=["preferences"])
