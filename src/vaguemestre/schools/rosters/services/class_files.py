"""Files of an import: those an administrator names, read here, and those that a page received, read apart."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from vaguemestre.foundation.kernel.errors import EngineRefused, Refusal
from vaguemestre.people.intake.feed_parsers.csv_lines import Table, read_table
from vaguemestre.schools.rosters.aaf.csv import COLUMNS
from vaguemestre.schools.rosters.aaf.task import requests_in, table_in
from vaguemestre.schools.rosters.aaf.xml import read_requests
from vaguemestre.schools.rosters.ports import ReadApart
from vaguemestre.schools.rosters.values import AafRequest


class ClassFile(Protocol):
    """A file of an import. Methods raise the Refusals of a file that cannot be read."""

    @property
    def name(self) -> str: ...

    def table(self) -> Table:
        """The lines of a CSV of classes."""
        ...

    def requests(self) -> Iterator[AafRequest]:
        """The requests of an AAF export."""
        ...


@dataclass(frozen=True, slots=True)
class ImportFile:
    """A file that the académie's own people name. `chunks` reads it from its start each time."""

    name: str
    chunks: Callable[[], Iterable[bytes]]

    def table(self) -> Table:
        return read_table(b"".join(self.chunks()), COLUMNS)

    def requests(self) -> Iterator[AafRequest]:
        return read_requests(self.chunks(), self.name)


@dataclass(frozen=True, slots=True)
class UploadedFile:
    """A file that somebody gave to a page, which its reading must not hold. Also raises EngineDown."""

    name: str
    content: bytes = field(repr=False)
    read_apart: ReadApart

    def table(self) -> Table:
        return table_in(self._answer())

    def requests(self) -> Iterator[AafRequest]:
        return requests_in(self._answer(), self.name)

    def _answer(self) -> Mapping[str, Any]:
        try:
            return self.read_apart(self.name, self.content)
        except EngineRefused as error:
            raise Refusal("rosters.file-too-complex", file=self.name) from error
