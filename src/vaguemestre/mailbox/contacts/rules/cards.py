"""What may stand on a card."""

import re
from collections.abc import Iterable
from dataclasses import fields, replace
from typing import Any

from vaguemestre.foundation.kernel.addresses import parse_address
from vaguemestre.foundation.kernel.errors import Refusal
from vaguemestre.foundation.kernel.times import day_refusal, parse_day
from vaguemestre.mailbox.contacts.values import ContactCard

MOST_ADDRESSES = 20
_CONTROLS = re.compile("[\x00-\x08\x0a-\x1f\x7f-\x9f\u2028\u2029]")
_CONTROLS_OF_NOTES = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")
_LONGEST = {"note": 5000, "postal": 1000, "website": 500}
_LINES = ("note", "postal")
_PHONES = ("phone", "mobile", "work_phone")
_BIRTHDAY = re.compile(r"(\d{4}-\d{2}-\d{2}|--\d{2}-\d{2})")
_WEB = re.compile(r"https?://[^\s<>\"]+", re.IGNORECASE)


def checked_card(name: str, address: str, phone: str, note: str) -> ContactCard:
    """A card with an address, ready to keep; without a name the address stands for it.

    Raises Refusal `kernel.address-malformed`, `contacts.control-character`, `contacts.too-long`.
    """
    parse_address(address)
    return checked(ContactCard(name, address, phone, note))


def checked(card: ContactCard) -> ContactCard:
    """The card with its fields tidied. A name, an address or a telephone is needed.

    Raises Refusal `kernel.address-malformed`, `contacts.control-character`, `contacts.too-long`,
    `contacts.birthday-malformed`, `contacts.website-malformed`, `contacts.empty-card`.
    """
    tidy: dict[str, Any] = {}
    for one in fields(card):
        value = getattr(card, one.name)
        if isinstance(value, str):
            tidy[one.name] = _tidy(one.name, value)
    addresses = checked_addresses((card.address, *card.others))
    first = addresses[0] if addresses else ""
    name = tidy["name"] or first or tidy["organisation"]
    if not name:
        raise Refusal("contacts.empty-card")
    if tidy["website"] and not _WEB.fullmatch(tidy["website"]):
        raise Refusal("contacts.website-malformed")
    tidy |= {"name": name, "address": first, "others": addresses[1:]}
    return replace(card, **{**tidy, "birthday": read_birthday(tidy["birthday"])})


def checked_addresses(written: Iterable[str]) -> tuple[str, ...]:
    """Each address once, lower case. Raises Refusal `kernel.address-malformed`, `contacts.too-long`."""
    found = tuple(dict.fromkeys(str(parse_address(one)) for one in written if one.strip()))
    if len(found) > MOST_ADDRESSES:
        raise Refusal("contacts.too-long")
    return found


def read_birthday(text: str) -> str:
    """`12/04/1980` or ISO → ISO. Raises Refusal `contacts.birthday-malformed`."""
    if not text or _BIRTHDAY.fullmatch(text):
        return text
    try:
        return parse_day(text).isoformat()
    except ValueError as error:
        raise Refusal(day_refusal(text, "contacts.birthday-malformed")) from error


def _tidy(field: str, value: str) -> str:
    if (_CONTROLS_OF_NOTES if field in _LINES else _CONTROLS).search(value.replace("\r\n", "\n")):
        raise Refusal("contacts.control-character")
    if len(value) > _LONGEST.get(field, 40 if field in _PHONES else 200):
        raise Refusal("contacts.too-long")
    if field in _LINES:
        return value.replace("\r\n", "\n").strip()
    return " ".join(value.split())
