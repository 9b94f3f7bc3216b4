"""Ports of the sign-in: the revocation counter, and mail delivery."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from vaguemestre.foundation.kernel.slots import Slot


class Revocations(Protocol):
    """Revocation counters and last endings, shared by all processes of the instance."""

    def count(self) -> int:
        """Moves at each change: forget what you remember of sessions."""
        ...

    def end_count(self) -> int:
        """Counter that moves when sessions end."""
        ...

    def bump(self, ended: Collection[str] | None = None) -> None:
        """Call after the commit that ends these sessions; None if they are not known one by one."""
        ...

    def refresh(self) -> None:
        """Call after a commit that changes a person or their preferences and ends no session."""
        ...

    def ended_since(self, seen: int) -> frozenset[int] | None:
        """Marks (`revocations.mark_of`) of sessions ended since that `end_count`; None: check them all."""
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
        """Undo an act of another room, inside the caller's transaction. False: nothing to undo."""
        ...


class StopSending(Protocol):
    def __call__(self, account_id: int, *, by: str, now: datetime) -> None:
        """Stop all that was prepared from the account and would leave or answer without its owner.

        Inside the caller's transaction; drafts and texts are kept.
        """
        ...


class Farewell(Protocol):
    def __call__(self, session_key: str) -> str:
        """The path to show after that session, still open, has ended."""
        ...


farewell: Slot[Farewell] = Slot("signin.farewell")


@dataclass(frozen=True, slots=True)
class ApplicationVisit:
    """An application the user is signed in to."""

    number: int
    name: str
    since: datetime


class Visits(Protocol):
    """The applications an account is signed in to, from the SSO."""

    def visits_of(self, account_id: int) -> list[ApplicationVisit]: ...

    def leave(self, account_id: int, number: int, *, now: datetime) -> None:
        """Use case: sign out of that application, which is notified."""
        ...


class LetterSender(Protocol):
    def __call__(self, domain: str, *, now: datetime) -> str:
        """The mailbox that sends the platform's own messages."""
        ...


revocations: Slot[Revocations] = Slot("signin.revocations")
deliver_notice: Slot[DeliverNotice] = Slot("signin.deliver_notice")
visits: Slot[Visits] = Slot("signin.visits")
undoings: Slot[Mapping[str, Undo]] = Slot("signin.undoings")  # act → undo service of its room
stop_sending: Slot[StopSending] = Slot("signin.stop_sending")
send_outside: Slot[SendOutside] = Slot("signin.send_outside")
letter_sender: Slot[LetterSender] = Slot("signin.letter_sender")
