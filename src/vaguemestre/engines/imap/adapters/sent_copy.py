"""After a message left: its copy in sent mail, the mark on what it answered, the end of its draft."""

from collections.abc import Mapping
from datetime import datetime

from vaguemestre.foundation.kernel.errors import EngineRefused, Refusal
from vaguemestre.post.mailstore.ports import Mailbox, OpenMailbox
from vaguemestre.post.mailstore.values import Flag, MailLogin, MessageRef, Use


class Filing:
    """Implements `outbox.ports.FileSent` over any mail store; running twice does no harm."""

    def __init__(self, open_mailbox: OpenMailbox) -> None:
        self._open_mailbox = open_mailbox

    def __call__(
        self,
        mailbox: str,
        content: bytes,
        message_id: str,
        answered: Mapping[str, object] | None,
        draft: Mapping[str, object] | None,
        at: datetime,
    ) -> None:
        try:
            with self._open_mailbox(MailLogin(mailbox)) as box:
                self._copy(box, content, message_id, at)
                if (old := _ref(draft)) is not None:
                    box.expunge([old])
                if answered and answered.get("mailbox", mailbox) == mailbox:
                    _mark(box, answered)
            if answered and (elsewhere := str(answered.get("mailbox", mailbox))) != mailbox:
                with self._open_mailbox(MailLogin(elsewhere)) as box:
                    _mark(box, answered)
        except Refusal as refusal:
            # no room, no folder, or a mailbox that is closed to its person
            raise EngineRefused(f"filing: {refusal.code}") from refusal

    @staticmethod
    def _copy(box: Mailbox, content: bytes, message_id: str, at: datetime) -> None:
        sent = next((folder.name for folder in box.folders() if folder.use is Use.SENT), "Sent")
        if not box.find_by_message_id(sent, message_id):
            box.append(sent, content, (Flag.SEEN,), at)


def _mark(box: Mailbox, answered: Mapping[str, object]) -> None:
    if (original := _ref(answered)) is not None:
        box.flag([original], (str(answered.get("flag") or Flag.ANSWERED),), ())


def _ref(kept: Mapping[str, object] | None) -> MessageRef | None:
    """A reference as the outbox keeps it (JSON); None when there is none or it makes no sense."""
    match kept:
        case {"folder": str(folder), "uid_validity": int(validity), "uid": int(uid)}:
            return MessageRef(folder, validity, uid)
        case _:
            return None
