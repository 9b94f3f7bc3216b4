"""Accounts and what opens them, changed. Parts run inside the caller's transaction unless they say otherwise."""

from vaguemestre.credentials.services.lives import (
    NewAccount,
    change_states,
    move_account,
    open_account,
    open_accounts,
)

__all__ = ["NewAccount", "change_states", "move_account", "open_account", "open_accounts"]
