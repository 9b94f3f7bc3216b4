"""Ports of provisioning to the engines."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Protocol

from vaguemestre.foundation.kernel.slots import Slot
from vaguemestre.people.provisioning.values import ExpectedMailbox


class MailDirectory(Protocol):
    """The engines' own list of mailboxes. Changes are effective when the call returns."""

    def put(self, expected: Iterable[ExpectedMailbox]) -> Collection[str]:
        """Create or update these mailboxes, in one transaction of the projection.

        Returns the mailboxes whose connections must be cut, as they were closed, resized or lost an app
        password.
        """
        ...

    def drop(self, mailboxes: Iterable[str]) -> None: ...

    def held(self) -> Mapping[str, ExpectedMailbox]:
        """All mailboxes of the engines, by name."""
        ...

    def sending_addresses(self, mailbox: str) -> frozenset[str]:
        """The addresses that mailbox may send from, lower case. Raises EngineDown."""
        ...

    def addresses_of(self, mailbox: str) -> frozenset[str]:
        """Every address that mailbox receives at, lower case. Raises EngineDown."""
        ...

    def delivered(self, addresses: Collection[str]) -> frozenset[str]:
        """The addresses, among these (lower case), that some mailbox receives. Raises EngineDown."""
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
        """The Unix time of the last withdrawal of a token (or, if not `by_token`, a password); 0: none.

        A connection opened before may use what was withdrawn. Raises EngineDown.
        """
        ...

    def allow_token(
        self, mailbox: str, token_sha256: str, expires_at: int, *, is_program: bool = False
    ) -> None:
        """Let a mail token open that mailbox until that Unix time.

        `is_program`: of a mail program, which signs in for the protocols of its class of service only.

        Raises EngineDown if the engines do not know the mailbox yet.
        """
        ...

    def refuse_tokens(self, token_sha256s: Iterable[str]) -> None:
        """Refuse these tokens from now on."""
        ...


class Connections(Protocol):
    def cut(self, mailbox: str) -> None:
        """Close every open IMAP connection of that mailbox and forget what the engine cached about it."""
        ...


class MailHomes(Protocol):
    def make(self, mailboxes: Sequence[str]) -> None:
        """Create on disk the mailboxes that the engine knows and nobody has opened yet.

        Otherwise the first message and the first mail program create one at once, and disturb each other.
        Raises EngineDown, EngineRefused.
        """
        ...


class Places(Protocol):
    """The engines' map of mailboxes to pods. Every method may raise EngineDown."""

    def freeze(self, mailbox: str) -> None:
        """Close that mailbox; its mail waits in the queue."""
        ...

    def settle(self, mailbox: str, pod: str) -> None:
        """Open that mailbox on that pod, from now on."""
        ...


class PodMail(Protocol):
    """The mail stored on pods. Every method may raise EngineDown and EngineRefused."""

    def copy(self, mailbox: str, source: str, target: str) -> None:
        """Make the mailbox on `target` exactly what it is on `source`."""
        ...

    def merge(self, mailbox: str, source: str, target: str) -> None:
        """Copy to `target` the messages that only `source` has."""
        ...

    def cut(self, mailbox: str, pod: str) -> None:
        """Close every connection of that mailbox."""
        ...

    def empty(self, mailbox: str, pod: str) -> None:
        """Delete every message of the mailbox on that pod."""
        ...


mail_directory: Slot[MailDirectory] = Slot("provisioning.mail_directory")
connections: Slot[Connections] = Slot("provisioning.connections")
mail_homes: Slot[MailHomes] = Slot("provisioning.mail_homes")
