"""Marks, moves and deletions, and how they are taken back."""

from collections.abc import Sequence

from vaguemestre.foundation.kernel.errors import Refusal
from vaguemestre.mailbox.webmail.rules.listing.folders import of_use
from vaguemestre.mailbox.webmail.rules.listing.labels import checked_mark
from vaguemestre.mailbox.webmail.values import Act, Done
from vaguemestre.post.mailstore.ports import Mailbox
from vaguemestre.post.mailstore.values import Flag, MessageRef, Use

MOST = 500  # the page sends more in several goes

_MARKS: dict[Act, tuple[tuple[str, ...], tuple[str, ...]]] = {
    Act.READ: ((Flag.SEEN,), ()),
    Act.UNREAD: ((), (Flag.SEEN,)),
    Act.FLAG: ((Flag.FLAGGED,), ()),
    Act.UNFLAG: ((), (Flag.FLAGGED,)),
    Act.MUTE: ((Flag.MUTED, Flag.SEEN), ()),
    Act.UNMUTE: ((), (Flag.MUTED,)),
}
_HOMES = {Act.ARCHIVE: Use.ARCHIVE, Act.DELETE: Use.TRASH, Act.JUNK: Use.JUNK, Act.NOT_JUNK: Use.INBOX}


def act_on(mailbox: Mailbox, act: Act, refs: Sequence[MessageRef], *, to: str = "", mark: str = "") -> Done:
    """Do one thing to several messages; those gone meanwhile are passed over.

    `to`: where MOVE puts them; `mark`: the keyword of a LABEL. Deleting what lies in the trash, or in the
    junk, is for good. Raises FolderGone, QuotaReached, or Refusal `webmail.too-many`,
    `webmail.no-folder-for-that`, `webmail.label-unknown`.
    """
    if len(refs) > MOST:
        raise Refusal("webmail.too-many", most=MOST)
    if act in _MARKS:
        add, remove = _MARKS[act]
        mailbox.flag(refs, add, remove)
        return Done()
    if act in {Act.LABEL, Act.UNLABEL}:
        marks = (checked_mark(mark),)
        mailbox.flag(refs, marks if act is Act.LABEL else (), () if act is Act.LABEL else marks)
        return Done()
    if act is Act.MOVE:
        return Done(mailbox.move(refs, to), to)
    return _put_home(mailbox, act, refs)


def _put_home(mailbox: Mailbox, act: Act, refs: Sequence[MessageRef]) -> Done:
    folders = mailbox.folders()
    home = of_use(folders, _HOMES[act])
    if home is None:
        raise Refusal("webmail.no-folder-for-that")
    if act is Act.DELETE:
        ends = {folder.name for folder in folders if folder.use in {Use.TRASH, Use.JUNK}}
        final = [ref for ref in refs if ref.folder in ends]
        if final:
            mailbox.expunge(final)
        rest = [ref for ref in refs if ref.folder not in ends]
        moved = mailbox.move(rest, home.name) if rest else ()
        return Done(moved, home.name, is_final=not rest)
    return Done(mailbox.move([ref for ref in refs if ref.folder != home.name], home.name), home.name)
