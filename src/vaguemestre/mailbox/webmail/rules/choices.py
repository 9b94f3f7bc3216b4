"""What a person chose for reading mail: kept with the account, read with every request."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from enum import StrEnum

from vaguemestre.foundation.kernel.errors import Refusal

SUBJECT = "reading"


class Density(StrEnum):
    AIRY = "aere"
    NORMAL = "normal"
    TIGHT = "serre"


class Conversations(StrEnum):
    """Where messages of one conversation are brought together."""

    LIST = "liste"  # a row for each conversation, and together when read
    READING = "lecture"
    NEVER = "jamais"


class Notices(StrEnum):
    """What the browser says of new mail outside the page."""

    NEVER = "jamais"
    BARE = "sans-contenu"
    FULL = "avec-contenu"


class Face(StrEnum):
    """What plain text is set in."""

    READING = "lecture"
    FIXED = "fixe"  # columns drawn with blanks stand in line


@dataclass(frozen=True)
class Choices:
    density: Density = Density.NORMAL
    conversations: Conversations = Conversations.READING
    notices: Notices = Notices.NEVER
    plain_face: Face = Face.READING
    marks_read: bool = True


_KINDS = {"density": Density, "conversations": Conversations, "notices": Notices, "plain_face": Face}
_NOBODYS = Choices()


def choices(preferences: Mapping[str, object]) -> Choices:
    """Those kept; what is missing or not known any more is the default."""
    kept = preferences.get(SUBJECT)
    if not isinstance(kept, Mapping):
        return _NOBODYS
    found: dict[str, object] = {}
    for name, kind in _KINDS.items():
        value = kept.get(name)
        if value in set(kind):
            found[name] = kind(value)
    if isinstance(kept.get("marks_read"), bool):
        found["marks_read"] = kept["marks_read"]
    return Choices(**found)  # type: ignore[arg-type]


def checked(sent: Mapping[str, str]) -> dict[str, object]:
    """What a form wants changed, JSON-ready. Raises Refusal `webmail.unreadable-choice`."""
    wanted: dict[str, object] = {}
    for one in fields(Choices):
        if one.name not in sent:
            continue
        value = sent[one.name]
        if one.name == "marks_read" and value in {"oui", "non"}:
            wanted[one.name] = value == "oui"
        elif one.name in _KINDS and value in set(_KINDS[one.name]):
            wanted[one.name] = value
        else:
            raise Refusal("webmail.unreadable-choice")
    return wanted
