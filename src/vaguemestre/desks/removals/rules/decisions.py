"""Who may decide what about a removal, and when a mailbox that did not answer is tried again."""

from datetime import timedelta

from vaguemestre.desks.removals.values import BoxPhase, ContentState, RemovalFile, RemovalState
from vaguemestre.foundation.kernel.errors import Refusal

MAX_ATTEMPTS = 12  # about seven hours; then somebody has to ask for it again
_FIRST_DELAY = timedelta(minutes=1)
_MAX_DELAY = timedelta(hours=1)

MAY_DECIDE = frozenset({RemovalState.COUNTED, RemovalState.STOPPED})
MAY_UNDO = frozenset({RemovalState.REMOVING, RemovalState.STOPPED, RemovalState.REMOVED})
AWAITING = frozenset({RemovalState.AWAITING, RemovalState.UNDO_AWAITING})
MAY_STOP = frozenset({*AWAITING, RemovalState.REMOVING, RemovalState.REDOING})
RUNNING = frozenset({
    RemovalState.COUNTING, RemovalState.REMOVING, RemovalState.RESTORING, RemovalState.REDOING,
})  # fmt: skip
# Mail is removed, or was: its link or its file is for a second person to refuse.
CONTENT_WAITS = frozenset({
    RemovalState.REMOVING, RemovalState.STOPPED, RemovalState.REMOVED, RemovalState.REDOING,
})  # fmt: skip
REFUSING = frozenset({
    RemovalState.REMOVING, RemovalState.STOPPED, RemovalState.REMOVED, RemovalState.REDOING,
    RemovalState.UNDO_AWAITING,
})  # fmt: skip

GOALS = {
    RemovalState.COUNTING: BoxPhase.COUNTED,
    RemovalState.REMOVING: BoxPhase.REMOVED,
    RemovalState.RESTORING: BoxPhase.RESTORED,
    RemovalState.REDOING: BoxPhase.REMOVED,
}
ENDS = {
    RemovalState.COUNTING: RemovalState.COUNTED,
    RemovalState.REMOVING: RemovalState.REMOVED,
    RemovalState.RESTORING: RemovalState.RESTORED,
    RemovalState.REDOING: RemovalState.STOPPED,  # what came since is for somebody to decide
}


def needs_second_person(holders: int, limit: int, approved_by: str) -> bool:
    """Whether a second person must still approve: more than `limit` mailboxes hold a copy or may hold one."""
    return holders > limit and not approved_by


def content_waits(file: RemovalFile) -> bool:
    """Whether a second person has yet to say that the link or the file is refused to everybody."""
    return file.content is ContentState.WAITS and file.state in CONTENT_WAITS


def undoing_waits(content: ContentState, removed_boxes: int, limit: int, approved_by: str) -> bool:
    """Whether a second person must agree to give back: nobody undoes alone what needed two people.

    `removed_boxes`: mailboxes that a copy left.
    """
    had_two = bool(approved_by) or content is ContentState.REFUSED
    return had_two or needs_second_person(removed_boxes, limit, "")


def check_approval(decided_by: str, approver: str) -> None:
    """Raises Refusal `removals.same-person`."""
    if decided_by == approver:
        raise Refusal("removals.same-person")


def delay_after(attempts: int) -> timedelta | None:
    """The pause after that many failed attempts (1 or more): doubled up to an hour; None after the last."""
    if attempts >= MAX_ATTEMPTS:
        return None
    return min(_FIRST_DELAY * 2.0 ** (attempts - 1), _MAX_DELAY)
