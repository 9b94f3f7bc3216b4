"""Signing in and out. Use cases, except what says « inside the caller's transaction »."""

from vaguemestre.access.signin.services.alarms import (
    check_current,
    close_everything,
    forget_what_is_over,
    renew_password,
    undo,
)
from vaguemestre.access.signin.services.changes import change_password
from vaguemestre.access.signin.services.devices import forget_browser
from vaguemestre.access.signin.services.erasure import forget_person
from vaguemestre.access.signin.services.interrupted_acts import (
    Act,
    carry_act,
    drop_act,
    held_act,
    keep_act,
    take_act,
)
from vaguemestre.access.signin.services.keys import choose_pin, lose_key
from vaguemestre.access.signin.services.passkeys import by_passkey, drop_passkey, keep_passkey
from vaguemestre.access.signin.services.recovery_contacts import begin_contact, finish_contact, remove_contact
from vaguemestre.access.signin.services.second_factors import (
    begin_application,
    drop_application,
    finish_application,
    renew_recovery_codes,
)
from vaguemestre.access.signin.services.security_notices import tell
from vaguemestre.access.signin.services.sessions import (
    end_other_sessions,
    end_session,
    end_sessions_of_closed,
    open_browser_session,
    sweep,
    touch,
)
from vaguemestre.access.signin.services.steps import begin, by_partner, go_on
from vaguemestre.access.signin.services.throttle import clear, give_back, lift, pay, pay_toll

__all__ = [
    "Act",
    "begin",
    "begin_application",
    "begin_contact",
    "by_partner",
    "by_passkey",
    "carry_act",
    "change_password",
    "check_current",
    "choose_pin",
    "clear",
    "close_everything",
    "drop_act",
    "drop_application",
    "drop_passkey",
    "end_other_sessions",
    "end_session",
    "end_sessions_of_closed",
    "finish_application",
    "finish_contact",
    "forget_browser",
    "forget_person",
    "forget_what_is_over",
    "give_back",
    "go_on",
    "held_act",
    "keep_act",
    "keep_passkey",
    "lift",
    "lose_key",
    "open_browser_session",
    "pay",
    "pay_toll",
    "remove_contact",
    "renew_password",
    "renew_recovery_codes",
    "sweep",
    "take_act",
    "tell",
    "touch",
    "undo",
]
