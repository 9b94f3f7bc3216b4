"""What provisioning asks of the engines."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Protocol

from vaguemestre.foundation.kernel.slots import Slot
from vaguemestre.people.provisioning.values import ExpectedMailbox


class MailDirectory(Protocol):
    """The engines' own view of who has a mailbox. Changes are effective when the call returns."""

    def put(self, expected: Iterable[ExpectedMailbox]) -> Collection[str]:
        """Make these mailboxes so, in one transaction of the projection.

        Returns those that a key, or everything, opens no more: what it had opened is to be cut.
        """
        ...

    def drop(self, mailboxes: Iterable[str]) -> None: ...

    def held(self) -> Mapping[str, ExpectedMailbox]:
        """Everything the engines know, by mailbox."""
        ...

    def sending_addresses(self, mailbox: str) -> frozenset[str]:
        """What that mailbox may write as, lower case. Raises EngineDown."""
        ...

    def addresses_of(self, mailbox: str) -> frozenset[str]:
        """Every address that mailbox receives at, lower case. Raises EngineDown."""
        ...

    def delivered(self, addresses: Collection[str]) -> frozenset[str]:
        """Those of the addresses, lower case, that some mailbox receives at. Raises EngineDown."""
        ...

    def mailboxes_of(self, addresses: Collection[str]) -> Mapping[str, str]:
        """Address → mailbox, for those, lower case, that some mailbox receives at. Raises EngineDown."""
        ...

    def is_ours(self, domain: str) -> bool:
        """Whether one of our mailboxes receives at that domain. Raises EngineDown."""
        ...

    def held_names(self) -> frozenset[str]:
        """Every mailbox the engines know. Raises EngineDown."""
        ...

    def withdrawn_at(self, mailbox: str, *, by_token: bool) -> float:
        """The Unix time of the last withdrawal of a token, or a password, that opened it; 0: none.

        Raises EngineDown.

        A connection opened before may stand on what was withdrawn.
        """
        ...

    def allow_token(self, mailbox: str, token_sha256: str, expires_at: int) -> None:
        """From now on this mail token opens that mailbox, until that Unix time.

        Raises EngineDown when the engines do not know the mailbox yet.
        """
        ...

    def refuse_tokens(self, token_sha256s: Iterable[str]) -> None:
        """From now on these tokens open nothing."""
        ...


class Connections(Protocol):
    def cut(self, mailbox: str) -> None:
        """Close every open IMAP connection of that mailbox and forget what the engine cached about it."""
        ...


class MailHomes(Protocol):
    def make(self, mailboxes: Sequence[str]) -> None:
        """Make these mailboxes, which the engine knows, where nothing has opened them yet.

        Else the first message and the first program of a mailbox make it at once, and disturb each other.
        Raises EngineDown, EngineRefused.
        """
        ...


class Places(Protocol):
    """Where the engines look for mailboxes, on several pods. Every method may raise EngineDown."""

    def freeze(self, mailbox: str) -> None:
        """From now on nothing opens that mailbox, and its mail waits in the queue."""
        ...

    def settle(self, mailbox: str, pod: str) -> None:
        """From now on that mailbox lives on that pod, and is open."""
        ...


class PodMail(Protocol):
    """The mail that pods keep. Every method may raise EngineDown and EngineRefused."""

    def copy(self, mailbox: str, source: str, target: str) -> None:
        """Make the mailbox on `target` exactly what it is on `source`."""
        ...

    def merge(self, mailbox: str, source: str, target: str) -> None:
        """Bring to `target` what `source` has and it has not."""
        ...

    def cut(self, mailbox: str, pod: str) -> None:
        """Close every connection of that mailbox."""
        ...

    def empty(self, mailbox: str, pod: str) -> None:
        """Delete every message of it there."""
        ...


mail_directory: Slot[MailDirectory] = Slot("provisioning.mail_directory")
connections: Slot[Connections] = Slot("provisioning.connections")
mail_homes: Slot[MailHomes] = Slot("provisioning.mail_homes")
