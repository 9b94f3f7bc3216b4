"""What opens an account through the assistant (docs/security.md §3.1, §3.3, §3.5).

NUMEN and birth date find a file. By themselves they open a first activation, unless the académie always wants
a delivered code; an activated account opens by a code delivered to a contact its owner proved, or by a code
that two people agreed to hand over.
"""

from enum import StrEnum


class Proof(StrEnum):
    """What a first activation asks for: the setting `[academy] proof`."""

    NUMEN = "numen"
    CODE = "numen+code"


PENDING = "pending"
ACTIVE = "active"


def opens_at_once(state: str, *, is_right: bool, proof: Proof) -> bool:
    """Whether NUMEN and birth date are enough. `is_right`: both are those of the account's person."""
    return is_right and state == PENDING and proof is Proof.NUMEN


def code_goes_to(state: str, *, is_right: bool, contact: str, on_file: str, proof: Proof) -> str:
    """The address a code is delivered to; "" when none leaves.

    `contact`: proved by its owner and rested; `on_file`: given by the management service.
    """
    if not is_right:
        return ""
    if state == ACTIVE:
        return contact
    return on_file if state == PENDING and proof is Proof.CODE else ""
