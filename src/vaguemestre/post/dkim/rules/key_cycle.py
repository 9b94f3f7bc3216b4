"""The life of the DKIM keys of one domain and algorithm: which steps are due.

Invariants: at most one active key; once there was one, there always is; a key begins to sign only if its
record is seen at that moment; a retired key's record stays `OVERLAP` (mail on its way is still verified).
"""

import string
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from vaguemestre.post.dkim.values import Algorithm, KeyState, SigningKey, Step, StepKind

OVERLAP = timedelta(days=7)
# How long a successor's record is seen before it signs: a resolver elsewhere may remember that it was missing
# (RFC 2308 §5 advises a day at most).
SETTLING = timedelta(days=1)
_PREFIXES = {Algorithm.RSA: "rsa", Algorithm.ED25519: "ed"}


def due_steps(
    keys: Sequence[SigningKey],
    seen: Mapping[str, bool | None],
    algorithm: Algorithm,
    *,
    working_days: int,
    now: datetime,
) -> tuple[Step, ...]:
    """The steps due now for the keys of a domain and algorithm, in order.

    `seen`: selector → whether DNS has its record now, None if nobody answered. `working_days`: after which an
    active key gets a successor; 0: only when asked.
    """
    active = next((key for key in keys if key.state is KeyState.ACTIVE), None)
    waiting = [key for key in keys if key.state in (KeyState.PREPARED, KeyState.PUBLISHED)]
    steps: list[Step] = []
    if not waiting and (active is None or _is_worn(active, working_days, now)):
        steps.append(Step(StepKind.PREPARE, new_selector(algorithm, {key.selector for key in keys}, now)))
    steps += [step for key in waiting if (step := _sighting(key, seen.get(key.selector)))]
    steps += _succession(active, [key for key in waiting if seen.get(key.selector)], now)
    steps += [Step(StepKind.ERASE, key.selector) for key in keys if _is_over(key, now)]
    return tuple(steps)


def _is_worn(active: SigningKey, working_days: int, now: datetime) -> bool:
    return bool(working_days and active.active_at and now - active.active_at >= timedelta(days=working_days))


def _sighting(key: SigningKey, is_seen: bool | None) -> Step | None:
    """The record of a waiting key has come, or has gone."""
    if is_seen and key.seen_at is None:
        return Step(StepKind.SEE, key.selector)
    if is_seen is False and key.seen_at:
        return Step(StepKind.LOSE, key.selector)
    return None


def _succession(active: SigningKey | None, visible: Sequence[SigningKey], now: datetime) -> list[Step]:
    """The first visible key signs, at once if nothing does, else once its record has settled."""
    ready = (key for key in visible if active is None or (key.seen_at or now) + SETTLING <= now)
    successor = next(ready, None)
    if successor is None:
        return []
    steps = [Step(StepKind.ACTIVATE, successor.selector)]
    return [*steps, Step(StepKind.RETIRE, active.selector)] if active else steps


def _is_over(key: SigningKey, now: datetime) -> bool:
    return bool(key.state is KeyState.RETIRING and key.retired_at and key.retired_at + OVERLAP <= now)


def take_step(key: SigningKey, kind: StepKind, now: datetime) -> SigningKey:
    """The key after a step. PREPARE makes a key, and changes none."""
    match kind:
        case StepKind.SEE:
            return replace(key, seen_at=now)
        case StepKind.LOSE:
            return replace(key, seen_at=None)
        case StepKind.ACTIVATE:
            return replace(key, active_at=now)
        case StepKind.RETIRE:
            return replace(key, retired_at=now)
        case StepKind.ERASE:
            return replace(key, gone_at=now)
        case StepKind.PREPARE:
            return key


def new_selector(algorithm: Algorithm, taken: Collection[str], now: datetime) -> str:
    """A selector that was never used: `rsa20261128`, then `rsa20261128b`…"""
    name = f"{_PREFIXES[algorithm]}{now:%Y%m%d}"
    candidates = (
        name,
        *(f"{name}{a}{b}" for a in ("", *string.ascii_lowercase) for b in string.ascii_lowercase),
    )
    return next(candidate for candidate in candidates if candidate not in taken)
