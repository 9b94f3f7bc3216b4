"""Everything somebody decided about their mail, as scripts."""

from dataclasses import replace
from datetime import datetime

from vaguemestre.mailbox.sorting.rules.expert import sends_on
from vaguemestre.mailbox.sorting.script.absence import absence_commands
from vaguemestre.mailbox.sorting.script.filters import filter_commands
from vaguemestre.mailbox.sorting.script.spam import denied_commands
from vaguemestre.mailbox.sorting.script.syntax import Command, Tag, encoded
from vaguemestre.mailbox.sorting.values import EXPERT_SCRIPT, Decided, Filter, Outcome, Owner


def compose(decided: Decided, owner: Owner, *, kept: str) -> str:
    """The personal script; "" when nothing of ours is to be done.

    In order: whom the person does not want to hear, the filters, the part written by hand, and `kept`,
    another program's script that ran before ours and still does.
    """
    ours = (
        *denied_commands(decided.spam),
        *filter_commands(_staying(decided) if decided.stays_here else decided.filters, owner),
        *(_included(EXPERT_SCRIPT, "Partie écrite à la main") if _runs(decided) else ()),
    )
    return encoded((*ours, *_included(kept, "Règles d’un autre logiciel"))) if ours else ""


def compose_absence(decided: Decided, owner: Owner, *, now: datetime) -> str:
    """The house's script, which answers before the personal one sorts; "" when no absence is on or to come.

    Apart, because `vacation` writes in the owner's name: no personal script may ask for it.
    """
    return encoded(commands) if (commands := absence_commands(decided, owner, now)) else ""


def _staying(decided: Decided) -> tuple[Filter, ...]:
    """The filters without what they send on."""
    kept = (replace(one, outcome=replace(one.outcome, forward_to="")) for one in decided.filters)
    return tuple(one for one in kept if one.outcome != Outcome(stops=False))


def _runs(decided: Decided) -> bool:
    return bool(decided.expert.strip()) and not (decided.stays_here and sends_on(decided.expert))


def _included(name: str, note: str) -> tuple[Command, ...]:
    if not name:
        return ()
    arguments = (Tag("personal"), Tag("optional"), name)
    return (Command("include", arguments, needs=("include",), note=note),)
