"""Reads of stored passwords: hashes, and what changes with them."""

import hashlib

from django.db.models import Max

from vaguemestre.people.credentials.models import Account


def recovery_mark(account_id: int) -> str:
    """What changes with the password, when it is barred, and when a contact is removed; "" without account.

    A code and a proof of identity are bound to it: what the owner does meanwhile ends them.
    """
    removed = Max("recovery_contacts__dropped_at")
    rows = Account.objects.filter(pk=account_id).annotate(contact_removed_at=removed)
    row = rows.values_list("password", "password_barred_at", "contact_removed_at").first()
    return hashlib.sha256(repr(row).encode()).hexdigest()[:32] if row else ""


def password_hash_of(account_id: int) -> str:
    """The hash of the password, even if barred (its owner may still replace it); "" if there is none."""
    password_hash = Account.objects.filter(pk=account_id).values_list("password", flat=True).first() or ""
    return "" if password_hash.startswith("!") else password_hash
