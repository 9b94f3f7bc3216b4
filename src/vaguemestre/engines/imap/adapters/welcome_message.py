"""The welcome message of a new mailbox, appended to its inbox once."""

from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime
from email import message_from_bytes
from email.utils import parseaddr

from vaguemestre.foundation.kernel.errors import EngineRefused, Refusal
from vaguemestre.foundation.kernel.seals import with_voucher
from vaguemestre.post.mailstore.ports import FolderGone, Mailbox, OpenMailbox
from vaguemestre.post.mailstore.privacy import private_mark
from vaguemestre.post.mailstore.values import DELETED_MESSAGES, MailLogin, MessageRef


class WelcomeMessages:
    """Implements `assistant.ports.DeliverWelcome` over any mail store. Idempotent."""

    def __init__(self, open_mailbox: OpenMailbox, server: str, key: bytes) -> None:
        """`server`: our authserv-id (RFC 8601); `key`: of the submission seals."""
        self._open_mailbox, self._server, self._key = open_mailbox, server, key

    def __call__(self, mailbox: str, content: bytes, message_id: str, at: datetime) -> None:
        try:
            with self._open_mailbox(MailLogin(mailbox)) as box:
                copies = box.find_by_message_id("INBOX", message_id)
                if not copies:
                    box.append("INBOX", self._vouched(content), private_mark(content), at)
                    copies = box.find_by_message_id("INBOX", message_id)
                _keep_first(box, copies, message_id)
        except Refusal as refusal:
            raise EngineRefused(f"message de bienvenue : {refusal.code}") from refusal

    def _vouched(self, content: bytes) -> bytes:
        """The message with our own Authentication-Results: it does not pass the submission service."""
        sender = parseaddr(str(message_from_bytes(content).get("From", "")))[1]
        return with_voucher(content, self._key, self._server, sender.lower())


def _keep_first(box: Mailbox, copies: Sequence[MessageRef], message_id: str) -> None:
    """A page and the worker may file the same notice at the same moment: whoever files last sees both.

    The second copy is erased from the deleted messages too: its owner would think that somebody hid a notice.
    """
    if len(copies) < 2:
        return
    box.expunge(sorted(copies, key=lambda ref: ref.uid)[1:])
    with suppress(FolderGone):  # the store kept none
        box.expunge(box.find_by_message_id(DELETED_MESSAGES, message_id))
