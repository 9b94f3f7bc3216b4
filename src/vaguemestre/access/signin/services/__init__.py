"""Use cases of the sign-in, except functions documented « inside the caller's transaction »."""

from vaguemestre.access.signin.services.alarms import (
    check_current_password,
    end_links,
    lock_account,
    purge_expired_undos,
    renew_password,
    undo_act,
)
from vaguemestre.access.signin.services.changes import change_password
from vaguemestre.access.signin.services.devices import forget_browser
from vaguemestre.access.signin.services.erasure import erase_account
from vaguemestre.access.signin.services.interrupted_acts import (
    Act,
    drop_act,
    find_act,
    move_act,
    store_act,
    take_act,
)
from vaguemestre.access.signin.services.keys import choose_pin, declare_key_lost
from vaguemestre.access.signin.services.passkeys import drop_passkey, register_passkey, sign_in_by_passkey
from vaguemestre.access.signin.services.recovery_contacts import begin_contact, finish_contact, remove_contact
from vaguemestre.access.signin.services.second_factors import (
    begin_application,
    drop_application,
    finish_application,
    renew_recovery_codes,
)
from vaguemestre.access.signin.services.security_notices import (
    acting_by_session,
    check_session_stands,
    notify_owner,
)
from vaguemestre.access.signin.services.sessions import (
    BrowserOrigin,
    delete_expired,
    end_every_session,
    end_other_sessions,
    end_session,
    end_sessions_of_inactive,
    extend_session,
    open_browser_session,
)
from vaguemestre.access.signin.services.steps import begin_sign_in, continue_sign_in, sign_in_by_partner
from vaguemestre.access.signin.services.throttle import (
    charge,
    charge_attempt,
    end_deferred_form,
    has_failed,
    is_deferred_form_over,
    lift_throttle,
    refund,
    reset_failures,
)

__all__ = [
    "Act",
    "BrowserOrigin",
    "acting_by_session",
    "begin_application",
    "begin_contact",
    "begin_sign_in",
    "change_password",
    "charge",
    "charge_attempt",
    "check_current_password",
    "check_session_stands",
    "choose_pin",
    "continue_sign_in",
    "declare_key_lost",
    "delete_expired",
    "drop_act",
    "drop_application",
    "drop_passkey",
    "end_deferred_form",
    "end_every_session",
    "end_links",
    "end_other_sessions",
    "end_session",
    "end_sessions_of_inactive",
    "erase_account",
    "extend_session",
    "find_act",
    "finish_application",
    "finish_contact",
    "forget_browser",
    "has_failed",
    "is_deferred_form_over",
    "lift_throttle",
    "lock_account",
    "move_act",
    "notify_owner",
    "open_browser_session",
    "purge_expired_undos",
    "refund",
    "register_passkey",
    "remove_contact",
    "renew_password",
    "renew_recovery_codes",
    "reset_failures",
    "sign_in_by_partner",
    "sign_in_by_passkey",
    "store_act",
    "take_act",
    "undo_act",
]
