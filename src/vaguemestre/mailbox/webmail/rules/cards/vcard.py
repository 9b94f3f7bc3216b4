"""vCards (RFC 6350, and versions 2.1 and 3.0) as contact cards."""

from dataclasses import dataclass
from typing import Any

import vobject

from vaguemestre.foundation.kernel.text.card_lines import bound_vobject
from vaguemestre.mailbox.webmail.rules.listing.rows import one_line

_MAX_CARDS = 20

bound_vobject()


@dataclass(frozen=True)
class ContactCard:
    name: str
    addresses: tuple[str, ...]
    phones: tuple[str, ...]
    detail: str  # function, organisation


def parse_vcards(text: str) -> tuple[ContactCard, ...]:
    """Contact cards of a vCard file, `_MAX_CARDS` at most; those before the first unreadable one."""
    cards: list[ContactCard] = []
    try:
        for card in vobject.readComponents(text[:500_000], validate=False, ignoreUnreadable=True):
            if getattr(card, "name", "") == "VCARD":
                cards.append(_contact_card(card))
            if len(cards) == _MAX_CARDS:
                break
    except (vobject.base.ParseError, ValueError, KeyError, IndexError, AttributeError, TypeError):
        return tuple(cards)
    return tuple(cards)


def _contact_card(card: Any) -> ContactCard:
    detail = [*_texts(card, "title"), *(part for org in _values(card, "org") for part in _parts(org))]
    name = next(iter(_texts(card, "fn")), "")
    return ContactCard(
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
