"""Results of runs: one file a run, one JSON value a line, kept for the report."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).resolve().parents[1] / "results" / "drill"


class Record:
    """The file of one run, written line by line: what was seen before a run broke off is kept."""

    def __init__(self, run: str, folder: Path = FOLDER) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._path = folder / f"{run}.jsonl"

    def add(self, what: str, values: dict[str, Any]) -> None:
        with self._path.open("a", encoding="utf-8") as file:
            file.write(json.dumps({"what": what, **values}, ensure_ascii=False) + "\n")


def read(folder: Path = FOLDER) -> Iterator[list[dict[str, Any]]]:
    """The lines of each run, the oldest run first."""
    for path in sorted(folder.glob("*.jsonl")):
        yield [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def faults_of(seed: int, folder: Path = FOLDER) -> int:
    """How many faults of that seed were done."""
    runs = [lines for lines in read(folder) if lines and lines[0].get("seed") == seed]
    return sum(line["what"] == "fault" for lines in runs for line in lines)
