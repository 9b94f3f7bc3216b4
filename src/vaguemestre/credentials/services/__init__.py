"""Accounts and what opens them, changed. Parts run in the caller's transaction unless said otherwise."""

from vaguemestre.credentials.services.lives import (
    NewAccount,
    change_states,
    move_account,
    open_account,
    open_accounts,
)

__all__ = ["NewAccount", "change_states", "move_account", "open_account", "open_accounts"]
