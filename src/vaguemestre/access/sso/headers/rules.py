"""Headers told to an old application. Pure."""

import re
from collections.abc import Mapping

from vaguemestre.access.sso.registry.rules.release import Told

_PREFIX = "X-Vaguemestre-"
_CONTROLS = re.compile(r"[\x00-\x1f\x7f-\x9f]+")
_WORDS = re.compile(r"[A-Z]?[a-z0-9]+|[A-Z]+")


def headers_of(username: str, told: Mapping[str, Told]) -> dict[str, str]:
    """`Remote-User`, and `X-Vaguemestre-Given-Name` for `given_name`; several values joined by semicolons."""
    found = {"Remote-User": plain(username)}
    for name, value in told.items():
        found[_PREFIX + "-".join(word.capitalize() for word in _WORDS.findall(name))] = plain(_text(value))
    return found


def plain(text: str) -> str:
    """One line, in UTF-8 on the wire (a header is written byte for byte from Latin-1)."""
    return _CONTROLS.sub(" ", text).encode().decode("latin-1")


def _text(value: Told) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return value if isinstance(value, str) else ";".join(value)
