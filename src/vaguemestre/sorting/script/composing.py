"""Everything somebody decided about their mail, as one script."""

from collections.abc import Sequence
from datetime import datetime

from vaguemestre.sorting.script.absence import absence_commands
from vaguemestre.sorting.script.filters import filter_commands
from vaguemestre.sorting.script.syntax import Command, Tag, encoded
from vaguemestre.sorting.values import Absence, Filter, Owner


def compose(
    absence: Absence | None, owner: Owner, *, kept: str, now: datetime, filters: Sequence[Filter] = ()
) -> str:
    """The script to run; "" when nothing of ours is to be done.

    `kept` is another program's script that ran before ours: it still does, after the absence and the filters.
    """
    away = absence_commands(absence, owner, now) if absence else ()
    ours = (*away, *filter_commands(filters, owner))
    return encoded((*ours, *_kept(kept))) if ours else ""


def _kept(name: str) -> tuple[Command, ...]:
    if not name:
        return ()
    arguments = (Tag("personal"), Tag("optional"), name)
    return (Command("include", arguments, needs=("include",), note="Règles d’un autre logiciel"),)
