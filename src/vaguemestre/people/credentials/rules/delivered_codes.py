"""Codes sent to a recovery contact, and the contact itself (docs/security.md §3.3, §3.4)."""

import hmac
import secrets
from collections.abc import Collection
from datetime import timedelta

from vaguemestre.foundation.kernel.addresses import parse_address
from vaguemestre.foundation.kernel.errors import Refusal
from vaguemestre.people.credentials.values import SecretKeys

DIGITS = 8
LIFE = timedelta(minutes=10)
TRIES = 5
REST = timedelta(hours=72)  # a fresh contact recovers nothing before: its owner has time to object


def drawn_code() -> str:
    return f"{secrets.randbelow(10**DIGITS):0{DIGITS}d}"


def code_mark(typed: str, owner: int, purpose: str, keys: SecretKeys) -> str:
    """What is kept of a code: a hash keyed outside the database, for that owner and purpose only."""
    plain = "".join(sign for sign in typed if sign.isdigit())
    message = f"delivered code {purpose} {owner} {plain}".encode()
    return hmac.digest(keys.sealing[keys.current], message, "sha256").hex()


def contact_address(typed: str, own_domains: Collection[str]) -> str:
    """The address as it is kept. `own_domains`: of every académie here, where somebody may have been before.

    Raises Refusal `kernel.address-malformed`, or
    `credentials.contact-inside`: a mailbox does not open itself.
    """
    address = parse_address(typed)
    for domain in own_domains:
        if address.domain == domain or address.domain.endswith(f".{domain}"):
            raise Refusal("credentials.contact-inside", domain=domain)
    return str(address)


def masked(address: str) -> str:
    """`c•••@exemple.fr`."""
    local, _, domain = address.partition("@")
    return f"{local[:1]}•••@{domain}"
