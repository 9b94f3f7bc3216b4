"""Groups that a contact of a file bears by name: labels of Gmail, categories of Outlook and of vCards."""

from collections.abc import Iterable

MAX_GROUPS = 50  # of one contact
_MAX_NAME_CHARACTERS = 200
# Gmail's own, which stand for all contacts or for a place in its window.
_OF_THE_SYSTEM = frozenset({"mycontacts", "my contacts", "starred", "starred in android"})


def group_names(labels: Iterable[str]) -> tuple[str, ...]:
    """Names of groups, each once, as first written, without those of the program (« * myContacts »)."""
    names: dict[str, str] = {}
    for label in labels:
        name = " ".join(label.split()).removeprefix("* ")[:_MAX_NAME_CHARACTERS]
        if name and name != "*" and name.isprintable() and name.casefold() not in _OF_THE_SYSTEM:
            names.setdefault(name.casefold(), name)
    return tuple(names.values())[:MAX_GROUPS]
