"""Rules of sender identities and signatures."""

import re
from dataclasses import replace
from html import escape

from vaguemestre.foundation.kernel.addresses import parse_address
from vaguemestre.foundation.kernel.errors import Refusal
from vaguemestre.mailbox.compose.rules.outgoing_html import draft_html
from vaguemestre.mailbox.compose.values import (
    AcademySignature,
    DraftFields,
    IdentityFields,
    SenderIdentity,
    SignatureVariables,
)
from vaguemestre.people.directory.rules.names import shows_surname
from vaguemestre.post.outbox.rules.authors import check_authors
from vaguemestre.post.outbox.rules.headers import check_field, mailbox_list
from vaguemestre.post.outbox.rules.text import plain_text
from vaguemestre.post.outbox.values import Recipient

MAX_SIGNATURE_CHARACTERS = 20_000  # characters
_MAX_VARIABLES = 100  # of a signature or stock text
_VARIABLE = re.compile(r"\{(nom|fonction|etablissement|academie)\}")
_SIGNED = 'data-signature="1"'
_SIGNED_BLOCK = re.compile(
    rf"<div\b[^<>]*{_SIGNED}[^<>]*>"
)  # in sanitized HTML: quotes of values are escaped
_SIGNED_LINE = re.compile(r"^-- $", re.MULTILINE)
_LINE = re.compile(r"<br\s*/?>", re.IGNORECASE)


def check_identity(
    fields: IdentityFields, own_addresses: tuple[str, ...], variables: SignatureVariables
) -> IdentityFields:
    """The checked identity, to be stored. Raises Refusal with the `field` to correct:

    `compose.not-your-address`; `compose.name-missing`; `compose.name-not-yours` unless it is the directory's
    or shows the surname, against impersonation (docs/security.md §3.21: « Rectorat »);
    `compose.name-would-not-leave`, which the submission door would refuse; `compose.reply-to-malformed`;
    `outbox.control-character`; `compose.signature-too-long`.
    """
    if fields.address not in own_addresses:
        raise Refusal("compose.not-your-address", field="address")
    typed = check_field("name", fields.name).strip()
    name = " ".join(typed.split())
    if not name:
        raise Refusal("compose.name-missing", field="name")
    if name.casefold() != variables.name.casefold() and not shows_surname(typed, variables.surname):
        raise Refusal("compose.name-not-yours", field="name", surname=variables.surname)
    _check_that_it_leaves(name, fields.address, own_addresses)
    if len(fields.signature) > MAX_SIGNATURE_CHARACTERS or has_many_variables(fields.signature):
        raise Refusal("compose.signature-too-long", field="signature")
    return IdentityFields(
        address=fields.address,
        name=name[:100],
        reply_to=_reply_to(fields.reply_to),
        signed_with=fields.signed_with if fields.signed_with in {"academy", "own"} else "",
        signature=draft_html(fields.signature, lambda _: False),
        is_default=fields.is_default,
    )


def signature_html(identity: SenderIdentity, academy: AcademySignature, variables: SignatureVariables) -> str:
    """The signature with its variables replaced; lines whose variables are all empty are dropped."""
    if academy.is_imposed or identity.signed_with == "academy":
        return academy_html(academy, variables)
    own = identity.signature if identity.signed_with else ""
    return expand_variables(draft_html(own, lambda _: False), variables)


def academy_html(academy: AcademySignature, variables: SignatureVariables) -> str:
    """The académie's signature with its variables replaced."""
    return expand_variables(draft_html(academy.template, lambda _: False), variables)


def signed_at_least_once(fields: DraftFields, signature: str) -> DraftFields:
    """The draft with the imposed signature below, if its writer has taken it out or emptied it.

    "": none is imposed. Nothing keeps a writer from hiding it: a mail program need not sign at all. What is
    added to is sanitized first, or an open comment would swallow the signature.
    """
    if not signature:
        return fields
    words = plain_text(signature)
    if fields.is_plain:
        if any(_begins(text, words) for text in _SIGNED_LINE.split(fields.text)[1:]):
            return fields
        return replace(fields, text=f"{fields.text.rstrip()}\n\n-- \n{words}\n")
    html = draft_html(fields.html, lambda _: True)
    if any(_is_signature(block, signature, words) for block in _SIGNED_BLOCK.split(html)[1:]):
        return fields
    return replace(fields, html=with_signature(html, signature))


def _is_signature(block: str, signature: str, words: str) -> bool:
    """Whether a block that is marked as the signature still begins with it, and shows its pictures."""
    return _begins(plain_text(block), words) and block.count("<img") >= signature.count("<img")


def _begins(text: str, words: str) -> bool:
    return " ".join(text.split()).removeprefix("-- ").startswith(" ".join(words.split()))


def with_signature(html: str, signature: str) -> str:
    """The text with the signature below, if any."""
    if not signature:
        return html
    return f"{html or '<div><br></div>'}<div><br></div><div {_SIGNED}>-- <br>{signature}</div>"


def has_many_variables(html: str) -> bool:
    """Whether it repeats variables more than anybody writes: pages expand all of somebody's texts at once."""
    return len(_VARIABLE.findall(html)) > _MAX_VARIABLES


def expand_variables(html: str, variables: SignatureVariables) -> str:
    """Replace `{nom}`, `{fonction}`, `{etablissement}`, `{academie}`, escaped.

    A line whose variables are all empty is dropped.
    """
    values = {
        "nom": variables.name,
        "fonction": variables.function,
        "etablissement": variables.school,
        "academie": variables.academy,
    }
    lines = []
    for line in _LINE.split(html):
        names = _VARIABLE.findall(line)
        if names and not any(values[name] for name in names):
            continue
        lines.append(_VARIABLE.sub(lambda match: escape(values[match[1]]), line))
    return "<br>".join(lines)


def _check_that_it_leaves(name: str, address: str, own_addresses: tuple[str, ...]) -> None:
    field = mailbox_list("From", [Recipient(name, address)])
    try:
        check_authors([field], [], own_addresses)
    except Refusal as refusal:
        raise Refusal("compose.name-would-not-leave", field="name") from refusal


def is_elsewhere(reply_to: str, own_address: str) -> bool:
    """Whether answers would leave the writer's domain: whoever takes an account wants that first."""
    domain = own_address.rpartition("@")[2].lower()
    return bool(reply_to.strip()) and reply_to.strip().rpartition("@")[2].lower() != domain


def _reply_to(typed: str) -> str:
    if not typed.strip():
        return ""
    try:
        return str(parse_address(check_field("reply_to", typed)))
    except Refusal as refusal:
        raise Refusal("compose.reply-to-malformed", field="reply_to") from refusal
