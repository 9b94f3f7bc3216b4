"""After submission: the copy in Sent, the flag on the answered message, the end of the draft."""

import logging
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from datetime import datetime

from vaguemestre.foundation.kernel.errors import EngineDown, EngineRefused, Refusal
from vaguemestre.post.mailstore.ports import Mailbox, OpenMailbox
from vaguemestre.post.mailstore.values import Flag, MailLogin, MessageRef, Use

log = logging.getLogger(__name__)

_AWAY = (EngineDown, EngineRefused, Refusal)


class AnsweredMarks:
    """Implements `outbox.ports.MarkAnswered` over any mail store."""

    def __init__(self, open_mailbox: OpenMailbox) -> None:
        self._open_mailbox = open_mailbox

    @contextmanager
    def __call__(self, mailbox: str, answered: Mapping[str, object] | None) -> Iterator[Callable[[], bool]]:
        original = _ref(answered)
        if answered is None or original is None:
            yield lambda: True
            return
        with ExitStack() as stack:
            opened: Mailbox | None = None
            try:
                login = MailLogin(str(answered.get("mailbox", mailbox)))
                opened = stack.enter_context(self._open_mailbox(login))
                opened.flag([original], (), ())  # changes nothing, and selects the folder
            except _AWAY as error:
                log.warning("an answered message cannot be marked yet: %s", error)
                opened = None

            def mark() -> bool:
                if opened is None:
                    return False
                try:
                    _flag_answered(opened, answered)
                except _AWAY as error:
                    log.warning("an answered message is marked later: %s", error)
                    return False
                return True

            yield mark


class SentCopies:
    """Implements `outbox.ports.FileSent` over any mail store. Idempotent."""

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
                if answered and answered.get("mailbox", mailbox) == mailbox:
                    _flag_answered(
                        box, answered
                    )  # first: it is answered, whether there is room for a copy or not
                self._copy(box, content, message_id, at)
                if (draft_ref := _ref(draft)) is not None:
                    box.expunge([draft_ref])
            if answered and (other := str(answered.get("mailbox", mailbox))) != mailbox:
                with self._open_mailbox(MailLogin(other)) as box:
                    _flag_answered(box, answered)
        except Refusal as refusal:
            # quota reached, folder gone, or mailbox closed
            raise EngineRefused(f"filing: {refusal.code}") from refusal

    @staticmethod
    def _copy(box: Mailbox, content: bytes, message_id: str, at: datetime) -> None:
        sent = next((folder.name for folder in box.folders() if folder.use is Use.SENT), "Sent")
        if not box.find_by_message_id(sent, message_id):
            box.append(sent, content, (Flag.SEEN,), at)


def _flag_answered(box: Mailbox, answered: Mapping[str, object]) -> None:
    if (original := _ref(answered)) is not None:
        box.flag([original], (str(answered.get("flag") or Flag.ANSWERED),), ())


def _ref(fields: Mapping[str, object] | None) -> MessageRef | None:
    """A reference from the outbox's JSON; None when it is absent or malformed."""
    match fields:
        case {"folder": str(folder), "uid_validity": int(validity), "uid": int(uid)}:
            return MessageRef(folder, validity, uid)
        case _:
            return None
