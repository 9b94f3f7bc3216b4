"""The sign-in as a state machine: an attempt and a proof give the next step."""

from dataclasses import replace
from datetime import datetime, timedelta

from vaguemestre.access.signin.values import Denied, Factor, Granted, PendingSignIn, Proof, Step

MAX_ATTEMPT_DURATION = timedelta(minutes=10)  # between the first field and the last
MAX_WRONG_CODES = 5  # wrong codes before starting again

WRONG = Denied("signin.wrong")
TOO_LATE = Denied("signin.too-late")


def factors_due(first: Factor, *, gives_codes: bool, needs_passkey: bool = False) -> tuple[Factor, ...]:
    """The factors an account must prove when sign-in begins with `first`.

    A passcode is already a PIN and a code; a password requires a code if an application or key gives one.
    `needs_passkey`: a second factor is due and a passkey is the one the account has.
    """
    if first is Factor.PASSWORD and gives_codes:
        return (Factor.PASSWORD, Factor.CODE)
    if first is Factor.PASSWORD and needs_passkey:
        return (Factor.PASSWORD, Factor.PASSKEY)
    return (first,)


def next_step(pending: PendingSignIn, proof: Proof, *, now: datetime) -> Step:
    """The next step after a proof: PendingSignIn, Granted or Denied."""
    if now - pending.started > MAX_ATTEMPT_DURATION:
        return TOO_LATE
    if not pending.needed or proof.factor is not pending.needed[0]:
        return WRONG
    if not proof.holds or not pending.account_id:
        return _after_failure(pending, proof.factor)
    remaining = pending.needed[1:]
    if remaining:
        return replace(pending, needed=remaining, failures=0)
    return Granted(pending.account_id, pending.shared, proof.factor, mine=pending.mine, mark=pending.mark)


def _after_failure(pending: PendingSignIn, factor: Factor) -> Step:
    """A wrong code may be typed again a few times; any other failure starts over."""
    if factor is Factor.CODE and pending.failures + 1 < MAX_WRONG_CODES:
        return replace(pending, failures=pending.failures + 1)
    return WRONG
