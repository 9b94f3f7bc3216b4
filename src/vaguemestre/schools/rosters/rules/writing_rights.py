"""Writing rights: set by the school's owner; by default, teachers write to their own classes."""

from collections.abc import Collection, Mapping

from vaguemestre.schools.rosters.values import Reach, Right, Role, Side

OWNERS = frozenset({"DIR"})
_ROLES = {
    "ENS": Role.TEACHER,
    "DOC": Role.TEACHER,
    "EDU": Role.SCHOOL_LIFE,
    "CPE": Role.SCHOOL_LIFE,
    "AED": Role.SCHOOL_LIFE,
    "ADF": Role.OFFICE,
}
DEFAULT_RIGHTS: Mapping[tuple[Role, Side], Reach] = {
    (Role.TEACHER, Side.PUPILS): Reach.OWN,
    (Role.TEACHER, Side.FAMILIES): Reach.OWN,
    (Role.SCHOOL_LIFE, Side.PUPILS): Reach.ALL,
    (Role.SCHOOL_LIFE, Side.FAMILIES): Reach.ALL,
    (Role.OFFICE, Side.PUPILS): Reach.NONE,
    (Role.OFFICE, Side.FAMILIES): Reach.NONE,
}


def role_of(function: str, category: str = "") -> Role:
    """The role a function of the directory gives."""
    if function in _ROLES:
        return _ROLES[function]
    return Role.SCHOOL_LIFE if category in ("CPE", "AED") else Role.OFFICE


def rights_of(decided: Collection[Right]) -> dict[tuple[Role, Side], Reach]:
    """The rights the owner set, completed by the defaults."""
    return {**DEFAULT_RIGHTS, **{(right.role, right.side): right.reach for right in decided}}


def may_write(
    functions: Collection[str],
    rights: Mapping[tuple[Role, Side], Reach],
    side: Side,
    *,
    is_own: bool,
    is_owner: bool = False,
    category: str = "",
) -> bool:
    """Whether a person may write to one side of a class.

    `functions`: those they serve today in that school. `is_own`: they teach that class. `is_owner`: they
    manage the school's mailbox.
    """
    if not functions and not is_owner:
        return False
    if is_owner or OWNERS & set(functions):
        return True
    reaches = {rights[role_of(function, category), side] for function in functions}
    return Reach.ALL in reaches or (is_own and Reach.OWN in reaches)
