"""What signin is lent: the counter every worker watches, and a way into inboxes."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from vaguemestre.foundation.kernel.slots import Slot


class Revocations(Protocol):
    """What all processes of the instance are told of sessions that ended and of people who changed."""

    def count(self) -> int:
        """Moves at each change: forget what you remember of sessions."""
        ...

    def end_count(self) -> int:
        """Moves when sessions ended."""
        ...

    def bump(self, ended: Collection[str] | None = None) -> None:
        """Called after the commit that ends these sessions; None where it is not known which."""
        ...

    def refresh(self) -> None:
        """Called after the commit that changes a person, or their preferences, and ends nothing."""
        ...

    def ended_since(self, seen: int) -> frozenset[int] | None:
        """Marks (`revocations.mark_of`) of what ended since `end_count` was that; None: look at all."""
        ...


class DeliverNotice(Protocol):
    def __call__(self, mailbox: str, content: bytes, message_id: str, at: datetime) -> None:
        """Put the message in the inbox unless one of that Message-ID is there.

        Raises EngineDown or EngineRefused.
        """
        ...


class SendOutside(Protocol):
    def __call__(self, mailbox: str, sender: str, recipients: list[str], content: bytes) -> None:
        """Hand one message to the submission service as that mailbox. Raises EngineDown or EngineRefused."""
        ...


class Undo(Protocol):
    def __call__(self, account_id: int, number: int, *, by: str, now: datetime) -> bool:
        """Take back an act of another room, inside the caller's transaction. False: nothing to undo."""
        ...


class Farewell(Protocol):
    def __call__(self, session_key: str) -> str:
        """The path of the page shown once that session, still open, has ended."""
        ...


farewell: Slot[Farewell] = Slot("signin.farewell")


@dataclass(frozen=True, slots=True)
class Visited:
    """An application somebody is in."""

    number: int
    name: str
    since: datetime


class Visits(Protocol):
    """Applications entered with an account (the SSO's to know)."""

    def visits_of(self, account_id: int) -> list[Visited]: ...

    def leave(self, account_id: int, number: int, *, now: datetime) -> None:
        """Use case: out of that one; the application is told."""
        ...


class LetterSender(Protocol):
    def __call__(self, domain: str, *, now: datetime) -> str:
        """The mailbox that letters of the platform leave from."""
        ...


revocations: Slot[Revocations] = Slot("signin.revocations")
deliver_notice: Slot[DeliverNotice] = Slot("signin.deliver_notice")
visits: Slot[Visits] = Slot("signin.visits")
undoings: Slot[Mapping[str, Undo]] = Slot("signin.undoings")  # act → how its room undoes it
send_outside: Slot[SendOutside] = Slot("signin.send_outside")
letter_sender: Slot[LetterSender] = Slot("signin.letter_sender")
