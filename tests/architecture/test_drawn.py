"""On a second database a run tries a part of the engines, and whatever names a database."""

from pathlib import Path

import pytest
from tests import drawn

LINE = "pytestmark = pytest.mark.engines\n"


def _files(folder: Path, text: str) -> list[Path]:
    files = [folder / f"test_{number}.py" for number in range(60)]
    for file in files:
        file.write_text(text, encoding="utf-8")
    return files


@pytest.fixture
def second(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VAGUEMESTRE_SOME_ENGINES", "1")
    monkeypatch.setenv("VAGUEMESTRE_SEED", "7")
    monkeypatch.setattr(drawn, "LONG", False)


@pytest.mark.usefixtures("second")
def test_a_run_on_a_second_database_tries_the_engines_of_one_file_in_three(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    files = _files(tmp_path, LINE)
    tried = set[Path]()
    for seed in range(40):
        monkeypatch.setenv("VAGUEMESTRE_SEED", str(seed))
        drawn.are_engines_tried.cache_clear()
        some = {file for file in files if drawn.are_engines_tried(file)}
        assert 5 <= len(some) <= 35
        tried |= some
    assert tried == set(files)


@pytest.mark.usefixtures("second")
@pytest.mark.parametrize("word", ["PostgreSQL", "sqlite3", "test_dying_database", "django_db", "in SQL"])
def test_a_file_that_names_a_database_is_tried_each_time(tmp_path: Path, word: str) -> None:
    assert all(drawn.are_engines_tried(file) for file in _files(tmp_path, f"{LINE}# {word}\n"))


@pytest.mark.usefixtures("second")
def test_a_mark_that_says_there_is_none_names_no_database(tmp_path: Path) -> None:
    files = _files(tmp_path, f"{LINE}# pytest.mark.no_database\n")
    assert not all(drawn.are_engines_tried(file) for file in files)


@pytest.mark.usefixtures("second")
@pytest.mark.parametrize("whole", ["long", "first"])
def test_a_long_run_and_a_first_database_try_every_engine(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, whole: str
) -> None:
    if whole == "long":
        monkeypatch.setattr(drawn, "LONG", True)
    else:
        monkeypatch.delenv("VAGUEMESTRE_SOME_ENGINES")
    assert all(drawn.are_engines_tried(file) for file in _files(tmp_path, LINE))
