"""Facts about outgoing messages, past tense."""

from dataclasses import dataclass


@dataclass(frozen=True)
class MessageQueued:
    outgoing_id: int


@dataclass(frozen=True)
class MessageFiled:
    """It left and its copy stands in sent mail."""

    account_id: int
    key: str


@dataclass(frozen=True)
class MessageRefused:
    """Submission said no for good: it did not leave."""

    account_id: int
    key: str


@dataclass(frozen=True)
class MailHeld:
    """A message waits at the door until its sender says that it is theirs. `at`: ISO."""

    account_id: int
    passage_id: int
    at: str


@dataclass(frozen=True)
class HoldEnded:
    """A held message was released or thrown away; its queue has to follow."""

    passage_id: int
