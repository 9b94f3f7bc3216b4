"""Nouns of a move. All frozen."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

INBOX = "INBOX"
ELSEWHERE_FOLDER = "Import"  # where everything goes when asked to stay apart


class Kind(StrEnum):
    FILE = "file"
    SERVER = "server"
    EXPORT = "export"
    SEALED = "sealed"  # for another installation


WITHDRAWN = "portability.withdrawn"  # the trouble of a copy its owner never asked for


class State(StrEnum):
    RUNNING = "running"
    DONE = "done"
    STOPPED = "stopped"  # by the person; goes on when asked
    FAILED = "failed"  # `trouble` says why; goes on when asked


@dataclass(frozen=True)
class Mark:
    """What makes two copies one message: a digest of the fields that name it, and the size in bytes."""

    digest: str
    size: int


@dataclass(frozen=True)
class Piece:
    """A message found in what is brought in.

    `folder`: as the source names it, levels apart by `/`, empty when it names none. `use`: the special use
    that the source declares (`sent`, `trash`…), or empty. `content`: with any line ends. `date`: when it was
    received, if the source says. `cursor`: what to go on after; `reached`: how far that is, of `total`.
    `problem`: why it cannot be read (a code of `rules.problems`), or empty; it has no content then.
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


@dataclass(frozen=True)
class Places:
    """The folders of a mailbox, and which is for what (`sent`, `drafts`, `junk`, `trash`, `archive`)."""

    names: frozenset[str]
    special: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class ExportedMessage:
    """A message of the mailbox, on its way out. `content` ends its lines with CR LF.

    `validity`: the folder's UIDVALIDITY; UIDs of another say nothing of this one's.
    """

    uid: int
    flags: frozenset[str]
    date: datetime
    content: bytes
    validity: int = 1


@dataclass(frozen=True)
class Left:
    """A message that could not be brought in: where it was, and why."""

    place: str
    problem: str


@dataclass(frozen=True)
class Tally:
    """How far a move is. `reached` of `total`: bytes of a file, messages of a server or of a mailbox."""

    cursor: str = ""
    reached: int = 0
    total: int = 0
    added: int = 0
    known: int = 0  # there already
    left: tuple[Left, ...] = ()
    left_count: int = 0
    is_over: bool = False
    verified: int = 0  # found in the mailbox afterwards, as they were


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
    size: int = 0  # of the file to take away, in bytes
    is_kept: bool = True  # what it needs to go on: its file, or the password of the other server

    @property
    def may_resume(self) -> bool:
        return self.state in (State.STOPPED, State.FAILED) and self.is_kept and self.trouble != WITHDRAWN
