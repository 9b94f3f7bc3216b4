"""vCards (RFC 6350, and the 2.1 and 3.0 seen in mail) → what an address book takes."""

from dataclasses import dataclass
from typing import Any

import vobject

from vaguemestre.mailbox.webmail.rules.listing.rows import one_line

_MOST = 20


@dataclass(frozen=True)
class Visiting:
    name: str
    addresses: tuple[str, ...]
    phones: tuple[str, ...]
    detail: str  # function, organisation


def visiting_cards(text: str) -> tuple[Visiting, ...]:
    """The cards of a vCard file, at most twenty; nothing when it cannot be read."""
    found: list[Visiting] = []
    try:
        for card in vobject.readComponents(text[:500_000], validate=False, ignoreUnreadable=True):
            if getattr(card, "name", "") == "VCARD":
                found.append(_visiting(card))
            if len(found) == _MOST:
                break
    except (vobject.base.ParseError, ValueError, KeyError, IndexError, AttributeError, TypeError):
        return tuple(found)
    return tuple(found)


def _visiting(card: Any) -> Visiting:
    detail = [*_texts(card, "title"), *(part for org in _values(card, "org") for part in _parts(org))]
    name = next(iter(_texts(card, "fn")), "")
    return Visiting(
        name=name,
        addresses=_texts(card, "email"),
        phones=_texts(card, "tel"),
        detail=" · ".join(detail)[:200],
    )


def _values(card: Any, name: str) -> list[Any]:
    return [line.value for line in card.contents.get(name, [])][:10]


def _parts(value: Any) -> list[str]:
    parts = value if isinstance(value, list) else [value]
    return [one_line(str(part)) for part in parts if str(part).strip()]


def _texts(card: Any, name: str) -> tuple[str, ...]:
    return tuple(one_line(value)[:200] for value in _values(card, name) if isinstance(value, str) and value)
