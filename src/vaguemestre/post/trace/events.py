"""Events of the trace."""

from dataclasses import dataclass


@dataclass(frozen=True)
class ScriptsChanged:
    """A program stored or activated a Sieve script of that mailbox."""

    mailbox: str


@dataclass(frozen=True)
class HandedOverAgain:
    """A message that Postfix took up more than once was delivered: it may have been stored twice."""

    recipient: str
    message_id: str
