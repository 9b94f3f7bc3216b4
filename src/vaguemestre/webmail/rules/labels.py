"""Keywords of messages that are labels: those a person sees, in this page as in other programs."""

from collections.abc import Collection
from dataclasses import dataclass

# what Thunderbird calls its own five, whatever the language it speaks
_KNOWN = {
    "$label1": ("Important", "red"),
    "$label2": ("Travail", "orange"),
    "$label3": ("Personnel", "green"),
    "$label4": ("À faire", "blue"),
    "$label5": ("Plus tard", "purple"),
}
COLOURS = ("red", "orange", "green", "blue", "purple", "teal", "pink", "grey")
_PROGRAMS_OWN = frozenset(("junk", "nonjunk", "notjunk", "forwarded", "redirected", "receipt-handled"))


@dataclass(frozen=True)
class Label:
    """A keyword as it is shown; `colour` ends the name of a class, `lab-blue`."""

    keyword: str
    name: str
    colour: str


def labels(flags: Collection[str]) -> tuple[Label, ...]:
    """The labels among the marks of a message, by name."""
    if len(flags) < 4 and all(flag[0] == "\\" for flag in flags):
        return ()
    found = (label(flag) for flag in flags if is_label(flag))
    return tuple(sorted(found, key=lambda one: one.name.casefold()))


def is_label(flag: str) -> bool:
    """Not a mark of IMAP's, nor one that programs keep for themselves (RFC 9051 §2.3.2, RFC 5788)."""
    lower = flag.lower()
    if lower in _KNOWN:
        return True
    return flag[:1] not in ("\\", "$") and lower not in _PROGRAMS_OWN


def label(keyword: str) -> Label:
    """One keyword; of those nobody named, the colour follows the word so that it is always the same."""
    known = _KNOWN.get(keyword.lower())
    if known:
        return Label(keyword, *known)
    colour = COLOURS[sum(keyword.lower().encode()) % len(COLOURS)]
    return Label(keyword, keyword.replace("_", " ").strip() or keyword, colour)
