"""The first message of a mailbox, put in its inbox once."""

from datetime import datetime
from email import message_from_bytes
from email.utils import parseaddr

from vaguemestre.foundation.kernel.errors import EngineRefused, Refusal
from vaguemestre.foundation.kernel.seals import vouched
from vaguemestre.post.mailstore.ports import OpenMailbox
from vaguemestre.post.mailstore.values import MailLogin


class Welcoming:
    """Implements `assistant.ports.DeliverWelcome` over any mail store; running twice does no harm."""

    def __init__(self, open_mailbox: OpenMailbox, server: str, key: bytes) -> None:
        """`server`: the name this instance vouches under (RFC 8601, authserv-id); `key`: of its seals."""
        self._open_mailbox, self._server, self._key = open_mailbox, server, key

    def __call__(self, mailbox: str, content: bytes, message_id: str, at: datetime) -> None:
        try:
            with self._open_mailbox(MailLogin(mailbox)) as box:
                if not box.find_by_message_id("INBOX", message_id):
                    box.append("INBOX", self._vouched(content), (), at)
        except Refusal as refusal:
            raise EngineRefused(f"welcome: {refusal.code}") from refusal

    def _vouched(self, content: bytes) -> bytes:
        """It comes from this very instance, without passing its submission service."""
        sender = parseaddr(str(message_from_bytes(content).get("From", "")))[1]
        return vouched(content, self._key, self._server, sender.lower())
