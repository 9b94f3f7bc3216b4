"""Use cases of sorting: settings, and the Dovecot scripts that implement them."""

from vaguemestre.mailbox.sorting.services.absences import (
    answer_for_leaver,
    end_absence,
    end_neutral_absence,
    end_own_absences,
    save_absence,
    set_neutral_absence,
)
from vaguemestre.mailbox.sorting.services.backfill import request_backfill, run_backfill
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
from vaguemestre.mailbox.sorting.services.foreign import stop_foreign_script, tell_foreign_script
from vaguemestre.mailbox.sorting.services.program_rules import keep_program_rules, program_rules
from vaguemestre.mailbox.sorting.services.redirects import stop_redirects
from vaguemestre.mailbox.sorting.services.renamed_folders import announce_moved_folders, follow_folder
from vaguemestre.mailbox.sorting.services.scripts import (
    foreign_active_script,
    renew_scripts,
    restore_script,
    rewrite_script,
)
from vaguemestre.mailbox.sorting.services.spam import save_spam

__all__ = [
    "announce_moved_folders",
    "answer_for_leaver",
    "arrange_filters",
    "drop_filter",
    "end_absence",
    "end_neutral_absence",
    "end_own_absences",
    "follow_folder",
    "foreign_active_script",
    "forget_person",
    "import_filters",
    "import_script",
    "keep_program_rules",
    "program_rules",
    "renew_scripts",
    "request_backfill",
    "restore_script",
    "rewrite_script",
    "run_backfill",
    "save_absence",
    "save_expert",
    "save_filter",
    "save_spam",
    "set_neutral_absence",
    "shift_filter",
    "stop_expert",
    "stop_filter",
    "stop_foreign_script",
    "stop_redirects",
    "switch_filter",
    "tell_foreign_script",
]
