"""What an engine's own check accepted is not checked again; whatever else is."""

from collections.abc import Callable
from pathlib import Path

import pytest

from vaguemestre.engines.config_templates import CheckedFiles


@pytest.fixture
def place(tmp_path: Path) -> Path:
    (tmp_path / "main.cf").write_text("queue = here\n")
    (tmp_path / "program").write_text("#!/bin/sh\n")
    (tmp_path / "spool" / "active").mkdir(parents=True)
    return tmp_path


def checked(place: Path) -> CheckedFiles:
    return CheckedFiles(
        place / "checked",
        texts=[place / "main.cf"],
        programs=[place / "program"],
        parents=[place / "spool"],
    )


def test_what_was_never_checked_did_not_pass(place: Path) -> None:
    assert not checked(place).is_passed()


def test_what_passed_still_does_at_the_next_start(place: Path) -> None:
    checked(place).note_passed()
    assert checked(place).is_passed()


@pytest.mark.parametrize(
    "change",
    [
        lambda place: (place / "main.cf").write_text("queue = there\n"),
        lambda place: (place / "main.cf").unlink(),
        lambda place: (place / "program").write_text("#!/bin/sh -e\n"),
        lambda place: (place / "program").unlink(),
        lambda place: (place / "program").chmod(0o700),
        lambda place: (place / "spool" / "active").rmdir(),
        lambda place: (place / "spool" / "active").chmod(0o700),
        lambda place: (place / "spool" / "other").mkdir(),
        lambda place: (place / "checked").write_bytes(b"\xff"),
    ],
    ids=["text", "no text", "program", "no program", "mode", "no folder", "folder", "new folder", "mark"],
)
def test_what_changed_since_is_checked_again(place: Path, change: Callable[[Path], object]) -> None:
    checked(place).note_passed()
    change(place)
    assert not checked(place).is_passed()
