"""Reads of stored passwords: hashes, and what changes with them."""

import hashlib

from vaguemestre.people.credentials.models import Account


def password_mark(account_id: int) -> str:
    """What changes with the password, and when it is barred; "" without such an account.

    A proof of identity is bound to it: what the owner does meanwhile ends the proof.
    """
    row = Account.objects.filter(pk=account_id).values_list("password", "password_barred_at").first()
    return hashlib.sha256(repr(row).encode()).hexdigest()[:32] if row else ""


def password_hash_of(account_id: int) -> str:
    """The hash of the password, even if barred (its owner may still replace it); "" if there is none."""
    password_hash = Account.objects.filter(pk=account_id).values_list("password", flat=True).first() or ""
    return "" if password_hash.startswith("!") else password_hash
