"""Signatures and names: whom a message says it is from."""

import re
from html import escape

from vaguemestre.foundation.kernel.addresses import parse_address
from vaguemestre.foundation.kernel.errors import Refusal
from vaguemestre.mailbox.compose.rules.outgoing_html import kept_html
from vaguemestre.mailbox.compose.values import IdentityGiven, IdentityShown, SignatureFacts
from vaguemestre.people.directory.rules.names import fold
from vaguemestre.post.outbox.rules.headers import check_field

LONGEST_SIGNATURE = 20_000  # characters
_VARIABLE = re.compile(r"\{(nom|fonction|etablissement|academie)\}")
_LINE = re.compile(r"<br\s*/?>", re.IGNORECASE)


def check_identity(given: IdentityGiven, own: tuple[str, ...], facts: SignatureFacts) -> IdentityGiven:
    """The identity as it is kept. Raises Refusal, with the `field` to mend:

    `compose.not-your-address`; `compose.name-missing`; `compose.name-not-yours` when the name says somebody
    else (docs/security.md §3.21: « Rectorat »): the surname must stand in it; `compose.reply-to-malformed`;
    `outbox.control-character`; `compose.signature-too-long`.
    """
    if given.address not in own:
        raise Refusal("compose.not-your-address", field="address")
    name = " ".join(check_field("name", given.name).split())
    if not name:
        raise Refusal("compose.name-missing", field="name")
    if facts.surname and fold(facts.surname) not in fold(name):
        raise Refusal("compose.name-not-yours", field="name", surname=facts.surname)
    if len(given.signature) > LONGEST_SIGNATURE:
        raise Refusal("compose.signature-too-long", field="signature")
    return IdentityGiven(
        address=given.address,
        name=name[:100],
        reply_to=_reply_to(given.reply_to),
        signed_with=given.signed_with if given.signed_with in {"academy", "own"} else "",
        signature=kept_html(given.signature, lambda _: False),
        is_default=given.is_default,
    )


def signature_html(identity: IdentityShown, academy_signature: str, facts: SignatureFacts) -> str:
    """The signature with its variables replaced; a line whose variables are all empty goes."""
    if not identity.signed_with:
        return ""
    chosen = academy_signature if identity.signed_with == "academy" else identity.signature
    return expanded(kept_html(chosen, lambda _: False), facts)


def signed_html(html: str, signature: str) -> str:
    """A text with its signature below; the text alone without one."""
    if not signature:
        return html
    return f'{html or "<div><br></div>"}<div><br></div><div data-signature="1">-- <br>{signature}</div>'


def expanded(html: str, facts: SignatureFacts) -> str:
    """`{nom}`, `{fonction}`, `{etablissement}`, `{academie}` replaced, escaped."""
    known = {
        "nom": facts.name,
        "fonction": facts.function,
        "etablissement": facts.school,
        "academie": facts.academy,
    }
    kept = []
    for line in _LINE.split(html):
        asked = _VARIABLE.findall(line)
        if asked and not any(known[one] for one in asked):
            continue
        kept.append(_VARIABLE.sub(lambda found: escape(known[found[1]]), line))
    return "<br>".join(kept)


def _reply_to(typed: str) -> str:
    if not typed.strip():
        return ""
    try:
        return str(parse_address(check_field("reply_to", typed)))
    except Refusal as refusal:
        raise Refusal("compose.reply-to-malformed", field="reply_to") from refusal
