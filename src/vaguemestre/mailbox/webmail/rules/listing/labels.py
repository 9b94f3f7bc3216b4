"""Labels: IMAP keywords of messages, with the names and colours a user gives them."""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import TypedDict

from vaguemestre.foundation.kernel.errors import Refusal
from vaguemestre.foundation.kernel.text.keywords import MAX_KEYWORD_CHARACTERS, keyword, name_of
from vaguemestre.foundation.kernel.texts import without_accents
from vaguemestre.people.credentials.values import Preferences

SUBJECT = "labels"
COLOURS = {
    "red": "Rouge", "orange": "Orange", "green": "Vert", "blue": "Bleu",
    "purple": "Violet", "teal": "Canard", "pink": "Rose", "grey": "Gris",
}  # fmt: skip
MAX_LABELS = 40
_MAX_NAME_CHARACTERS = 30
_KEYWORD = re.compile(rf"[A-Za-z0-9$_.,&+-]{{1,{MAX_KEYWORD_CHARACTERS}}}", re.ASCII)
_RESERVED_KEYWORDS = frozenset(("junk", "nonjunk", "notjunk", "forwarded", "redirected", "receipt-handled"))


@dataclass(frozen=True)
class Label:
    """A keyword as displayed. `colour`: suffix of a CSS class, `lab-blue`."""

    keyword: str
    name: str
    colour: str


class StoredLabel(TypedDict):
    """A label among the preferences of its user."""

    keyword: str
    name: str
    colour: str


class StoredLabels(TypedDict):
    """The subject `labels` of the preferences, in the user's order."""

    kept: list[StoredLabel]


# Thunderbird's five tags; their keywords are the same in every language
_THUNDERBIRD_LABELS = (
    Label("$label1", "Important", "red"),
    Label("$label2", "Travail", "orange"),
    Label("$label3", "Personnel", "green"),
    Label("$label4", "À faire", "blue"),
    Label("$label5", "Plus tard", "purple"),
)
_THUNDERBIRD_KEYWORDS = frozenset(label.keyword for label in _THUNDERBIRD_LABELS)


def known_labels(preferences: Preferences) -> tuple[Label, ...]:
    """The user's labels, in order; Thunderbird's five for a user who never changed any."""
    stored = preferences.get(SUBJECT)
    rows = stored.get("kept") if isinstance(stored, Mapping) else None
    if not isinstance(rows, list):
        return _THUNDERBIRD_LABELS
    labels = (_parse_label(row) for row in rows)
    return tuple(label for label in labels if label is not None)


def searched_label(typed: str, labels: Collection[Label]) -> str:
    """Name of the label when a search is for that label alone; else empty."""
    return next((label.name for label in labels if typed == label_search(label.name)), "") if typed else ""


def label_search(name: str) -> str:
    """Search text for the messages of a label."""
    return f'étiquette:"{name}"'


def labels_in(flags: Collection[str], labels: Collection[Label] = _THUNDERBIRD_LABELS) -> tuple[Label, ...]:
    """Labels among the flags of a message, by name."""
    if len(flags) < 4 and all(flag[0] == "\\" for flag in flags):
        return ()
    present = (label_of(flag, labels) for flag in flags if is_label(flag))
    return tuple(sorted(present, key=lambda label: label.name.casefold()))


def is_label(flag: str) -> bool:
    """Whether a flag is neither a system flag nor a reserved keyword (RFC 9051 §2.3.2, RFC 5788)."""
    lower = flag.lower()
    if lower in _THUNDERBIRD_KEYWORDS:
        return True
    return flag[:1] not in ("\\", "$") and lower not in _RESERVED_KEYWORDS


def label_of(mark: str, labels: Collection[Label] = _THUNDERBIRD_LABELS) -> Label:
    """The label of a keyword; one without a name gets a colour derived from the keyword, always the same."""
    lower = mark.lower()
    for label in (*labels, *_THUNDERBIRD_LABELS):
        if label.keyword.lower() == lower:
            return Label(mark, label.name, label.colour)
    colour = list(COLOURS)[sum(lower.encode()) % len(COLOURS)]
    return Label(mark, name_of(mark) or mark, colour)


def keyword_of(name: str, labels: Collection[Label]) -> str:
    """Keyword of a label's name, accents ignored; empty if no label can have that name."""
    for label in labels:
        if without_accents(label.name) == without_accents(name) or label.keyword == name:
            return label.keyword
    mark = keyword(name)
    return mark if _KEYWORD.fullmatch(mark) else ""


def checked_mark(mark: str) -> str:
    """Check that a keyword may serve as a label. Raises Refusal `webmail.label-unknown`."""
    if not (_KEYWORD.fullmatch(mark) and is_label(mark)):
        raise Refusal("webmail.label-unknown")
    return mark


def with_label(
    labels: tuple[Label, ...], mark: str, name: str, colour: str
) -> tuple[tuple[Label, ...], Label]:
    """Create a label (`mark` empty) or change one; all labels, and that one.

    Raises Refusal `webmail.label-name`, `webmail.label-character`, `webmail.label-exists`,
    `webmail.too-many-labels`.
    """
    tidy = " ".join(name.split())
    if not 0 < len(tidy) <= _MAX_NAME_CHARACTERS or not tidy.isprintable() or colour not in COLOURS:
        raise Refusal("webmail.label-name")
    if any(
        without_accents(label.name) == without_accents(tidy) and label.keyword != mark for label in labels
    ):
        raise Refusal("webmail.label-exists", name=tidy)
    if mark:
        changed = Label(checked_mark(mark), tidy, colour)
        if all(label.keyword != mark for label in labels):
            return (*labels, changed), changed
        return tuple(changed if label.keyword == mark else label for label in labels), changed
    if len(labels) >= MAX_LABELS:
        raise Refusal("webmail.too-many-labels", most=MAX_LABELS)
    new_keyword = keyword(tidy)
    _check_characters(new_keyword)
    if not _KEYWORD.fullmatch(new_keyword) or not is_label(new_keyword):
        raise Refusal("webmail.label-name")
    if any(label.keyword.lower() == new_keyword.lower() for label in labels):
        raise Refusal("webmail.label-exists", name=tidy)
    created = Label(new_keyword, tidy, colour)
    return (*labels, created), created


def _check_characters(mark: str) -> None:
    """Raise Refusal `webmail.label-character` if a keyword has characters that none may have."""
    refused = dict.fromkeys(character for character in mark if not _KEYWORD.fullmatch(character))
    if refused:
        raise Refusal("webmail.label-character", refused=" ".join(refused))


def with_name(labels: tuple[Label, ...], name: str) -> tuple[Label, ...]:
    """The labels, with one of that name: a new one unless its name or its keyword is there already.

    Raises Refusal `webmail.label-characters`, `webmail.label-name`, `webmail.too-many-labels`.
    """
    mark = keyword_of(name, labels)
    if not mark or not is_label(mark):
        raise Refusal("webmail.label-characters", name=name)
    if any(label.keyword.lower() == mark.lower() for label in labels):
        return labels
    return with_label(labels, "", name, label_of(mark).colour)[0]


def without_label(labels: tuple[Label, ...], mark: str) -> tuple[Label, ...]:
    return tuple(label for label in labels if label.keyword != mark)


def to_preferences(labels: Collection[Label]) -> StoredLabels:
    """JSON-ready, for the person's preferences."""
    return {
        "kept": [{"keyword": label.keyword, "name": label.name, "colour": label.colour} for label in labels]
    }


def _parse_label(row: object) -> Label | None:
    if not isinstance(row, Mapping):
        return None
    mark, name, colour = row.get("keyword"), row.get("name"), row.get("colour")
    if not (isinstance(mark, str) and isinstance(name, str) and colour in COLOURS):
        return None
    return Label(mark, name, str(colour))
