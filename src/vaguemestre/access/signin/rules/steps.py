"""The sign-in as a state machine: an attempt and a proof give the next step."""

from dataclasses import replace
from datetime import datetime, timedelta

from vaguemestre.access.signin.values import Attempt, Denied, Factor, Granted, Proof, Step

PATIENCE = timedelta(minutes=10)  # between the first field and the last
TRIES = 5  # wrong codes before starting again

WRONG = Denied("signin.wrong")
TOO_LATE = Denied("signin.too-late")


def factors_due(first: Factor, *, gives_codes: bool, needs_passkey: bool = False) -> tuple[Factor, ...]:
    """What an account asks for when it is approached by that factor.

    A passcode is a PIN and a code already; a password calls for a code where an
    application or a key gives some. `needs_passkey`: a second factor is due, and that is the one held.
    """
    if first is Factor.PASSWORD and gives_codes:
        return (Factor.PASSWORD, Factor.CODE)
    if first is Factor.PASSWORD and needs_passkey:
        return (Factor.PASSWORD, Factor.PASSKEY)
    return (first,)


def after(attempt: Attempt, proof: Proof, *, now: datetime) -> Step:
    """Go on (Attempt), Granted, or Denied."""
    if now - attempt.started > PATIENCE:
        return TOO_LATE
    if not attempt.needed or proof.factor is not attempt.needed[0]:
        return WRONG
    if not proof.holds or not attempt.account_id:
        return _after_failure(attempt, proof.factor)
    left = attempt.needed[1:]
    if left:
        return replace(attempt, needed=left, failures=0)
    return Granted(attempt.account_id, attempt.shared, proof.factor, mine=attempt.mine)


def _after_failure(attempt: Attempt, factor: Factor) -> Step:
    """A wrong code may be typed again a few times; anything else starts from the beginning."""
    if factor is Factor.CODE and attempt.failures + 1 < TRIES:
        return replace(attempt, failures=attempt.failures + 1)
    return WRONG
