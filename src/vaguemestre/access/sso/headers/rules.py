"""Identity headers for legacy applications."""

import re
from collections.abc import Mapping

from vaguemestre.access.sso.registry.rules.release import AttributeValue

_PREFIX = "X-Vaguemestre-"
_CONTROLS = re.compile(r"[\x00-\x1f\x7f-\x9f]+")
_WORDS = re.compile(r"[A-Z]?[a-z0-9]+|[A-Z]+")


def identity_headers(username: str, attributes: Mapping[str, AttributeValue]) -> dict[str, str]:
    """`Remote-User`, and `X-Vaguemestre-Given-Name` for `given_name`; several values joined by semicolons."""
    headers = {"Remote-User": header_value(username)}
    for name, value in attributes.items():
        headers[_PREFIX + "-".join(word.capitalize() for word in _WORDS.findall(name))] = header_value(
            _text(value)
        )
    return headers


def header_value(text: str) -> str:
    """One line, UTF-8 on the wire (Django encodes header values as Latin-1)."""
    return _CONTROLS.sub(" ", text).encode().decode("latin-1")


def _text(value: AttributeValue) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return value if isinstance(value, str) else ";".join(value)
