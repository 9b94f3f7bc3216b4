"""Facts about the quarantine, past tense."""

from dataclasses import dataclass


@dataclass(frozen=True)
class ReleaseAsked:
    """Messages of that mailbox are to be handed over."""

    mailbox: str
