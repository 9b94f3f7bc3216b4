"""Deciding what happens to arriving mail, and making Dovecot do it."""

from vaguemestre.mailbox.sorting.services.absences import (
    answer_for_gone,
    end_absence,
    save_absence,
    set_neutral_absence,
)
from vaguemestre.mailbox.sorting.services.backfill import ask_pass, carry_pass
from vaguemestre.mailbox.sorting.services.erasure import forget_person
from vaguemestre.mailbox.sorting.services.expert import import_script, save_expert, stop_expert
from vaguemestre.mailbox.sorting.services.filters import (
    arrange_filters,
    drop_filter,
    import_filters,
    save_filter,
    shift_filter,
    stop_filter,
    switch_filter,
)
from vaguemestre.mailbox.sorting.services.redirects import stop_redirects
from vaguemestre.mailbox.sorting.services.scripts import (
    put_back,
    renew_scripts,
    rewrite_script,
    stands_instead,
)
from vaguemestre.mailbox.sorting.services.spam import save_spam

__all__ = [
    "answer_for_gone",
    "arrange_filters",
    "ask_pass",
    "carry_pass",
    "drop_filter",
    "end_absence",
    "forget_person",
    "import_filters",
    "import_script",
    "put_back",
    "renew_scripts",
    "rewrite_script",
    "save_absence",
    "save_expert",
    "save_filter",
    "save_spam",
    "set_neutral_absence",
    "shift_filter",
    "stands_instead",
    "stop_expert",
    "stop_filter",
    "stop_redirects",
    "switch_filter",
]
