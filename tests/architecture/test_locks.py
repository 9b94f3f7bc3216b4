"""Lock files pin contents by their hash and name no place to fetch them from: each machine has its own."""

from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parents[2]
LOCKS = (*sorted((PROJECT / "requirements").glob("*.txt")), PROJECT / "frontend" / "package-lock.json")


@pytest.mark.parametrize("lock", LOCKS, ids=lambda path: path.name)
def test_a_lock_names_no_address(lock: Path) -> None:
    lines = lock.read_text(encoding="utf-8").splitlines()
    assert [line for line in lines if "://" in line] == []
