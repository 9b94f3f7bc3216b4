"""The first message of a mailbox, put in its inbox once."""

from datetime import datetime
from email import message_from_bytes
from email.utils import parseaddr

from vaguemestre.kernel.errors import EngineRefused, Refusal
from vaguemestre.webmail.ports import OpenMailbox
from vaguemestre.webmail.values import MailLogin


class Welcoming:
    """Implements `assistant.ports.DeliverWelcome` over any mail store; running twice does no harm."""

    def __init__(self, open_mailbox: OpenMailbox, server: str) -> None:
        """`server`: the name under which this instance vouches for mail (RFC 8601, authserv-id)."""
        self._open_mailbox, self._server = open_mailbox, server

    def __call__(self, mailbox: str, content: bytes, message_id: str, at: datetime) -> None:
        try:
            with self._open_mailbox(MailLogin(mailbox)) as box:
                if not box.find_by_message_id("INBOX", message_id):
                    box.append("INBOX", self._vouched(content), (), at)
        except Refusal as refusal:
            raise EngineRefused(f"welcome: {refusal.code}") from refusal

    def _vouched(self, content: bytes) -> bytes:
        """It comes from this very instance, by no door where a filter would have said so."""
        sender = parseaddr(str(message_from_bytes(content).get("From", "")))[1]
        said = f"Authentication-Results: {self._server}; auth=pass smtp.mailfrom={sender}\r\n"
        return said.encode() + content
