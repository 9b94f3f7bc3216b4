"""Settings → Sieve scripts; scripts of other programs → filters."""

from vaguemestre.mailbox.sorting.script.foreign_scripts import translate_script
from vaguemestre.mailbox.sorting.script.sieve_writer import absence_script, personal_script
from vaguemestre.mailbox.sorting.script.spam import junk_choices_script

__all__ = ["absence_script", "junk_choices_script", "personal_script", "translate_script"]
