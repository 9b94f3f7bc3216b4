"""Events of the trace."""

from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True)
class ScriptsChanged:
    """A mail program stored or activated a Sieve script of that mailbox."""

    mailbox: str


@dataclass(frozen=True)
class MailQuarantined:
    """A message was delivered into the quarantine of that mailbox."""

    queue: ClassVar[str] = "untrusted"  # anybody may have as many messages put there as they like
    mailbox: str


@dataclass(frozen=True)
class MailUnexamined:
    """Messages of these queue identifiers were delivered while the virus check was away."""

    queue_ids: tuple[str, ...]


@dataclass(frozen=True)
class HandedOverAgain:
    """A message was delivered that Postfix had activated more than once: it may have been stored twice.

    `outlived`: the queue identifier of a message that lay in the queue when Postfix started. Its sender may
    not have heard that it was taken, and may have sent it again.
    """

    recipient: str
    message_id: str
    outlived: str = ""
