"""Whether an applicant may be somebody who is there already."""

from vaguemestre.directory.rules.names import fold

SAME, CLOSE, OTHER = "same", "close", ""


def resemblance(names: tuple[str, str, str], known: tuple[str, str, str]) -> str:
    """Two people of one birth date. Each: birth name, usage name (may be empty), first name."""
    lasts = {fold(name) for name in names[:2] if name}
    known_lasts = {fold(name) for name in known[:2] if name}
    first, known_first = fold(names[2]), fold(known[2])
    if lasts & known_lasts and first == known_first:
        return SAME
    starts_alike = first.split("-")[0] == known_first.split("-")[0]
    return CLOSE if lasts & known_lasts or starts_alike else OTHER
