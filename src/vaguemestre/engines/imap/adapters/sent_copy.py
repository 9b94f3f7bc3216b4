"""What follows a submission: copy in Sent, flag on the answered message, deletion of the draft."""

import logging
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from datetime import datetime
from typing import NamedTuple

from vaguemestre.foundation.kernel.errors import EngineDown, EngineRefused, Refusal
from vaguemestre.post.mailstore.ports import FolderGone, Mailbox, OpenMailbox
from vaguemestre.post.mailstore.privacy import private_mark
from vaguemestre.post.mailstore.values import Flag, MailLogin, MessageRef, Use

log = logging.getLogger(__name__)

_AWAY = (EngineDown, EngineRefused, Refusal)
_KNOWN_SECONDS = 60.0
_MAX_KNOWN = 10_000


class _Known(NamedTuple):
    """A mailbox's folder of sent mail, and when it was asked for (monotonic clock)."""

    name: str
    since: float


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
        self._known: dict[str, _Known] = {}

    def __call__(
        self,
        mailbox: str,
        content: bytes,
        message_id: str,
        answered: Mapping[str, object] | None,
        draft: Mapping[str, object] | None,
        at: datetime,
        *,
        may_exist: bool = True,
    ) -> None:
        try:
            with self._open_mailbox(MailLogin(mailbox)) as box:
                if answered and answered.get("mailbox", mailbox) == mailbox:
                    _flag_answered(
                        box, answered
                    )  # first: it is answered, whether there is room for a copy or not
                self._copy(box, mailbox, content, message_id, at, may_exist=may_exist)
                if (draft_ref := _ref(draft)) is not None:
                    box.expunge([draft_ref])
            if answered and (other := str(answered.get("mailbox", mailbox))) != mailbox:
                with self._open_mailbox(MailLogin(other)) as box:
                    _flag_answered(box, answered)
        except Refusal as refusal:
            # quota reached, folder gone, or mailbox closed
            raise EngineRefused(f"classement de la copie : {refusal.code}") from refusal

    def _copy(
        self, box: Mailbox, mailbox: str, content: bytes, message_id: str, at: datetime, *, may_exist: bool
    ) -> None:
        name, is_known = self._sent_folder(box, mailbox)
        try:
            if not may_exist or not box.find_by_message_id(name, message_id):
                box.append(name, content, (Flag.SEEN, *private_mark(content)), at)
        except FolderGone:
            if not is_known:
                raise
            self._known.pop(mailbox, None)
            self._copy(box, mailbox, content, message_id, at, may_exist=may_exist)

    def _sent_folder(self, box: Mailbox, mailbox: str) -> tuple[str, bool]:
        """The folder of sent mail, and whether it was known since a moment: asking lists every folder."""
        known = self._known.get(mailbox)
        if known is not None and time.monotonic() - known.since < _KNOWN_SECONDS:
            return known.name, True
        name = next((folder.name for folder in box.folders() if folder.use is Use.SENT), "Sent")
        if len(self._known) >= _MAX_KNOWN:
            self._known.clear()
        self._known[mailbox] = _Known(name, time.monotonic())
        return name, False


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
