"""Accounts and what opens them, changed. Parts run in the caller's transaction unless said otherwise."""

from vaguemestre.credentials.services.activation import activate, activate_with_hash, add_activation_link
from vaguemestre.credentials.services.app_passwords import (
    add_app_password,
    note_app_password_used,
    revoke_app_password,
    revoke_every_app_password,
)
from vaguemestre.credentials.services.keys import (
    choose_pin,
    declare_key_lost,
    hand_key_over,
    key_found_again,
    receipt_of_key,
    receipt_pdf,
    stock_keys,
)
from vaguemestre.credentials.services.lives import (
    NewAccount,
    change_states,
    give_role,
    move_account,
    move_mailboxes,
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
    keep_better_hash,
    keep_password,
    set_password,
    strength_of,
    wants_other_hash,
)
from vaguemestre.credentials.services.preferences import prefer, prefer_theme
from vaguemestre.credentials.services.recovery_contacts import confirm_contact, drop_contact, propose_contact
from vaguemestre.credentials.services.tokens import forget_tokens, mint_mail_token
from vaguemestre.credentials.services.undoing import (
    UNDO_LIFE,
    bar_password,
    drop_added_since,
    forget_withdrawn,
    take_back,
)

__all__ = [
    "UNDO_LIFE",
    "NewAccount",
    "activate",
    "activate_with_hash",
    "add_activation_link",
    "add_app_password",
    "add_one_time_device",
    "add_passkey",
    "bar_password",
    "burn_code",
    "burn_recovery_code",
    "change_states",
    "check_chosen_password",
    "choose_pin",
    "confirm_application",
    "confirm_contact",
    "declare_key_lost",
    "drop_added_since",
    "drop_contact",
    "forget_tokens",
    "forget_withdrawn",
    "give_role",
    "hand_key_over",
    "hashed",
    "holds",
    "keep_better_hash",
    "keep_password",
    "key_found_again",
    "make_recovery_codes",
    "mint_mail_token",
    "move_account",
    "move_mailboxes",
    "note_app_password_used",
    "open_account",
    "open_accounts",
    "prefer",
    "prefer_theme",
    "propose_application",
    "propose_contact",
    "receipt_of_key",
    "receipt_pdf",
    "remove_application",
    "remove_passkey",
    "revoke_app_password",
    "revoke_every_app_password",
    "set_password",
    "stock_keys",
    "strength_of",
    "take_back",
    "use_passkey",
    "wants_other_hash",
    "withdraw_proofs",
]
