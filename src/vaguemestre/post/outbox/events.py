"""Events of outgoing messages."""

from dataclasses import dataclass


@dataclass(frozen=True)
class MessageQueued:
    outbox_id: int  # OutboxMessage


@dataclass(frozen=True)
class MessageFiled:
    """The message was submitted and its copy is in sent mail. Followed in the job that filed it."""

    account_id: int
    key: str


@dataclass(frozen=True)
class MessageRefused:
    """Submission refused the message for good."""

    account_id: int
    key: str


@dataclass(frozen=True)
class MailHeld:
    """A submission is held until its sender confirms it. `at`: ISO."""

    account_id: int
    submission_id: int
    at: str


@dataclass(frozen=True)
class HoldEnded:
    """A held submission was released or discarded; the queue has yet to follow."""

    submission_id: int
