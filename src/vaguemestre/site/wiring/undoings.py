"""How a room takes back what an owner says was not theirs."""

from vaguemestre.classes.services import take_link_back
from vaguemestre.moving.services import withdraw_export
from vaguemestre.sharing.services import take_loan_back
from vaguemestre.signin import ports as signin
from vaguemestre.sorting.services import stop_expert, stop_filter

# How other rooms take back what an owner says was not theirs: act of `signin.rules.notices` → service.
UNDOINGS: dict[str, signin.Undo] = {
    "ent-linked": take_link_back,
    "forward-set": stop_filter,
    "filter-deletes": stop_filter,
    "expert-saved": stop_expert,
    "delegation-given": take_loan_back,
    "export-asked": withdraw_export,
}
