"""What becomes of filters as the folder they file into is renamed, thrown away or brought back."""

from dataclasses import replace

from vaguemestre.mailbox.sorting.rules.filters import TRASH
from vaguemestre.mailbox.sorting.values import Filter, Outcome


def files_into(outcome: Outcome, folder: str) -> bool:
    """Whether messages are moved or copied to that folder, or to one in it."""
    return any(f"{name}/".startswith(f"{folder}/") for name in (outcome.move_to, outcome.copy_to) if name)


def followed(mail_filter: Filter, former: str, new: str) -> Filter:
    """The filter, which files into `former` or a folder in it, once that is named `new`; "": deleted.

    One whose folder goes to the trash is switched off, or the next message would make the folder again; it is
    switched on as the folder comes back. One that was off before keeps its former folder, and stays off.
    """
    was_thrown, is_thrown = former.startswith(f"{TRASH}/"), not new or new.startswith(f"{TRASH}/")
    if is_thrown and not mail_filter.is_on and not was_thrown:
        return mail_filter
    is_on = mail_filter.is_on and bool(new) if was_thrown == is_thrown else not is_thrown
    outcome = mail_filter.outcome
    if new:
        outcome = replace(
            outcome,
            move_to=_renamed(outcome.move_to, former, new),
            copy_to=_renamed(outcome.copy_to, former, new),
        )
    return replace(mail_filter, outcome=outcome, is_on=is_on)


def _renamed(name: str, former: str, new: str) -> str:
    return f"{new}{name[len(former) :]}" if f"{name}/".startswith(f"{former}/") else name
