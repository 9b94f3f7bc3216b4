"""What removals need from the engines."""

from collections.abc import Collection, Mapping, Sequence
from typing import Protocol

from vaguemestre.desks.removals.values import Look, MailCopy, SoughtMail
from vaguemestre.foundation.kernel.slots import Slot


class MailCopies(Protocol):
    """Copies of messages in a mailbox. No text is read. Methods raise EngineDown, EngineRefused."""

    def find_copies(self, mailbox: str, sought: SoughtMail) -> list[MailCopy]:
        """The copies of these messages there, deleted ones included."""
        ...

    def look(self, mailbox: str, sought: SoughtMail) -> Look:
        """What `find_copies` gives, and the state of the mailbox."""
        ...

    def state(self, mailbox: str) -> str:
        """The same as long as no message there came, went or was marked; empty if that cannot be told."""
        ...

    def find_guids(self, mailbox: str, guids: Collection[str]) -> list[MailCopy]:
        """The copies with these GUIDs that are in sight, deleted ones included."""
        ...

    def remove_copies(self, mailbox: str, uids: Mapping[str, Sequence[int]]) -> int:
        """Move messages, given by folder, out of their owner's sight, with flags and dates.

        Returns how many were seen to go: fewer says nothing.
        """
        ...

    def list_removed(self, mailbox: str) -> list[tuple[int, str]]:
        """UID and GUID of each copy that is out of sight."""
        ...

    def restore_copies(self, mailbox: str, uids: Mapping[str, Sequence[int]]) -> None:
        """Move removed copies back, given by the folder each goes to."""
        ...

    def restore_guids(self, mailbox: str, guids: Mapping[str, Sequence[str]]) -> None:
        """The same, by the GUIDs of those that are out of sight; of others nothing is said."""
        ...

    def discard_copies(self, mailbox: str, uids: Sequence[int]) -> None:
        """Delete removed copies for good."""
        ...


class RefuseContent(Protocol):
    def __call__(self, marks: Collection[str]) -> None:
        """Have the filter refuse what bears one of these marks (`rules.marks`), in place of the former ones.

        Raises EngineDown.
        """
        ...


mail_copies: Slot[MailCopies] = Slot("removals.mail_copies")
refuse_content: Slot[RefuseContent] = Slot("removals.refuse_content")
