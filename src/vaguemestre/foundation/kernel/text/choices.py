"""Values of an enumeration as the choices of a column."""

from collections.abc import Iterable
from enum import StrEnum


def choices_of(members: Iterable[StrEnum]) -> list[tuple[str, str]]:
    """(value, name) of each, for Django's `choices`; no screen shows the names."""
    return [(member.value, member.name.replace("_", " ").title()) for member in members]
