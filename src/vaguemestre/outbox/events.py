"""Facts about outgoing messages, past tense."""

from dataclasses import dataclass


@dataclass(frozen=True)
class MessageQueued:
    outgoing_id: int
