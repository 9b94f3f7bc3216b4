"""Applications written down, people entering and leaving. « Part »: inside the caller's transaction."""

from vaguemestre.sso.registry.services.applications import (
    add_application,
    keep_application,
    remove_application,
    renew_secret,
    secret_holds,
)
from vaguemestre.sso.registry.services.visits import (
    carry_on,
    end_visits_of_accounts,
    end_visits_of_sessions,
    enter,
    forget_visit,
    name_visit,
    sweep,
)

__all__ = [
    "add_application",
    "carry_on",
    "end_visits_of_accounts",
    "end_visits_of_sessions",
    "enter",
    "forget_visit",
    "keep_application",
    "name_visit",
    "remove_application",
    "renew_secret",
    "secret_holds",
    "sweep",
]
