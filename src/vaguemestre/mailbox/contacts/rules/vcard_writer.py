"""Writer of vCards, version 3.0 (RFC 2426) or 4.0 (RFC 6350).

Properties we do not show are preserved: a card changed here keeps all that a phone stored in it.
"""

import re
import sys
from collections.abc import Callable, Iterator
from typing import NamedTuple

import vobject
from vobject.base import Component

from vaguemestre.mailbox.contacts.rules.vcards import card_of, parse_vcard, unfold
from vaguemestre.mailbox.contacts.values import ContactCard

_LINE_BYTES = 74  # and the space that begins a folded line
_PHOTO_THREE = re.compile(r"^PHOTO;ENCODING=b;TYPE=(\w+):", re.MULTILINE)


def write_vcard(card: ContactCard, uid: str, former_text: str = "", *, version: str = "3.0") -> str:
    """vCard of the card; properties of `former_text` that we do not show are preserved."""
    vcard = parse_vcard(former_text) if former_text else vobject.vCard()
    former = card_of(vcard) if former_text else None
    for name in ("version", "uid", "kind", "prodid"):
        vcard.contents.pop(name, None)
    _put(vcard, "version", version)
    _put(vcard, "uid", uid)
    if former is None or former.name != card.name:
        vcard.contents.pop("fn", None)
        vcard.contents.pop("n", None)
        _put(vcard, "fn", card.name)
        first_name, _, family = card.name.rpartition(" ")
        vcard.add("n").value = vobject.vcard.Name(family=family or card.name, given=first_name)
    for name, value, former_value, write in _properties(card, former):
        if former_text and value == former_value:
            continue
        vcard.contents.pop(name, None)
        write(vcard)
    text = str(vcard.serialize(lineLength=sys.maxsize, validate=False))  # folded below, faster
    return _as_four(text) if version == "4.0" else _refolded(unfold(text))


def write_group_vcard(name: str, uid: str, members: tuple[str, ...], *, version: str = "3.0") -> str:
    """vCard of a group; `members`: their UIDs."""
    vcard = vobject.vCard()
    _put(vcard, "version", version)
    _put(vcard, "uid", uid)
    _put(vcard, "fn", name)
    vcard.add("n").value = vobject.vcard.Name(family=name)
    _put(vcard, "kind" if version == "4.0" else "x-addressbookserver-kind", "group")
    for member in members:
        key = "member" if version == "4.0" else "x-addressbookserver-member"
        _put(vcard, key, f"urn:uuid:{member}")
    return str(vcard.serialize(validate=False))


class _Property(NamedTuple):
    """Property to write. `write` adds it to a vCard."""

    name: str
    value: object
    former_value: object
    write: Callable[[Component], None]


def _properties(card: ContactCard, former: ContactCard | None) -> Iterator[_Property]:
    previous = former or ContactCard("", "")
    phones = (card.phone, card.mobile, card.work_phone)
    previous_phones = (previous.phone, previous.mobile, previous.work_phone)
    yield _Property("email", card.addresses, previous.addresses, lambda vcard: _emails(vcard, card))
    yield _Property("tel", phones, previous_phones, lambda vcard: _tels(vcard, card))
    yield _Property(
        "org", card.organisation, previous.organisation, lambda vcard: _org(vcard, card.organisation)
    )
    yield _Property("title", card.title, previous.title, lambda vcard: _put(vcard, "title", card.title))
    yield _Property("adr", card.postal, previous.postal, lambda vcard: _adr(vcard, card.postal))
    yield _Property(
        "bday", card.birthday, previous.birthday, lambda vcard: _put(vcard, "bday", card.birthday)
    )
    yield _Property("url", card.website, previous.website, lambda vcard: _put(vcard, "url", card.website))
    yield _Property("note", card.note, previous.note, lambda vcard: _put(vcard, "note", card.note))
    yield _Property("photo", card.photo, previous.photo, lambda vcard: _picture(vcard, card.photo))


def _put(vcard: Component, name: str, value: str) -> None:
    if value:
        vcard.add(name).value = value


def _emails(vcard: Component, card: ContactCard) -> None:
    for place, address in enumerate(card.addresses):
        line = vcard.add("email")
        line.value = address
        line.type_param = ["INTERNET", "PREF"] if place == 0 and len(card.addresses) > 1 else "INTERNET"


def _tels(vcard: Component, card: ContactCard) -> None:
    for kind, number in (("HOME", card.phone), ("CELL", card.mobile), ("WORK", card.work_phone)):
        if number:
            line = vcard.add("tel")
            line.value, line.type_param = number, kind


def _org(vcard: Component, organisation: str) -> None:
    if organisation:
        vcard.add("org").value = [organisation]


def _adr(vcard: Component, postal: str) -> None:
    if not postal:
        return
    *streets, last = postal.split("\n")
    code = re.match(r"(\d{5})\s+(.+)$", last)
    if code:
        place = vobject.vcard.Address(street="\n".join(streets), code=code[1], city=code[2])
    else:
        place = vobject.vcard.Address(street=postal)
    vcard.add("adr").value = place


def _picture(vcard: Component, photo: bytes) -> None:
    if photo:
        line = vcard.add("photo")
        line.encoding_param, line.type_param = "b", "PNG" if photo.startswith(b"\x89PNG") else "JPEG"
        line.value = photo


def _as_four(text: str) -> str:
    """The vCard converted from 3.0 to 4.0, with lines of 75 octets at most."""
    plain = unfold(text)
    plain = _PHOTO_THREE.sub(lambda match: f"PHOTO:data:image/{match[1].lower()};base64,", plain)
    plain = plain.replace("TYPE=INTERNET,PREF", "PREF=1").replace(";TYPE=INTERNET", "")
    return _refolded(plain)


def _refolded(plain: str) -> str:
    return "".join(f"{_folded(line)}\r\n" for line in plain.split("\r\n") if line)


def _folded(line: str) -> str:
    octets, begin, pieces = line.encode(), 0, []
    while len(octets) - begin > _LINE_BYTES:
        end = begin + _LINE_BYTES
        while octets[end] & 0xC0 == 0x80:  # within a character
            end -= 1
        pieces.append(octets[begin:end])
        begin = end
    return b"\r\n ".join([*pieces, octets[begin:]]).decode()
