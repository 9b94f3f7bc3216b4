"""`docs/standards.tsv`: the checks it lists are tests, under the very names it gives."""

import csv
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parents[2]
STATES = {"done", "partly", "no"}
# Every test of these is a check of its own.
WHOLE = (
    "tests/access/sso/oidc/test_conformance.py",
    "tests/access/sso/saml/test_attacks.py",
    "tests/access/sso/test_addresses.py",
)


def rows() -> list[dict[str, str]]:
    with (PROJECT / "docs" / "standards.tsv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, delimiter="\t", restval="", quoting=csv.QUOTE_NONE))


@pytest.fixture(scope="module")
def named() -> set[str]:
    """The tests that the files of the table hold, as pytest names them."""
    files = sorted({row["shown by"].partition("::")[0] for row in rows() if row["shown by"]})
    # a whole run measures each room's lines (tests/room_coverage.py), and this one runs none
    environment = {name: value for name, value in os.environ.items() if name != "VAGUEMESTRE_ROOM_COVERAGE"}
    told = subprocess.run(
        [sys.executable, "-m", "pytest", "--collect-only", "-q", "-p", "no:randomly", *files],
        cwd=PROJECT, capture_output=True, text=True, check=False, env=environment,
    )  # fmt: skip
    assert told.returncode == 0, told.stdout[-2000:]
    return {line for line in told.stdout.splitlines() if "::" in line}


def test_every_row_is_complete_and_stands_once() -> None:
    seen = [(row["standard"], row["title"]) for row in rows()]
    assert len(seen) == len(set(seen))
    assert all(row["state"] in STATES and row["standard"] and row["title"] for row in rows())
    assert all(row["shown by"] for row in rows() if row["standard"].endswith(" check"))


@pytest.mark.heavy
def test_every_check_has_its_test(named: set[str]) -> None:
    bare = {one.partition("[")[0] for one in named}
    lost = [row["shown by"] for row in rows() if row["shown by"] and row["shown by"] not in named | bare]
    assert lost == []


@pytest.mark.heavy
def test_every_test_of_a_list_of_checks_is_in_the_table(named: set[str]) -> None:
    told = {row["shown by"] for row in rows()}
    assert [one for one in sorted(of_lists(named)) if not {one, one.partition("[")[0]} & told] == []


def of_lists(named: set[str]) -> Iterator[str]:
    return (one for one in named if one.startswith(WHOLE))
