"""How classes are shown and found."""

import re
from collections.abc import Sequence

from vaguemestre.people.directory.rules.names import fold
from vaguemestre.schools.rosters.values import Side

_YEAR = re.compile(r"(?P<year>[1-6])\s*(?:e|è|eme|ème)?\s*(?P<rest>[A-Z]{1,2}|\d{1,2})", re.IGNORECASE)
SIDES = {Side.PUPILS: "élèves", Side.FAMILIES: "familles"}


def shown_group(name: str) -> str:
    """`4B`, `4EME B`, `4e b` → `4e B`; other names as the school writes them."""
    found = _YEAR.fullmatch(name.strip())
    return f"{found['year']}e {found['rest'].upper()}" if found else " ".join(name.split())


def shown_audience(name: str, side: Side) -> str:
    """`4e B — élèves`."""
    return f"{shown_group(name)} — {SIDES[side]}"


def is_meant(typed: str, name: str, side: Side) -> bool:
    """Whether each word typed begins one of the audience's words: `4b fam`, `4e B`, `classe 4`."""
    words = _words(typed)
    plain = "".join(re.findall(r"[a-z0-9]+", fold(name)))
    shown = _words(shown_group(name))
    joined = "".join(shown)
    ready = ["classe", plain, joined, re.sub(r"^(\d)e(?=.)", r"\1", joined), *shown, *_words(SIDES[side])]
    if side is Side.FAMILIES:
        ready += ["parents", "responsables"]
    return bool(words) and all(any(one.startswith(word) for one in ready) for word in words)


def listed_names(names: Sequence[str]) -> str:
    """`Léa Martin et Tom Martin`."""
    if len(names) < 2:
        return "".join(names)
    return f"{', '.join(names[:-1])} et {names[-1]}"


def _words(text: str) -> list[str]:
    return re.findall(r"[a-z0-9]+", fold(text).replace("-", " "))
