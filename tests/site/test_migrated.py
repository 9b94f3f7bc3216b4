"""A start knows without Django whether the tables are those of this code."""

import dataclasses
from pathlib import Path

import pytest

from vaguemestre.site import migrated
from vaguemestre.site.config import Config, DatabaseSection


@pytest.fixture
def config(tmp_path: Path) -> Config:
    made = Config(home=tmp_path)
    made.data_dir.mkdir()
    (made.data_dir / "vaguemestre.sqlite3").touch()
    return made


def test_tables_are_current_once_remembered(config: Config) -> None:
    assert not migrated.is_current(config)
    migrated.remember(config)
    assert migrated.is_current(config)


def test_a_new_migration_is_noticed(config: Config, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    migrated.remember(config)
    (tmp_path / "room" / "migrations").mkdir(parents=True)
    (tmp_path / "room" / "migrations" / "0001_initial.py").touch()
    monkeypatch.setattr(migrated, "SOURCE", tmp_path)
    assert not migrated.is_current(config)


def test_another_database_or_none_is_noticed(config: Config) -> None:
    migrated.remember(config)
    elsewhere = dataclasses.replace(config, database=DatabaseSection(engine="postgresql", host="db"))
    assert not migrated.is_current(elsewhere)
    (config.data_dir / "vaguemestre.sqlite3").unlink()
    assert not migrated.is_current(config)
