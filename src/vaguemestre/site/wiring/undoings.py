"""Reversal of acts that an account's owner disowns."""

from vaguemestre.access.signin import ports as signin
from vaguemestre.mailbox.portability.services import withdraw_export
from vaguemestre.mailbox.sorting.services import stop_expert, stop_filter
from vaguemestre.schools.rosters.services import take_link_back
from vaguemestre.schools.sharing.services import take_loan_back

# How other rooms take back what an owner says was not theirs: act of `signin.rules.notices` → service.
UNDOINGS: dict[str, signin.Undo] = {
    "ent-linked": take_link_back,
    "forward-set": stop_filter,
    "filter-deletes": stop_filter,
    "expert-saved": stop_expert,
    "delegation-given": take_loan_back,
    "export-asked": withdraw_export,
}
