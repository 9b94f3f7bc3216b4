"""Who may decide what about an act on many, and in which state."""

from collections.abc import Collection
from datetime import timedelta

from vaguemestre.desks.bulk.rules.verdicts import UNDOABLE
from vaguemestre.desks.bulk.values import Act, State
from vaguemestre.foundation.kernel.errors import Refusal

MAY_DECIDE = frozenset({State.PREPARED, State.STOPPED})
AWAITING = frozenset({State.AWAITING, State.UNDO_AWAITING})
MAY_ABANDON = frozenset({State.PREPARED})
MAY_STOP = frozenset({*AWAITING, State.RUNNING})
MAY_UNDO = frozenset({State.RUNNING, State.STOPPED, State.DONE})
NOT_OVER = frozenset({*MAY_DECIDE, *MAY_STOP})  # before anything is undone
AT_WORK = frozenset({State.RUNNING, State.UNDOING})
ENDS = {State.RUNNING: State.DONE, State.UNDOING: State.UNDONE}
ALONE_FOR = timedelta(hours=1)
REMINDED_EVERY = timedelta(days=7)  # nobody is written to more often at a private address


def is_for_two(people: Collection[int], lately: Collection[int], limit: int) -> bool:
    """Whether one person would change more than `limit` accounts alone, in one act or in several.

    `people`: accounts of the act. `lately`: accounts of what the same person decided alone within
    `ALONE_FOR`. Each counts once, so that nobody needs help to undo what was just done alone.
    """
    return len({*people, *lately}) > limit


def deciding_waits(people: Collection[int], lately: Collection[int], limit: int, approved_by: str) -> bool:
    """Whether a second person must still agree to the act (`is_for_two`)."""
    return not approved_by and is_for_two(people, lately, limit)


def undoing_waits(people: Collection[int], lately: Collection[int], limit: int, approved_by: str) -> bool:
    """Whether a second person must agree to undo it: nobody undoes alone what two people decided."""
    return bool(approved_by) or is_for_two(people, lately, limit)


def state_after_stop(state: State, *, has_done: bool, has_waiting: bool) -> State:
    """The state of an act interrupted or declined: some of it done, some people still to be treated."""
    if state is State.AWAITING and not has_done:
        return State.PREPARED
    if state is State.UNDO_AWAITING and not has_waiting:
        return State.DONE
    return State.STOPPED


def check_size(people: int, most: int) -> None:
    """Raises Refusal `bulk.nobody`, `bulk.too-many`."""
    if not people:
        raise Refusal("bulk.nobody")
    if people > most:
        raise Refusal("bulk.too-many", most=most)


def check_approval(decided_by: str, approver: str) -> None:
    """Raises Refusal `bulk.same-person`."""
    if decided_by == approver:
        raise Refusal("bulk.same-person")


def may_undo(act: Act, state: State, done: int) -> bool:
    return act in UNDOABLE and state in MAY_UNDO and done > 0
