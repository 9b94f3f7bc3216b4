"""Tolerant reader of vCards, version 2.1, 3.0 (RFC 2426) or 4.0 (RFC 6350)."""

import re
from collections.abc import Iterator
from typing import Any

import vobject
from vobject.base import Component, ParseError, VObjectError

from vaguemestre.foundation.kernel.addresses import parse_address
from vaguemestre.foundation.kernel.errors import Refusal
from vaguemestre.foundation.kernel.text.card_lines import bound_vobject
from vaguemestre.mailbox.contacts.rules.cards import normalize_card, read_birthday
from vaguemestre.mailbox.contacts.values import ContactCard

MAX_VCARD_CHARACTERS = 1_000_000  # photo included
MAX_PROPERTIES = 5_000  # members of a group included
_MAX_LINES = 15_000  # folded lines included: a photo of the size above
_FOLD = re.compile(r"\r?\n[ \t]")
_PHOTO_FOUR = re.compile(r"^PHOTO[^:\n]*:data:image/(\w+);base64,", re.IGNORECASE | re.MULTILINE)
_MAX_MARK_CHARACTERS = 100  # characters, trailing blanks included
_BEGIN, _END = "BEGIN:VCARD", "END:VCARD"
_MEMBER = re.compile(r"urn:uuid:", re.IGNORECASE)
_PROPERTY = re.compile(r"(?:^|[\r\n])[^ \t\r\n]")
_BLOB = re.compile(
    r"^(?:[\w-]+\.)?(?:PHOTO|LOGO|SOUND|KEY|NOTE)[;:][^\n]*+(?:\n[ \t][^\n]*+)*+\n?",
    re.IGNORECASE | re.MULTILINE,
)
_UNREADABLE = (
    ParseError, VObjectError, ValueError, IndexError, KeyError, AttributeError, TypeError, RecursionError,
)  # fmt: skip

bound_vobject()


def split_vcards(text: str) -> list[str]:
    """Texts of the vCards of a file, in one pass; one without an end stops at the next, and is broken."""
    blocks: list[list[str]] = []
    is_open = False
    for line in text.replace("\r\n", "\n").replace("\r", "\n").split("\n"):
        mark = line.rstrip().upper() if len(line) < _MAX_MARK_CHARACTERS else ""
        if mark == _BEGIN:
            blocks.append([])
            is_open = True
        if is_open:
            blocks[-1].append(line)
        if mark == _END:
            is_open = False
    return ["\n".join(lines) for lines in blocks]


def check_weight(text: str) -> None:
    """Check that a card is read in a moment.

    Raises Refusal `contacts.too-long`, `contacts.card-too-heavy`.
    """
    if len(text) > MAX_VCARD_CHARACTERS:
        raise Refusal("contacts.too-long")
    lines = text.count("\n") + text.count("\r") - text.count("\r\n")
    if lines > _MAX_LINES and is_quoted_printable(text):
        raise Refusal("contacts.card-too-heavy", most=_MAX_LINES)
    if lines > MAX_PROPERTIES and sum(1 for _ in _PROPERTY.finditer(text)) > MAX_PROPERTIES:
        raise Refusal("contacts.card-too-heavy", most=MAX_PROPERTIES)


def is_quoted_printable(text: str) -> bool:
    """Whether a card has values of version 2.1 whose lines end in « = »: they are not to be unfolded."""
    return "QUOTED-PRINTABLE" in text.upper()


def parse_vcard(text: str) -> Component:
    """Parse one vCard. Raises Refusal `contacts.vcard-unreadable`, and the refusals of `check_weight`."""
    check_weight(text)
    if not is_quoted_printable(text):
        text = unfold(text)
    try:
        card = vobject.readOne(_photo_as_three(text), allowQP=True)
    except _UNREADABLE as error:
        raise Refusal("contacts.vcard-unreadable") from error
    if card is None or card.name != "VCARD":
        raise Refusal("contacts.vcard-unreadable")
    return card


def without_blobs(text: str) -> str:
    """The text without pictures, sounds, keys and notes, which weigh most."""
    return text if is_quoted_printable(text) else _BLOB.sub("", text)


def unfold(text: str) -> str:
    """The text with its folded lines joined (RFC 6350 §3.2)."""
    return _FOLD.sub("", text)


def uid_of(card: Component) -> str:
    """UID of the card, without the prefix `urn:uuid:` of some programs."""
    return _MEMBER.sub("", _first(card, "uid"))[:255]


def is_group(card: Component) -> bool:
    """Whether it is a group: KIND in 4.0, Apple's own property in 3.0."""
    return "group" in (_first(card, "kind").lower(), _first(card, "x-addressbookserver-kind").lower())


def members_of(card: Component) -> tuple[str, ...]:
    """UIDs of the members of a group."""
    uids = [*_texts(card, "member"), *_texts(card, "x-addressbookserver-member")]
    return tuple(dict.fromkeys(_MEMBER.sub("", uid) for uid in uids))


def categories_of(card: Component) -> tuple[str, ...]:
    """Its categories, of every line of them."""
    values = (line.value for line in card.contents.get("categories", []))
    lists = (value if isinstance(value, list) else str(value).split(",") for value in values)
    return tuple(str(category) for categories in lists for category in categories)


def card_of(card: Component) -> ContactCard:
    """Card of a vCard; malformed addresses and dates are dropped. Raises the refusals of `normalize_card`."""
    phones = list(_phones(card))
    home = next((number for kinds, number in phones if not kinds & {"cell", "work", "fax", "pager"}), "")
    return normalize_card(
        ContactCard(
            name=_name(card),
            address="",
            others=tuple(email for email in _texts(card, "email") if _is_address(email))[:20],
            phone=home[:40],
            mobile=next((number for kinds, number in phones if "cell" in kinds), "")[:40],
            work_phone=next(
                (number for kinds, number in phones if "work" in kinds and "cell" not in kinds), ""
            )[:40],
            organisation=_organisation(card)[:200],
            title=(_first(card, "title") or _first(card, "role"))[:200],
            postal=_postal(card)[:1000],
            birthday=_birthday(card),
            website=next((url for url in _texts(card, "url") if re.match(r"https?://\S+$", url)), "")[:500],
            note=_note(card)[:5000],
            photo=_photo(card),
        )
    )


def _photo_as_three(text: str) -> str:
    """The vCard with a 4.0 photo written as in 3.0: vobject cuts its data URL at the comma."""
    if "data:image" not in text:
        return text
    return _PHOTO_FOUR.sub(r"PHOTO;ENCODING=b;TYPE=\1:", unfold(text))


def _texts(card: Component, name: str) -> list[str]:
    values = (line.value for line in card.contents.get(name, []))
    return [" ".join(value.split()) for value in values if isinstance(value, str) and value.strip()]


def _first(card: Component, name: str) -> str:
    return next(iter(_texts(card, name)), "")


def _name(card: Component) -> str:
    formatted_name = _first(card, "fn")
    if formatted_name:
        return formatted_name[:200]
    for line in card.contents.get("n", []):
        parts = (getattr(line.value, "given", ""), getattr(line.value, "family", ""))
        if name := " ".join(" ".join(_joined(part) for part in parts).split()):
            return name[:200]
    return (_first(card, "nickname") or _organisation(card))[:200]


def given_name(card: Component) -> str:
    """Given name, if the card has it apart."""
    for line in card.contents.get("n", []):
        return _joined(getattr(line.value, "given", "")).strip()[:100]
    return ""


def _joined(part: Any) -> str:
    return " ".join(str(value) for value in part) if isinstance(part, (list, tuple)) else str(part or "")


def _organisation(card: Component) -> str:
    for line in card.contents.get("org", []):
        parts = line.value if isinstance(line.value, list) else [str(line.value)]
        return " – ".join(str(part).strip() for part in parts if str(part).strip())
    return ""


def _postal(card: Component) -> str:
    for line in card.contents.get("adr", []):
        place = line.value
        town = " ".join(_joined(getattr(place, part, "")) for part in ("code", "city")).strip()
        parts = (
            _joined(getattr(place, "box", "")),
            _joined(getattr(place, "extended", "")),
            _joined(getattr(place, "street", "")),
            town,
            _joined(getattr(place, "region", "")),
            _joined(getattr(place, "country", "")),
        )
        return "\n".join(part.strip() for part in parts if part.strip())
    return ""


def _birthday(card: Component) -> str:
    text = _first(card, "bday").partition("T")[0]
    if re.fullmatch(r"\d{8}", text):
        text = f"{text[:4]}-{text[4:6]}-{text[6:]}"
    elif re.fullmatch(r"--\d{4}", text):
        text = f"--{text[2:4]}-{text[4:]}"
    try:
        return read_birthday(text)
    except Refusal:
        return ""


def _note(card: Component) -> str:
    values = (line.value for line in card.contents.get("note", []))
    return "\n".join(value.strip() for value in values if isinstance(value, str))


def _photo(card: Component) -> bytes:
    for line in card.contents.get("photo", []):
        if isinstance(line.value, bytes):
            return line.value
    return b""


def _phones(card: Component) -> Iterator[tuple[set[str], str]]:
    """Types (lower case) and number of each telephone."""
    for line in card.contents.get("tel", []):
        number = " ".join(str(line.value).removeprefix("tel:").split())
        kinds = {str(kind).lower() for kind in line.params.get("TYPE", [])}
        kinds |= {kind.lower() for kind in line.singletonparams}
        if number:
            yield {piece for kind in kinds for piece in kind.split(",")}, number


def _is_address(text: str) -> bool:
    try:
        parse_address(text)
    except Refusal:
        return False
    return True
