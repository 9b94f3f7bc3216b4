"""Lifecycle events declared, run day after day, and ended; civil statuses erased."""

from vaguemestre.people.lifecycle.services.declarations import (
    begin_academy_move,
    close_early,
    declare_event,
    end_event,
    forecast,
    postpone_closing,
    set_new_address_shown,
)
from vaguemestre.people.lifecycle.services.gdpr_erasure import erase_civil_statuses
from vaguemestre.people.lifecycle.services.rounds import (
    apply_situation,
    begin_departures,
    cancel_departures,
    run_daily_review,
    run_due_events,
)

__all__ = [
    "apply_situation",
    "begin_academy_move",
    "begin_departures",
    "cancel_departures",
    "close_early",
    "declare_event",
    "end_event",
    "erase_civil_statuses",
    "forecast",
    "postpone_closing",
    "run_daily_review",
    "run_due_events",
    "set_new_address_shown",
]
