"""Validity of cards."""

import re
from collections.abc import Iterable
from dataclasses import fields, replace
from typing import Any

from vaguemestre.foundation.kernel.addresses import parse_address
from vaguemestre.foundation.kernel.errors import Refusal
from vaguemestre.foundation.kernel.times import day_refusal, parse_day
from vaguemestre.mailbox.contacts.values import ContactCard

MAX_ADDRESSES = 20
_CONTROLS = re.compile("[\x00-\x08\x0a-\x1f\x7f-\x9f\u2028\u2029]")
_CONTROLS_OF_NOTES = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")
_MAX_CHARACTERS = {"note": 5000, "postal": 1000, "website": 500}
_LINES = ("note", "postal")
_PHONES = ("phone", "mobile", "work_phone")
_BIRTHDAY = re.compile(r"(\d{4}-\d{2}-\d{2}|--\d{2}-\d{2})")
_DIALLED = re.compile(r"\+?[\d .()/-]{3,30}", re.ASCII)
_WEB = re.compile(r"https?://[^\s<>\"]+", re.IGNORECASE)


def checked_card(name: str, address: str, phone: str, note: str) -> ContactCard:
    """Card with an address; without a name the address replaces it.

    Raises Refusal `kernel.address-malformed`, `contacts.control-character`, `contacts.too-long`.
    """
    parse_address(address)
    return normalize_card(ContactCard(name, address, phone, note))


def normalize_card(card: ContactCard) -> ContactCard:
    """The card with its fields cleaned. A name, an address or an organisation is required.

    Raises Refusal `kernel.address-malformed`, `contacts.control-character`, `contacts.too-long`,
    `contacts.birthday-malformed`, `contacts.website-malformed`, `contacts.empty-card`.
    """
    values: dict[str, Any] = {}
    for field in fields(card):
        value = getattr(card, field.name)
        if isinstance(value, str):
            values[field.name] = _clean_field(field.name, value)
    addresses = normalize_addresses((card.address, *card.others))
    address = addresses[0] if addresses else ""
    name = values["name"] or address or values["organisation"]
    if not name:
        raise Refusal("contacts.empty-card")
    if values["website"] and not _WEB.fullmatch(values["website"]):
        raise Refusal("contacts.website-malformed")
    values |= {"name": name, "address": address, "others": addresses[1:]}
    return replace(card, **{**values, "birthday": read_birthday(values["birthday"])})


def normalize_addresses(addresses: Iterable[str]) -> tuple[str, ...]:
    """Addresses in lower case, each once. Raises Refusal `kernel.address-malformed`, `contacts.too-long`."""
    normalized = tuple(dict.fromkeys(str(parse_address(address)) for address in addresses if address.strip()))
    if len(normalized) > MAX_ADDRESSES:
        raise Refusal("contacts.too-long")
    return normalized


def birthday_fr(birthday: str) -> str:
    """`12/04/1980`, or `12/04` without its year; "" for none."""
    year, month, day = (birthday.removeprefix("-") or "--").split("-")
    return "/".join(part for part in (day, month, year) if part)


def dialled_number(phone: str) -> str:
    """The number for a `tel:` link, `0611223344`; "" for anything else than one number."""
    return re.sub(r"[^\d+]", "", phone) if _DIALLED.fullmatch(phone) else ""


def read_birthday(text: str) -> str:
    """ISO date of a birthday typed as `12/04/1980` or in ISO.

    Raises Refusal `contacts.birthday-malformed`.
    """
    if not text or _BIRTHDAY.fullmatch(text):
        return text
    try:
        return parse_day(text).isoformat()
    except ValueError as error:
        raise Refusal(day_refusal(text, "contacts.birthday-malformed")) from error


def _clean_field(field: str, value: str) -> str:
    """Field without superfluous spaces. Raises Refusal `contacts.control-character`, `contacts.too-long`."""
    if (_CONTROLS_OF_NOTES if field in _LINES else _CONTROLS).search(value.replace("\r\n", "\n")):
        raise Refusal("contacts.control-character")
    if len(value) > _MAX_CHARACTERS.get(field, 40 if field in _PHONES else 200):
        raise Refusal("contacts.too-long")
    if field in _LINES:
        return value.replace("\r\n", "\n").strip()
    return " ".join(value.split())
