"""Values of imports and exports."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

INBOX = "INBOX"
IMAPS_PORT = 993  # RFC 8314 §3.2
ELSEWHERE_FOLDER = "Import"  # receives everything, if the person does not want the original folders


class Kind(StrEnum):
    FILE = "file"
    SERVER = "server"
    EXPORT = "export"
    SEALED = "sealed"  # for another installation


WITHDRAWN = "portability.withdrawn"  # trouble of an export that its owner never requested


# The other server answers the same to what was typed: it is corrected, never sent again as it is.
CORRECTED = frozenset(
    f"portability.server-{word}" for word in ("certificate", "not-allowed", "refused", "unknown")
)
# Troubles that a second try meets again.
HOPELESS = CORRECTED | {
    WITHDRAWN,
    *(f"portability.file-{word}" for word in ("damaged", "too-big", "unknown", "unreadable")),
    *(f"portability.{word}" for word in ("not-for-us", "pst-not-here", "signature-wrong")),
}


class State(StrEnum):
    RUNNING = "running"
    DONE = "done"
    STOPPED = "stopped"  # by the person, who may resume it
    FAILED = "failed"  # for the reason in `trouble`; it may be resumed


@dataclass(frozen=True)
class Mark:
    """Identity of a message, equal for two copies: digest of its identifying fields, size in bytes."""

    digest: str
    size: int


@dataclass(frozen=True)
class Piece:
    """A message found in a source.

    `place`: where it is, for the person. `folder`: its name in the source, levels separated by `/`; may be
    empty. `use`: the special use that the source declares (`sent`, `trash`…), or empty. `content`: with any
    line ends; empty with a `problem` (key of PROBLEMS). `date`: of reception, if the source knows it.
    `cursor`: position after the message; `reached`: progress at that position, out of `Source.total`.
    `is_place`: no message, only how far the source was read.
    """

    place: str
    cursor: str
    reached: int
    folder: str = ""
    use: str = ""
    content: bytes = b""
    flags: frozenset[str] = frozenset()
    date: datetime | None = None
    problem: str = ""
    is_place: bool = False


@dataclass(frozen=True)
class Places:
    """The folders of a mailbox; `special`: folder by use (`sent`, `drafts`, `junk`, `trash`, `archive`)."""

    names: frozenset[str]
    special: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class ExportedMessage:
    """A message to export. `content`: with CR LF line ends. `validity`: UIDVALIDITY of `uid`."""

    uid: int
    flags: frozenset[str]
    date: datetime
    content: bytes
    validity: int = 1


@dataclass(frozen=True)
class Left:
    """A message that was not imported: where it was, and why (key of PROBLEMS)."""

    place: str
    problem: str


@dataclass(frozen=True)
class Tally:
    """Progress and counts of a move. `reached` of `total`: bytes of a file, messages of a server, folders."""

    cursor: str = ""
    reached: int = 0
    total: int = 0
    added: int = 0
    known: int = 0  # there already
    left: tuple[Left, ...] = ()
    left_count: int = 0
    is_over: bool = False
    verified: int = 0  # found again in the mailbox after a transfer


@dataclass(frozen=True)
class Server:
    """Another mail server, as its owner names it."""

    host: str
    port: int
    username: str
    password: str = field(repr=False)


@dataclass(frozen=True)
class Shown:
    """A move as its owner reads it."""

    move_id: int
    kind: Kind
    state: State
    name: str
    tally: Tally
    trouble: str
    begun_at: datetime
    ended_at: datetime | None
    size: int = 0  # of the file to download, in bytes
    is_kept: bool = True  # whether its file, or the password of the other server, is still there

    @property
    def may_resume(self) -> bool:
        is_paused = self.state in (State.STOPPED, State.FAILED)
        return is_paused and self.is_kept and self.trouble not in HOPELESS

    @property
    def may_correct(self) -> bool:
        """Whether the server or the password typed for it was the trouble."""
        return self.state is State.FAILED and self.trouble in CORRECTED
