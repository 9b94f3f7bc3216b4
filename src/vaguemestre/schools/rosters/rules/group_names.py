"""Labels of classes, and matching of typed words with them."""

import re
from collections.abc import Sequence

from vaguemestre.people.directory.rules.names import fold
from vaguemestre.schools.rosters.values import Side

_YEAR = re.compile(r"(?P<year>[1-6])\s*(?:e|è|eme|ème)?\s*(?P<rest>[A-Z]{1,2}|\d{1,2})", re.IGNORECASE)
SIDE_LABELS = {Side.PUPILS: "élèves", Side.FAMILIES: "familles"}


def group_label(name: str) -> str:
    """`4B`, `4EME B`, `4e b` → `4e B`; other names as the school writes them."""
    match = _YEAR.fullmatch(name.strip())
    return f"{match['year']}e {match['rest'].upper()}" if match else " ".join(name.split())


def audience_label(name: str, side: Side) -> str:
    """`4e B — élèves`."""
    return f"{group_label(name)} — {SIDE_LABELS[side]}"


def matches_query(typed: str, name: str, side: Side) -> bool:
    """Whether each typed word is a prefix of a word of the audience: `4b fam`, `4e B`, `classe 4`."""
    words = _words(typed)
    plain = "".join(re.findall(r"[a-z0-9]+", fold(name)))
    label = _words(group_label(name))
    joined = "".join(label)
    targets = [
        "classe",
        plain,
        joined,
        re.sub(r"^(\d)e(?=.)", r"\1", joined),
        *label,
        *_words(SIDE_LABELS[side]),
    ]
    if side is Side.FAMILIES:
        targets += ["parents", "responsables"]
    return bool(words) and all(any(target.startswith(word) for target in targets) for word in words)


def join_names(names: Sequence[str]) -> str:
    """`Léa Martin et Tom Martin`."""
    if len(names) < 2:
        return "".join(names)
    return f"{', '.join(names[:-1])} et {names[-1]}"


def _words(text: str) -> list[str]:
    return re.findall(r"[a-z0-9]+", fold(text).replace("-", " "))
