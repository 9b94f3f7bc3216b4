"""Applications written down, people entering and leaving. « Part »: inside the caller's transaction."""

from vaguemestre.access.sso.registry.services.applications import (
    add_application,
    change_application,
    keep_application,
    needs_secret,
    remove_application,
    renew_secret,
    rewrite,
    secret_holds,
    set_logo,
    write_down,
)
from vaguemestre.access.sso.registry.services.declaration import apply
from vaguemestre.access.sso.registry.services.erasure import forget_person
from vaguemestre.access.sso.registry.services.visits import (
    agree,
    carry_on,
    end_visit,
    end_visits_of_accounts,
    end_visits_of_expired,
    end_visits_of_sessions,
    enter,
    forget_visit,
    look_at,
    name_visit,
    sweep,
    turn_away,
)

__all__ = [
    "add_application",
    "agree",
    "apply",
    "carry_on",
    "change_application",
    "end_visit",
    "end_visits_of_accounts",
    "end_visits_of_expired",
    "end_visits_of_sessions",
    "enter",
    "forget_person",
    "forget_visit",
    "keep_application",
    "look_at",
    "name_visit",
    "needs_secret",
    "remove_application",
    "renew_secret",
    "rewrite",
    "secret_holds",
    "set_logo",
    "sweep",
    "turn_away",
    "write_down",
]
