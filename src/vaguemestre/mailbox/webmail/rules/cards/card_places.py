"""Parts that mean something more than a file: found in the structure, told above the text."""

from collections.abc import Iterator

from vaguemestre.mailbox.webmail.rules.rendering.parts import DEEPEST
from vaguemestre.mailbox.webmail.values import CardKind, CardPlace
from vaguemestre.post.mailstore.values import Part

_MOST = 12


_BY_KIND = {
    "text/calendar": CardKind.INVITATION,
    "application/ics": CardKind.INVITATION,
    "message/delivery-status": CardKind.DELIVERY,
    "message/disposition-notification": CardKind.RECEIPT,
    "text/vcard": CardKind.VISITING,
    "text/x-vcard": CardKind.VISITING,
    "text/directory": CardKind.VISITING,
    "application/ms-tnef": CardKind.TNEF,
    "application/vnd.ms-tnef": CardKind.TNEF,
    "application/pkcs7-signature": CardKind.SMIME,
    "application/x-pkcs7-signature": CardKind.SMIME,
    "application/pkcs7-mime": CardKind.SMIME,
    "application/x-pkcs7-mime": CardKind.SMIME,
    "application/pgp-signature": CardKind.PGP,
    "application/pgp-encrypted": CardKind.SEALED,
}
_BY_ENDING = {
    "ics": CardKind.INVITATION,
    "vcf": CardKind.VISITING,
    "p7s": CardKind.SMIME,
    "p7m": CardKind.SMIME,
}


def cards(root: Part) -> tuple[CardPlace, ...]:
    """The cards of a message, in order, at most a dozen, one invitation for all its copies."""
    found: list[CardPlace] = []
    for part in _leaves(root, 0):
        kind = _kind_of(part)
        if kind is None or (kind is CardKind.INVITATION and any(card.kind is kind for card in found)):
            continue
        found.append(CardPlace(kind, part.number))
        if len(found) == _MOST:
            break
    return tuple(found)


def _kind_of(part: Part) -> CardKind | None:
    if part.name.lower() == "winmail.dat":
        return CardKind.TNEF
    known = _BY_KIND.get(part.kind)
    if known is None and part.kind == "application/octet-stream":
        return _BY_ENDING.get(part.name.rpartition(".")[2].lower())
    return known


def _leaves(part: Part, depth: int) -> Iterator[Part]:
    if depth > DEEPEST:
        return
    if not part.kind.startswith("multipart/"):
        yield part
        return
    for child in part.children:
        yield from _leaves(child, depth + 1)
