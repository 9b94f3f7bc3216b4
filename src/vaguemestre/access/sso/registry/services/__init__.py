"""Use cases of the registry. « Part »: inside the caller's transaction."""

from vaguemestre.access.sso.registry.services.applications import (
    add_application,
    change_application,
    create_application,
    is_secret_right,
    keep_application,
    needs_secret,
    remove_application,
    renew_secret,
    set_logo,
    update_application,
)
from vaguemestre.access.sso.registry.services.declaration import Outcome, apply_declaration
from vaguemestre.access.sso.registry.services.erasure import erase_account
from vaguemestre.access.sso.registry.services.visits import (
    delete_old_visits,
    delete_visit,
    end_visit,
    end_visits_of_accounts,
    end_visits_of_expired,
    end_visits_of_sessions,
    move_visits,
    record_consent,
    record_preview,
    record_refusal,
    set_visit_reference,
    start_visit,
)

__all__ = [
    "Outcome",
    "add_application",
    "apply_declaration",
    "change_application",
    "create_application",
    "delete_old_visits",
    "delete_visit",
    "end_visit",
    "end_visits_of_accounts",
    "end_visits_of_expired",
    "end_visits_of_sessions",
    "erase_account",
    "is_secret_right",
    "keep_application",
    "move_visits",
    "needs_secret",
    "record_consent",
    "record_preview",
    "record_refusal",
    "remove_application",
    "renew_secret",
    "set_logo",
    "set_visit_reference",
    "start_visit",
    "update_application",
]
