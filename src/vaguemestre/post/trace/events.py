"""Events of the trace."""

from dataclasses import dataclass


@dataclass(frozen=True)
class ScriptsChanged:
    """A program stored or activated a Sieve script of that mailbox."""

    mailbox: str
