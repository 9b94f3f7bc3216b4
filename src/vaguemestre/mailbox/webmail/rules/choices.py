"""Reading preferences of a user, stored with the account and read with every request."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from enum import StrEnum

from vaguemestre.foundation.kernel.errors import Refusal
from vaguemestre.people.credentials.values import Preferences

SUBJECT = "reading"


class Density(StrEnum):
    AUTO = "auto"  # tight on a low screen
    AIRY = "aere"
    NORMAL = "normal"
    TIGHT = "serre"


class Layout(StrEnum):
    """Place of the reading pane on a wide screen."""

    RIGHT = "droite"
    BELOW = "dessous"
    NONE = "aucun"  # the message takes the place of the list


class Conversations(StrEnum):
    """Choice of the folders where conversations are grouped."""

    LIST = "liste"  # in the list, one row for each, and in the reading pane
    READING = "lecture"
    NEVER = "jamais"


class Notices(StrEnum):
    """Content of the browser's notifications of new mail."""

    NEVER = "jamais"
    BARE = "sans-contenu"
    FULL = "avec-contenu"


class Answers(StrEnum):
    """Choice of where one answers the open message, on a wide screen."""

    BELOW = "dessous"  # across the reading pane, under the message
    DOCKED = "fenetre"  # in a window at the bottom of the page


class Boxes(StrEnum):
    """Whether the shared mailboxes are also read in one list with one's own."""

    APART = "separees"
    TOGETHER = "ensemble"


class Typeface(StrEnum):
    """Typeface of plain-text messages."""

    READING = "lecture"
    FIXED = "fixe"  # monospaced, so that columns align


@dataclass(frozen=True)
class Choices:
    density: Density = Density.AUTO
    layout: Layout = Layout.RIGHT
    answers: Answers = Answers.BELOW
    conversations: Conversations = Conversations.READING
    notices: Notices = Notices.NEVER
    plain_face: Typeface = Typeface.READING
    boxes: Boxes = Boxes.APART
    marks_read: bool = True


_KINDS = {
    "density": Density,
    "layout": Layout,
    "answers": Answers,
    "conversations": Conversations,
    "notices": Notices,
    "plain_face": Typeface,
    "boxes": Boxes,
}
_DEFAULTS = Choices()


def choices_of(preferences: Preferences) -> Choices:
    """Stored preferences, with defaults for missing and obsolete values."""
    stored = preferences.get(SUBJECT)
    if not isinstance(stored, Mapping):
        return _DEFAULTS
    values: dict[str, object] = {}
    for name, kind in _KINDS.items():
        value = stored.get(name)
        if value in set(kind):
            values[name] = kind(value)
    if isinstance(stored.get("marks_read"), bool):
        values["marks_read"] = stored["marks_read"]
    return Choices(**values)  # type: ignore[arg-type]


def parse_choices(form: Mapping[str, str]) -> dict[str, str | bool]:
    """Changes submitted by a form, JSON-ready. Raises Refusal `webmail.unreadable-choice`."""
    changes: dict[str, str | bool] = {}
    for field in fields(Choices):
        if field.name not in form:
            continue
        value = form[field.name]
        if field.name == "marks_read" and value in {"oui", "non"}:
            changes[field.name] = value == "oui"
        elif field.name in _KINDS and value in set(_KINDS[field.name]):
            changes[field.name] = value
        else:
            raise Refusal("webmail.unreadable-choice")
    return changes
