"""Held files are sealed again with the current key, whole and for their readers alone."""

from pathlib import Path

import pytest

from vaguemestre.people.directory.rules.numen_vault import keys_from, open_envelope, seal_bytes
from vaguemestre.people.intake.services import reseal_lines
from vaguemestre.people.intake.values import HELD_FILE_PURPOSE

FORMER, KEYS = keys_from("former"), keys_from("current", "former")


@pytest.mark.django_db(transaction=True)
def test_held_files_are_sealed_again_once_and_nothing_else_is_touched(tmp_path: Path) -> None:
    for name in ("1.feed", "1.structures"):
        (tmp_path / name).write_bytes(seal_bytes(name.encode(), FORMER, HELD_FILE_PURPOSE))
    (tmp_path / "notes.txt").write_bytes(b"as it is")
    assert reseal_lines(KEYS, tmp_path) == 2
    current_alone = keys_from("current")
    for name in ("1.feed", "1.structures"):
        content = (tmp_path / name).read_bytes()
        assert open_envelope(content, current_alone, HELD_FILE_PURPOSE) == name.encode()
        assert (tmp_path / name).stat().st_mode & 0o777 == 0o660
    assert (tmp_path / "notes.txt").read_bytes() == b"as it is"
    assert reseal_lines(KEYS, tmp_path) == 0
    assert sorted(path.name for path in tmp_path.iterdir()) == ["1.feed", "1.structures", "notes.txt"]


@pytest.mark.django_db(transaction=True)
def test_an_instance_that_never_held_a_file_has_nothing_to_seal(tmp_path: Path) -> None:
    assert reseal_lines(KEYS, tmp_path / "feeds") == 0
