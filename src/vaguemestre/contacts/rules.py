"""What may stand on a card."""

import re

from vaguemestre.contacts.values import ContactCard
from vaguemestre.kernel.addresses import parse_address
from vaguemestre.kernel.errors import Refusal

_CONTROLS = re.compile("[\x00-\x08\x0a-\x1f\x7f-\x9f\u2028\u2029]")
_CONTROLS_OF_NOTES = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")


def checked_card(name: str, address: str, phone: str, note: str) -> ContactCard:
    """A card ready to keep; without a name the address stands for it.

    Raises Refusal `kernel.address-malformed`, `contacts.control-character`, `contacts.too-long`.
    """
    if _CONTROLS.search(name + phone) or _CONTROLS_OF_NOTES.search(note):
        raise Refusal("contacts.control-character")
    if len(name) > 200 or len(phone) > 40 or len(note) > 5000:
        raise Refusal("contacts.too-long")
    checked = str(parse_address(address))
    return ContactCard(" ".join(name.split()) or checked, checked, " ".join(phone.split()), note.strip())
