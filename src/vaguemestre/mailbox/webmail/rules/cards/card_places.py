"""Parts to explain in a card above the text, found in the structure of a message."""

from collections.abc import Iterator

from vaguemestre.mailbox.webmail.rules.rendering.parts import MAX_DEPTH
from vaguemestre.mailbox.webmail.values import CardKind, CardPlace
from vaguemestre.post.mailstore.values import Part

_MAX_CARDS = 12


_BY_KIND = {
    "text/calendar": CardKind.INVITATION,
    "application/ics": CardKind.INVITATION,
    "message/delivery-status": CardKind.DELIVERY,
    "message/disposition-notification": CardKind.RECEIPT,
    "text/vcard": CardKind.CONTACT,
    "text/x-vcard": CardKind.CONTACT,
    "text/directory": CardKind.CONTACT,
    "application/ms-tnef": CardKind.TNEF,
    "application/vnd.ms-tnef": CardKind.TNEF,
    "application/pkcs7-signature": CardKind.SMIME,
    "application/x-pkcs7-signature": CardKind.SMIME,
    "application/pkcs7-mime": CardKind.SMIME,
    "application/x-pkcs7-mime": CardKind.SMIME,
    "application/pgp-signature": CardKind.PGP,
    "application/pgp-encrypted": CardKind.ENCRYPTED,
}
_BY_ENDING = {
    "ics": CardKind.INVITATION,
    "vcf": CardKind.CONTACT,
    "p7s": CardKind.SMIME,
    "p7m": CardKind.SMIME,
}


def card_places(root: Part) -> tuple[CardPlace, ...]:
    """Cards of a message, in order, `_MAX_CARDS` at most; an invitation sent in several formats gets one."""
    places: list[CardPlace] = []
    for part in _leaves(root, 0):
        kind = _kind_of(part)
        if kind is None or (kind is CardKind.INVITATION and any(card.kind is kind for card in places)):
            continue
        places.append(CardPlace(kind, part.number))
        if len(places) == _MAX_CARDS:
            break
    return tuple(places)


def _kind_of(part: Part) -> CardKind | None:
    if part.name.lower() == "winmail.dat":
        return CardKind.TNEF
    kind = _BY_KIND.get(part.kind)
    if kind is None and part.kind == "application/octet-stream":
        return _BY_ENDING.get(part.name.rpartition(".")[2].lower())
    return kind


def _leaves(part: Part, depth: int) -> Iterator[Part]:
    if depth > MAX_DEPTH:
        return
    if not part.kind.startswith("multipart/"):
        yield part
        return
    for child in part.children:
        yield from _leaves(child, depth + 1)
