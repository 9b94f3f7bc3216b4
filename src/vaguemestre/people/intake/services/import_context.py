"""Values of an import: its files, the académie it writes to, the result of checking a feed."""

from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from vaguemestre.foundation.cluster.locks import exclusive
from vaguemestre.foundation.kernel.errors import Refusal
from vaguemestre.people.directory.values import NumenKeys, Place, PlaceChange
from vaguemestre.people.intake.feed_parsers.csv_lines import Content
from vaguemestre.people.intake.ports import ClosingDays
from vaguemestre.people.intake.values import Plan, RefusedLine

type Progress = Callable[[int, int], None]
"""Called with the number of people applied and the total."""


def _no_closing_planned(account_ids: Collection[int] | None) -> Mapping[int, date]:
    """ClosingDays of an académie without any departure under way."""
    return {}


@dataclass(frozen=True, slots=True)
class ImportContext:
    """The académie a feed is applied to, and by whom. `lock`: the file that one import at a time holds.

    `closing_days`: when departures under way close accounts. `keeps_usernames`: of those who come from
    another académie of the installation.
    """

    academy_id: int
    keys: NumenKeys
    quota_mb: int
    by: str
    lock: Path
    closing_days: ClosingDays = _no_closing_planned
    keeps_usernames: bool = False


@dataclass(frozen=True, slots=True)
class FeedFiles:
    """A feed, in memory or on disk, and its companion file of establishments if any."""

    feed: bytes | Path
    structures: bytes | None = None
    name: str = ""


@dataclass(frozen=True, slots=True)
class ReceivedFeed:
    """The bytes of a feed, their hash, and when they were first received."""

    files: FeedFiles
    content: Content
    sha256: str
    received: datetime


@dataclass(frozen=True, slots=True)
class CheckedFeed:
    """A feed compared with the directory; nothing was changed. `lines`: how many were read.

    `newest_person`: the last one registered in the académie when the directory was read. `changed_places`:
    the establishments of the académie that it describes otherwise.
    """

    plan: Plan
    places: tuple[Place, ...]
    notices: tuple[str, ...]
    refused_places: tuple[RefusedLine, ...]
    lines: int
    newest_person: int = 0
    changed_places: tuple[PlaceChange, ...] = ()


@contextmanager
def import_lock(lock: Path) -> Iterator[None]:
    """Hold the lock of the only import of all machines; it is freed if the process dies.

    Raises Refusal `intake.import-running`.
    """
    lock.parent.mkdir(parents=True, exist_ok=True)
    with exclusive(lock.name, lock) as is_ours:
        if not is_ours:
            raise Refusal("intake.import-running")
        yield
