"""Everything somebody decided about their mail, as scripts."""

from datetime import datetime

from vaguemestre.sorting.script.absence import absence_commands
from vaguemestre.sorting.script.filters import filter_commands
from vaguemestre.sorting.script.spam import denied_commands
from vaguemestre.sorting.script.syntax import Command, Tag, encoded
from vaguemestre.sorting.values import EXPERT_SCRIPT, Decided, Owner


def compose(decided: Decided, owner: Owner, *, kept: str, now: datetime) -> str:
    """The script to run; "" when nothing of ours is to be done.

    In order: whom the person does not want to hear, the absence, the filters, the part written by hand, and
    `kept`, another program's script that ran before ours and still does.
    """
    ours = (
        *denied_commands(decided.spam),
        *absence_commands(decided, owner, now),
        *filter_commands(decided.filters, owner),
        *(_included(EXPERT_SCRIPT, "Partie écrite à la main") if decided.expert.strip() else ()),
    )
    return encoded((*ours, *_included(kept, "Règles d’un autre logiciel"))) if ours else ""


def _included(name: str, note: str) -> tuple[Command, ...]:
    if not name:
        return ()
    arguments = (Tag("personal"), Tag("optional"), name)
    return (Command("include", arguments, needs=("include",), note=note),)
