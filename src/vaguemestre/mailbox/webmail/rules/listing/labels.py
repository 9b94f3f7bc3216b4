"""Keywords of messages that are labels: those a person sees, in this page as in other programs."""

import re
from collections.abc import Collection, Mapping
from dataclasses import asdict, dataclass

from vaguemestre.foundation.kernel.errors import Refusal
from vaguemestre.foundation.kernel.keywords import LONGEST, keyword, name_of
from vaguemestre.foundation.kernel.texts import bare

SUBJECT = "labels"
COLOURS = {
    "red": "Rouge", "orange": "Orange", "green": "Vert", "blue": "Bleu",
    "purple": "Violet", "teal": "Canard", "pink": "Rose", "grey": "Gris",
}  # fmt: skip
MOST = 40
_LONGEST_NAME = 30
_KEYWORD = re.compile(rf"[A-Za-z0-9$_.,&+-]{{1,{LONGEST}}}", re.ASCII)
_PROGRAMS_OWN = frozenset(("junk", "nonjunk", "notjunk", "forwarded", "redirected", "receipt-handled"))


@dataclass(frozen=True)
class Label:
    """A keyword as it is shown; `colour` ends the name of a class, `lab-blue`."""

    keyword: str
    name: str
    colour: str


# what Thunderbird calls its own five, whatever the language it speaks
_THEIRS = (
    Label("$label1", "Important", "red"),
    Label("$label2", "Travail", "orange"),
    Label("$label3", "Personnel", "green"),
    Label("$label4", "À faire", "blue"),
    Label("$label5", "Plus tard", "purple"),
)
_THEIR_KEYWORDS = frozenset(one.keyword for one in _THEIRS)


def known_labels(preferences: Mapping[str, object]) -> tuple[Label, ...]:
    """The person's labels in their order; of who never chose any, those that other programs know."""
    kept = preferences.get(SUBJECT)
    rows = kept.get("kept") if isinstance(kept, Mapping) else None
    if not isinstance(rows, list):
        return _THEIRS
    found = (_read(row) for row in rows)
    return tuple(one for one in found if one is not None)


def asked_label(asked: str, known: Collection[Label]) -> str:
    """The name of the label whose messages are asked for, when nothing else is; or nothing."""
    return next((one.name for one in known if asked == said_label(one.name)), "") if asked else ""


def said_label(name: str) -> str:
    """What is typed in the search box to have the messages of a label."""
    return f'étiquette:"{name}"'


def labels(flags: Collection[str], known: Collection[Label] = _THEIRS) -> tuple[Label, ...]:
    """The labels among the marks of a message, by name."""
    if len(flags) < 4 and all(flag[0] == "\\" for flag in flags):
        return ()
    found = (label(flag, known) for flag in flags if is_label(flag))
    return tuple(sorted(found, key=lambda one: one.name.casefold()))


def is_label(flag: str) -> bool:
    """Not a mark of IMAP's, nor one that programs keep for themselves (RFC 9051 §2.3.2, RFC 5788)."""
    lower = flag.lower()
    if lower in _THEIR_KEYWORDS:
        return True
    return flag[:1] not in ("\\", "$") and lower not in _PROGRAMS_OWN


def label(mark: str, known: Collection[Label] = _THEIRS) -> Label:
    """One keyword; of those nobody named, the colour follows the word so that it is always the same."""
    lower = mark.lower()
    for one in (*known, *_THEIRS):
        if one.keyword.lower() == lower:
            return Label(mark, one.name, one.colour)
    colour = list(COLOURS)[sum(lower.encode()) % len(COLOURS)]
    return Label(mark, name_of(mark) or mark, colour)


def keyword_of(name: str, known: Collection[Label]) -> str:
    """The mark a label's name stands for, whatever its accents; empty for a name that none can have."""
    for one in known:
        if bare(one.name) == bare(name) or one.keyword == name:
            return one.keyword
    mark = keyword(name)
    return mark if _KEYWORD.fullmatch(mark) else ""


def checked_mark(mark: str) -> str:
    """A keyword that may be put on a message as a label. Raises Refusal `webmail.label-unknown`."""
    if not (_KEYWORD.fullmatch(mark) and is_label(mark)):
        raise Refusal("webmail.label-unknown")
    return mark


def with_label(
    known: tuple[Label, ...], mark: str, name: str, colour: str
) -> tuple[tuple[Label, ...], Label]:
    """The labels once one is made (`mark` empty) or changed, and that one.

    Raises Refusal `webmail.label-name`, `webmail.label-exists`, `webmail.too-many-labels`.
    """
    said = " ".join(name.split())
    if not 0 < len(said) <= _LONGEST_NAME or not said.isprintable() or colour not in COLOURS:
        raise Refusal("webmail.label-name")
    if any(bare(one.name) == bare(said) and one.keyword != mark for one in known):
        raise Refusal("webmail.label-exists", name=said)
    if mark:
        changed = Label(checked_mark(mark), said, colour)
        if all(one.keyword != mark for one in known):
            return (*known, changed), changed
        return tuple(changed if one.keyword == mark else one for one in known), changed
    if len(known) >= MOST:
        raise Refusal("webmail.too-many-labels", most=MOST)
    fresh = keyword(said)
    if not _KEYWORD.fullmatch(fresh) or not is_label(fresh):
        raise Refusal("webmail.label-name")
    if any(one.keyword.lower() == fresh.lower() for one in known):
        raise Refusal("webmail.label-exists", name=said)
    made = Label(fresh, said, colour)
    return (*known, made), made


def without_label(known: tuple[Label, ...], mark: str) -> tuple[Label, ...]:
    return tuple(one for one in known if one.keyword != mark)


def written(known: Collection[Label]) -> dict[str, object]:
    """JSON-ready, for the person's preferences."""
    return {"kept": [asdict(one) for one in known]}


def _read(row: object) -> Label | None:
    if not isinstance(row, Mapping):
        return None
    mark, name, colour = row.get("keyword"), row.get("name"), row.get("colour")
    if not (isinstance(mark, str) and isinstance(name, str) and colour in COLOURS):
        return None
    return Label(mark, name, str(colour))
