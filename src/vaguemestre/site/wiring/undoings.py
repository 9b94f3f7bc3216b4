"""Reversal of acts that an account's owner disowns."""

from vaguemestre.access.signin import ports as signin
from vaguemestre.mailbox.compose.services import remove_reply_to
from vaguemestre.mailbox.portability.services import withdraw_export
from vaguemestre.mailbox.sorting.services import stop_expert, stop_filter, stop_foreign_script
from vaguemestre.schools.rosters.services import revoke_ent_link
from vaguemestre.schools.sharing.services import revoke_delegation

# How other rooms take back what an owner says was not theirs: act of `signin.rules.acts.sentences` → service.
UNDOINGS: dict[str, signin.Undo] = {
    "ent-linked": revoke_ent_link,
    "forward-set": stop_filter,
    "filter-deletes": stop_filter,
    "expert-saved": stop_expert,
    "script-by-program": stop_foreign_script,
    "reply-to-set": remove_reply_to,
    "delegation-given": revoke_delegation,
    "export-asked": withdraw_export,
}
