"""Mail merge: one copy for each recipient."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple

from vaguemestre.schools.rosters.values import ContentWarning


class TableRow(NamedTuple):
    """Row of a table. `number`: its line; `is_hidden`: by a filter of the workbook, or by hand."""

    number: int
    cells: list[str]
    is_hidden: bool = False


class Table(NamedTuple):
    """`address_title`: title of the column of addresses, where its owner chose one of several.

    If several have it, `address_place` says which of them. `sheets`: of its workbook, the first is read.
    """

    header: list[str]
    rows: list[TableRow]
    address_title: str = ""
    address_place: int | None = None
    sheets: tuple[str, ...] = ()


@dataclass(frozen=True)
class MergeCopy:
    """Copy of a mailing. `number`: line in the file; `values`: column (plain name) → cell."""

    number: int
    name: str
    address: str
    values: dict[str, str]


@dataclass(frozen=True)
class InvalidRow:
    """Row without a copy.

    `reason`: `address-missing`, `address-wrong`, `addresses-several`, `twice`, `empty:COLUMN`,
    `refused:CODE` (put aside).
    """

    number: int
    typed: str
    reason: str


class ColumnChoice(NamedTuple):
    """A column that holds addresses, to choose from. `letters`: as a workbook names it, `AA`."""

    place: int
    title: str
    letters: str


class MergeResult(NamedTuple):
    copies: list[MergeCopy]
    invalid_rows: list[InvalidRow]


@dataclass(frozen=True)
class MailingOrder:
    """What its writer decided when they started or resumed a mailing.

    `signature`: the imposed one, put below the text if its writer took it out. `is_sure`: the cautions about
    a message to classes are confirmed. `proof`: digest of what was proofread (`queries.proof_of`).
    """

    proof: str = ""
    due_at: datetime | None = None  # now without
    signature: str = ""
    is_sure: bool = True


@dataclass(frozen=True)
class CopyPreview:
    """A copy as its recipient will read it."""

    name: str
    address: str
    subject: str
    html: str


class MailingState(StrEnum):
    READY = "ready"  # prepared, and its writer has not started it
    RUNNING = "running"  # or scheduled
    STOPPED = "stopped"
    DONE = "done"


@dataclass(frozen=True)
class MailingStatus:
    """Progress of a mailing, in copies."""

    id: int
    state: MailingState
    total: int
    queued: int
    sent: int
    refused: int
    invalid_rows: tuple[InvalidRow, ...]
    previews: tuple[CopyPreview, ...]
    source: str  # name of the file; "": the recipients of the message
    audiences: tuple[str, ...] = ()  # names of the classes
    sender: str = ""  # sender address, if not that of the identity
    cautions: tuple[ContentWarning, ...] = ()
    due_at: datetime | None = None  # scheduled time
    is_to_come: bool = False
    subject: str = ""
    proof: str = ""  # digest of what is proofread; "" once sent or scheduled
    repeated: int = 0  # addresses that have several copies, which say different things
    withdrawn: int = 0  # with the right of their sender: they leave once it is resumed
    files: tuple[str, ...] = ()  # names of the attachments and links of each copy
    left_out: tuple[str, ...] = ()  # recipients of the message that the table does not have

    @property
    def may_reopen(self) -> bool:
        """Whether its writer may go back to the text: stopped, and nobody has a copy."""
        return self.state is MailingState.STOPPED and not self.queued

    @property
    def on_the_way(self) -> int:
        """Copies handed to the outbox whose end is not known yet; they leave even after a stop."""
        return max(0, self.queued - self.sent - self.refused - self.withdrawn)

    @property
    def waiting(self) -> int:
        return self.total - self.queued + self.withdrawn
