"""Accounts and what opens them, changed. Parts run in the caller's transaction unless said otherwise."""

from vaguemestre.credentials.services.activation import activate, activate_with_hash, add_activation_link
from vaguemestre.credentials.services.app_passwords import (
    add_app_password,
    revoke_app_password,
    revoke_every_app_password,
)
from vaguemestre.credentials.services.lives import (
    NewAccount,
    change_states,
    give_role,
    move_account,
    open_account,
    open_accounts,
    withdraw_proofs,
)
from vaguemestre.credentials.services.one_time import (
    add_one_time_device,
    burn_code,
    burn_recovery_code,
    confirm_application,
    make_recovery_codes,
    propose_application,
    remove_application,
)
from vaguemestre.credentials.services.passkeys import add_passkey, remove_passkey, use_passkey
from vaguemestre.credentials.services.passwords import (
    check_chosen_password,
    hashed,
    holds,
    keep_password,
    set_password,
    strength_of,
)
from vaguemestre.credentials.services.preferences import prefer_theme
from vaguemestre.credentials.services.recovery_contacts import confirm_contact, drop_contact, propose_contact
from vaguemestre.credentials.services.tokens import forget_tokens, mint_mail_token

__all__ = [
    "NewAccount",
    "activate",
    "activate_with_hash",
    "add_activation_link",
    "add_app_password",
    "add_one_time_device",
    "add_passkey",
    "burn_code",
    "burn_recovery_code",
    "change_states",
    "check_chosen_password",
    "confirm_application",
    "confirm_contact",
    "drop_contact",
    "forget_tokens",
    "give_role",
    "hashed",
    "holds",
    "keep_password",
    "make_recovery_codes",
    "mint_mail_token",
    "move_account",
    "open_account",
    "open_accounts",
    "prefer_theme",
    "propose_application",
    "propose_contact",
    "remove_application",
    "remove_passkey",
    "revoke_app_password",
    "revoke_every_app_password",
    "set_password",
    "strength_of",
    "use_passkey",
    "withdraw_proofs",
]
