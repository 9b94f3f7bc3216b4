"""What opens an account through the assistant (docs/security.md §3.1, §3.3, §3.5).

NUMEN and birth date find the account. They are enough for a first activation, unless the académie always
requires a delivered code; an activated account needs a code delivered to a confirmed recovery contact, or
handed over by agreement of two people.
"""

from enum import StrEnum

from vaguemestre.people.credentials.values import AccountState


class Proof(StrEnum):
    """What a first activation requires: the setting `[academy] proof`."""

    NUMEN = "numen"
    CODE = "numen+code"


def is_proof_enough(state: AccountState, *, is_right: bool, proof: Proof) -> bool:
    """Whether NUMEN and birth date are enough. `is_right`: both match the account's person."""
    return is_right and state == AccountState.PENDING and proof is Proof.NUMEN


def code_address(
    state: AccountState | None, *, is_right: bool, contact: str, on_file: str, proof: Proof
) -> str:
    """The address to send a code to; "" for none. `state`: None if no account matches.

    `contact`: confirmed and past its waiting period; `on_file`: known to the management service.
    """
    if not is_right:
        return ""
    if state == AccountState.ACTIVE:
        return contact
    return on_file if state == AccountState.PENDING and proof is Proof.CODE else ""
