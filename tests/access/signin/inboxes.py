"""What owners read in their inbox, in place of the engines."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from email import message_from_bytes, policy

from vaguemestre.access.signin.ports import deliver_notice


@contextmanager
def inboxes() -> Iterator[list[str]]:
    """The texts of the notices put in, as read, oldest first."""
    before, letters = deliver_notice.get(), []

    def deliver(mailbox: str, content: bytes, message_id: str, at: datetime) -> None:
        letters.append(read(content))

    deliver_notice.replace(deliver)
    try:
        yield letters
    finally:
        deliver_notice.replace(before)


def read(content: bytes) -> str:
    """Subject and text."""
    message = message_from_bytes(content, policy=policy.default)
    return f"{message['Subject']}\n{message.get_content()}"
