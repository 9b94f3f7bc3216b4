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
REST = timedelta(hours=72)  # before a new contact can recover the account: its owner has time to object


def drawn_code() -> str:
    return f"{secrets.randbelow(10**DIGITS):0{DIGITS}d}"


def code_mark(typed: str, owner: int, purpose: str, keys: SecretKeys) -> str:
    """The stored form of a code: a hash, keyed outside the database, for that owner and purpose only."""
    plain = "".join(character for character in typed if character.isdigit())
    message = f"delivered code {purpose} {owner} {plain}".encode()
    return hmac.digest(keys.sealing[keys.current], message, "sha256").hex()


def contact_address(typed: str, own_domains: Collection[str]) -> str:
    """The normalized address. `own_domains`: of every académie here, as the person may have moved.

    Raises Refusal `kernel.address-malformed`, or `credentials.contact-inside`, because a mailbox cannot
    recover itself.
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
