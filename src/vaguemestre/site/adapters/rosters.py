"""What rosters need of the sandbox."""

from collections.abc import Mapping
from typing import Any

from vaguemestre.engines.conversion.task_runner import Budget, FileReader
from vaguemestre.schools.rosters.aaf import task

_BUDGET = Budget(processor=6, clock=30)


class ClassFileReader:
    """`rosters.ports.ReadApart`. One file at a time, and one that waits: each holds a thread of the pages."""

    def __init__(self) -> None:
        self._read = FileReader(task.__name__, _BUDGET)

    def __call__(self, name: str, content: bytes) -> Mapping[str, Any]:
        answer: Mapping[str, Any] = self._read({"name": name}, content)
        return answer
