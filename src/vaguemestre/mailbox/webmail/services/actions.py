"""Actions on messages: flags, labels, moves, deletions."""

from collections.abc import Sequence

from vaguemestre.foundation.kernel.errors import Refusal
from vaguemestre.mailbox.webmail.rules.listing.folders import of_use
from vaguemestre.mailbox.webmail.rules.listing.labels import checked_mark
from vaguemestre.mailbox.webmail.values import Action, ActionResult
from vaguemestre.post.mailstore.ports import Mailbox
from vaguemestre.post.mailstore.values import Flag, MessageRef, Use

MAX_MESSAGES = 500  # a request; the page sends more in several

_FLAG_CHANGES: dict[Action, tuple[tuple[str, ...], tuple[str, ...]]] = {
    Action.READ: ((Flag.SEEN,), ()),
    Action.UNREAD: ((), (Flag.SEEN,)),
    Action.FLAG: ((Flag.FLAGGED,), ()),
    Action.UNFLAG: ((), (Flag.FLAGGED,)),
    Action.MUTE: ((Flag.MUTED, Flag.SEEN), ()),
    Action.UNMUTE: ((), (Flag.MUTED,)),
}
# Actions that take messages out of their folder; a scheduled draft then leaves no more.
LEAVING_ACTIONS = frozenset({Action.ARCHIVE, Action.DELETE, Action.JUNK, Action.NOT_JUNK, Action.MOVE})
UNSCHEDULED = "webmail.unscheduled"  # code of what is said then
_DESTINATIONS = {
    Action.ARCHIVE: Use.ARCHIVE,
    Action.DELETE: Use.TRASH,
    Action.JUNK: Use.JUNK,
    Action.NOT_JUNK: Use.INBOX,
}


def apply_action(
    mailbox: Mailbox, action: Action, refs: Sequence[MessageRef], *, to: str = "", mark: str = ""
) -> ActionResult:
    """Apply an action to messages; those that are gone are skipped.

    `to`: target folder of MOVE; `mark`: keyword of LABEL. Deleting from the trash or the junk is final.
    Raises FolderGone, QuotaReached, or Refusal `webmail.too-many`, `webmail.no-folder-for-that`,
    `webmail.label-unknown`.
    """
    if len(refs) > MAX_MESSAGES:
        raise Refusal("webmail.too-many", most=MAX_MESSAGES)
    if action in _FLAG_CHANGES:
        add, remove = _FLAG_CHANGES[action]
        mailbox.flag(refs, add, remove)
        return ActionResult()
    if action in {Action.LABEL, Action.UNLABEL}:
        marks = (checked_mark(mark),)
        mailbox.flag(refs, marks if action is Action.LABEL else (), () if action is Action.LABEL else marks)
        return ActionResult()
    if action is Action.MOVE:
        return ActionResult(mailbox.move(refs, to), to)
    return _move_to_destination(mailbox, action, refs)


def _move_to_destination(mailbox: Mailbox, action: Action, refs: Sequence[MessageRef]) -> ActionResult:
    folders = mailbox.folders()
    destination = of_use(folders, _DESTINATIONS[action])
    if destination is None:
        raise Refusal("webmail.no-folder-for-that")
    if action is Action.DELETE:
        final_folders = {folder.name for folder in folders if folder.use in {Use.TRASH, Use.JUNK}}
        final = [ref for ref in refs if ref.folder in final_folders]
        if final:
            mailbox.expunge(final)
        rest = [ref for ref in refs if ref.folder not in final_folders]
        moved = mailbox.move(rest, destination.name) if rest else ()
        return ActionResult(moved, destination.name, is_final=not rest)
    moved = mailbox.move([ref for ref in refs if ref.folder != destination.name], destination.name)
    return ActionResult(moved, destination.name)
