"""Cards in vCard: read tolerantly (2.1, 3.0, 4.0), written in 3.0 (RFC 2426) or 4.0 (RFC 6350).

What we do not show stays: a card changed here keeps every property a telephone put on it.
"""

import re
from collections.abc import Iterator
from typing import Any

import vobject
from vobject.base import Component, ParseError, VObjectError

from vaguemestre.foundation.kernel.addresses import parse_address
from vaguemestre.foundation.kernel.errors import Refusal
from vaguemestre.mailbox.contacts.rules.cards import checked, read_birthday
from vaguemestre.mailbox.contacts.values import ContactCard

LONGEST = 1_000_000  # characters of one card, its photo included
_OURS = ("fn", "n", "email", "tel", "org", "title", "adr", "bday", "url", "note", "photo")
_FOLD = re.compile(r"\r?\n[ \t]")
_PHOTO_FOUR = re.compile(r"^PHOTO[^:\n]*:data:image/(\w+);base64,", re.IGNORECASE | re.MULTILINE)
_PHOTO_THREE = re.compile(r"^PHOTO;ENCODING=b;TYPE=(\w+):", re.MULTILINE)
_BLOCK = re.compile(r"^BEGIN:VCARD\s*$.*?^END:VCARD\s*$", re.IGNORECASE | re.MULTILINE | re.DOTALL)
_MEMBER = re.compile(r"urn:uuid:", re.IGNORECASE)


def blocks(text: str) -> list[str]:
    """The cards of a file, each as written."""
    return [found[0] for found in _BLOCK.finditer(text.replace("\r\n", "\n").replace("\r", "\n"))]


def parsed(text: str) -> Component:
    """One card. Raises Refusal `contacts.vcard-unreadable`."""
    if len(text) > LONGEST:
        raise Refusal("contacts.too-long")
    try:
        card = vobject.readOne(_photo_as_three(text), allowQP=True)
    except (ParseError, VObjectError, ValueError, IndexError, KeyError, AttributeError, TypeError) as error:
        raise Refusal("contacts.vcard-unreadable") from error
    if card is None or card.name != "VCARD":
        raise Refusal("contacts.vcard-unreadable")
    return card


def uid_of(card: Component) -> str:
    """Without the `urn:uuid:` some programs put before it."""
    return _MEMBER.sub("", _first(card, "uid"))[:255]


def is_group(card: Component) -> bool:
    """KIND of 4.0, or what Apple's programs write in 3.0."""
    return "group" in (_first(card, "kind").lower(), _first(card, "x-addressbookserver-kind").lower())


def members_of(card: Component) -> tuple[str, ...]:
    """UIDs of a group's members."""
    written = [*_texts(card, "member"), *_texts(card, "x-addressbookserver-member")]
    return tuple(dict.fromkeys(_MEMBER.sub("", one) for one in written))


def card_of(card: Component) -> ContactCard:
    """What we show of a vCard. Raises the refusals of `checked`; a malformed address or date is left out."""
    phones = list(_phones(card))
    home = next((n for kinds, n in phones if not kinds & {"cell", "work", "fax", "pager"}), "")
    return checked(
        ContactCard(
            name=_name(card),
            address="",
            others=tuple(one for one in _texts(card, "email") if _is_address(one))[:20],
            phone=home[:40],
            mobile=next((n for kinds, n in phones if "cell" in kinds), "")[:40],
            work_phone=next((n for kinds, n in phones if "work" in kinds and "cell" not in kinds), "")[:40],
            organisation=_organisation(card)[:200],
            title=(_first(card, "title") or _first(card, "role"))[:200],
            postal=_postal(card)[:1000],
            birthday=_birthday(card),
            website=next((u for u in _texts(card, "url") if re.match(r"https?://\S+$", u)), "")[:500],
            note=_note(card)[:5000],
            photo=_photo(card),
        )
    )


def written(card: ContactCard, uid: str, before: str = "", *, version: str = "3.0") -> str:
    """The card in vCard, on what it was `before`: properties that we do not show stay as they were."""
    made = parsed(before) if before else vobject.vCard()
    was = card_of(made) if before else None
    for name in ("version", "uid", "kind", "prodid"):
        made.contents.pop(name, None)
    _put(made, "version", version)
    _put(made, "uid", uid)
    if was is None or was.name != card.name:
        made.contents.pop("fn", None)
        made.contents.pop("n", None)
        _put(made, "fn", card.name)
        given, _, family = card.name.rpartition(" ")
        made.add("n").value = vobject.vcard.Name(family=family or card.name, given=given)
    for name, now, then, write in _fields(card, was):
        if before and now == then:
            continue
        made.contents.pop(name, None)
        write(made)
    text = str(made.serialize(validate=False))
    return _as_four(text) if version == "4.0" else _refolded(_FOLD.sub("", text))


def written_group(name: str, uid: str, members: tuple[str, ...], *, version: str = "3.0") -> str:
    """A group and its members, by their UIDs."""
    made = vobject.vCard()
    _put(made, "version", version)
    _put(made, "uid", uid)
    _put(made, "fn", name)
    made.add("n").value = vobject.vcard.Name(family=name)
    _put(made, "kind" if version == "4.0" else "x-addressbookserver-kind", "group")
    for member in members:
        key = "member" if version == "4.0" else "x-addressbookserver-member"
        _put(made, key, f"urn:uuid:{member}")
    return str(made.serialize(validate=False))


def _fields(card: ContactCard, was: ContactCard | None) -> Iterator[tuple[str, Any, Any, Any]]:
    """Property, its value now and before, and how it is written."""
    then = was or ContactCard("", "")
    yield "email", card.addresses, then.addresses, lambda made: _emails(made, card)
    phones = (card.phone, card.mobile, card.work_phone)
    yield "tel", phones, (then.phone, then.mobile, then.work_phone), lambda made: _tels(made, card)
    yield "org", card.organisation, then.organisation, lambda made: _org(made, card.organisation)
    yield "title", card.title, then.title, lambda made: _put(made, "title", card.title)
    yield "adr", card.postal, then.postal, lambda made: _adr(made, card.postal)
    yield "bday", card.birthday, then.birthday, lambda made: _put(made, "bday", card.birthday)
    yield "url", card.website, then.website, lambda made: _put(made, "url", card.website)
    yield "note", card.note, then.note, lambda made: _put(made, "note", card.note)
    yield "photo", card.photo, then.photo, lambda made: _picture(made, card.photo)


def _put(made: Component, name: str, value: str) -> None:
    if value:
        made.add(name).value = value


def _emails(made: Component, card: ContactCard) -> None:
    for place, address in enumerate(card.addresses):
        line = made.add("email")
        line.value = address
        line.type_param = ["INTERNET", "PREF"] if place == 0 and len(card.addresses) > 1 else "INTERNET"


def _tels(made: Component, card: ContactCard) -> None:
    for kind, number in (("HOME", card.phone), ("CELL", card.mobile), ("WORK", card.work_phone)):
        if number:
            line = made.add("tel")
            line.value, line.type_param = number, kind


def _org(made: Component, organisation: str) -> None:
    if organisation:
        made.add("org").value = [organisation]


def _adr(made: Component, postal: str) -> None:
    if not postal:
        return
    *streets, last = postal.split("\n")
    code = re.match(r"(\d{5})\s+(.+)$", last)
    if code:
        place = vobject.vcard.Address(street="\n".join(streets), code=code[1], city=code[2])
    else:
        place = vobject.vcard.Address(street=postal)
    made.add("adr").value = place


def _picture(made: Component, photo: bytes) -> None:
    if photo:
        line = made.add("photo")
        line.encoding_param, line.type_param = "b", "PNG" if photo.startswith(b"\x89PNG") else "JPEG"
        line.value = photo


def _photo_as_three(text: str) -> str:
    """4.0 writes a photo as an address of its own, which the library cuts at its comma."""
    if "data:image" not in text:
        return text
    return _PHOTO_FOUR.sub(r"PHOTO;ENCODING=b;TYPE=\1:", _FOLD.sub("", text))


def _as_four(text: str) -> str:
    """What 4.0 writes otherwise: the photo; the lines folded again, 75 octets at most."""
    plain = _FOLD.sub("", text)
    plain = _PHOTO_THREE.sub(lambda found: f"PHOTO:data:image/{found[1].lower()};base64,", plain)
    plain = plain.replace("TYPE=INTERNET,PREF", "PREF=1").replace(";TYPE=INTERNET", "")
    return _refolded(plain)


def _refolded(plain: str) -> str:
    return "".join(f"{_folded(line)}\r\n" for line in plain.split("\r\n") if line)


def _folded(line: str) -> str:
    pieces, piece, size = [], "", 0
    for character in line:
        width = len(character.encode())
        if size + width > 74:
            pieces.append(piece)
            piece, size = "", 0
        piece, size = piece + character, size + width
    return "\r\n ".join([*pieces, piece])


def _texts(card: Component, name: str) -> list[str]:
    values = (line.value for line in card.contents.get(name, []))
    return [" ".join(value.split()) for value in values if isinstance(value, str) and value.strip()]


def _first(card: Component, name: str) -> str:
    return next(iter(_texts(card, name)), "")


def _name(card: Component) -> str:
    told = _first(card, "fn")
    if told:
        return told[:200]
    for line in card.contents.get("n", []):
        parts = (getattr(line.value, "given", ""), getattr(line.value, "family", ""))
        return " ".join(" ".join(_joined(part) for part in parts).split())[:200]
    return (_first(card, "nickname") or _organisation(card))[:200]


def given_name(card: Component) -> str:
    """The first name, where the card tells it apart."""
    for line in card.contents.get("n", []):
        return _joined(getattr(line.value, "given", "")).strip()[:100]
    return ""


def _joined(part: Any) -> str:
    return " ".join(str(one) for one in part) if isinstance(part, (list, tuple)) else str(part or "")


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
    told = _first(card, "bday").partition("T")[0]
    if re.fullmatch(r"\d{8}", told):
        told = f"{told[:4]}-{told[4:6]}-{told[6:]}"
    elif re.fullmatch(r"--\d{4}", told):
        told = f"--{told[2:4]}-{told[4:]}"
    try:
        return read_birthday(told)
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
