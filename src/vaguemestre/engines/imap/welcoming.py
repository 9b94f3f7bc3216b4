"""The first message of a mailbox, put in its inbox once."""

from datetime import datetime

from vaguemestre.kernel.errors import EngineRefused, Refusal
from vaguemestre.webmail.ports import OpenMailbox
from vaguemestre.webmail.values import MailLogin


class Welcoming:
    """Implements `assistant.ports.DeliverWelcome` over any mail store; running twice does no harm."""

    def __init__(self, open_mailbox: OpenMailbox) -> None:
        self._open_mailbox = open_mailbox

    def __call__(self, mailbox: str, content: bytes, message_id: str, at: datetime) -> None:
        try:
            with self._open_mailbox(MailLogin(mailbox)) as box:
                if not box.find_by_message_id("INBOX", message_id):
                    box.append("INBOX", content, (), at)
        except Refusal as refusal:
            raise EngineRefused(f"welcome: {refusal.code}") from refusal
