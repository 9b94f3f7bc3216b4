"""The page of machines is what the command prints; the spreadsheet holds the same figures."""

import csv
import io
from pathlib import Path

from typer.testing import CliRunner

from vaguemestre.cli.main import ENTRIES, program

PAGE = Path(__file__).resolve().parents[2] / "docs" / "operations" / "capacity.md"


def printed(*options: str) -> str:
    entry = next(entry for entry in ENTRIES if entry.name == "model")
    ended = CliRunner().invoke(program(entry), ["model", *options], catch_exceptions=False)
    assert ended.exit_code == 0, ended.output
    return ended.output


def test_the_committed_page_is_what_the_command_prints() -> None:
    again = "run: bin/vaguemestre model --page > docs/operations/capacity.md"
    assert PAGE.read_text(encoding="utf-8") == printed("--page"), again
    assert PAGE.read_text(encoding="utf-8").endswith(printed())


def test_the_spreadsheet_holds_the_figures_of_the_tables() -> None:
    shown = [
        [cell.strip() for cell in line.strip("|").split("|")]
        for line in printed().splitlines()
        if line.startswith("| ") and not line.startswith("| -")
    ]
    rows = list(csv.reader(io.StringIO(printed("--tsv")), delimiter="\t", quoting=csv.QUOTE_NONE))
    assert [[cell.strip() for cell in row] for row in rows if len(row) > 1] == shown


def test_another_size_may_be_asked_for() -> None:
    told = printed("--people", "90000", "--installations", "2", "--with", "cores=8")
    assert "90 000 personnes, 2 installations" in told
    assert "une académie de 45 000" not in told
    assert "| cores " in told
