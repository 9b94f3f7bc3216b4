"""A backup holds what the instance holds, whatever moves meanwhile; what is no backup is not put back."""

import sqlite3
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest

from vaguemestre.processes.supervisor import backup
from vaguemestre.processes.supervisor.backup import MANIFEST, NotABackup, back_up, manifest_of, restore
from vaguemestre.processes.supervisor.place import HomeUnusable
from vaguemestre.site.config import Config

NOW = datetime(2026, 11, 25, 3, tzinfo=UTC)


def tell(step: str, count: int) -> None:
    """Nobody looks."""


@pytest.fixture
def config(tmp_path: Path) -> Config:
    made = Config(home=tmp_path / "home")
    for folder in ("mail/x/cur", "mail/x/new", "secrets", "data", "engines/tls"):
        (made.home / folder).mkdir(parents=True)
    (made.home / "mail/x/cur/1:2,").write_bytes(b"un")
    (made.home / "mail/x/new/2").write_bytes(b"deux")
    (made.home / "secrets/numen_key").write_text("clef")
    (made.home / "data/feed.lock").touch()
    with closing(sqlite3.connect(made.data_dir / "vaguemestre.sqlite3")) as database, database:
        database.execute("CREATE TABLE t (x)")
        database.execute("INSERT INTO t VALUES (7)")
    return made


def held(folder: Path) -> set[str]:
    return {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}


def test_a_second_run_copies_only_what_changed_and_forgets_what_went(config: Config, tmp_path: Path) -> None:
    target = tmp_path / "kept"
    back_up(config, target, now=NOW, tell=tell)
    first = (target / "mail/x/cur/1:2,").stat().st_ino
    (config.home / "mail/x/new/2").rename(config.home / "mail/x/cur/2:2,S")
    back_up(config, target, now=NOW, tell=tell)
    assert held(target / "mail") == {"x/cur/1:2,", "x/cur/2:2,S"}
    assert (target / "mail/x/cur/1:2,").stat().st_ino == first
    assert not (target / "data/feed.lock").exists()


def test_a_message_renamed_while_it_is_copied_is_there_once(
    config: Config, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    copy, renamed = backup._copy, config.home / "mail/x/cur/1:2,S"

    def copied(source: Path, target: Path) -> None:
        if source.name == "1:2,":
            source.rename(renamed)
        copy(source, target)

    monkeypatch.setattr(backup, "_copy", copied)
    back_up(config, tmp_path / "kept", now=NOW, tell=tell)
    assert held(tmp_path / "kept/mail") == {"x/cur/1:2,S", "x/new/2"}


def test_what_was_not_finished_is_no_backup(
    config: Config, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(source: Path, target: Path) -> None:
        raise OSError(28, "No space left on device")

    back_up(config, tmp_path / "kept", now=NOW, tell=tell)
    (config.home / "mail/x/new/3").write_bytes(b"trois")
    monkeypatch.setattr(backup, "_copy", full)
    with pytest.raises(OSError, match="No space"):
        back_up(config, tmp_path / "kept", now=NOW, tell=tell)
    with pytest.raises(NotABackup):
        manifest_of(tmp_path / "kept")


def test_a_database_that_changed_since_is_not_put_back(config: Config, tmp_path: Path) -> None:
    back_up(config, tmp_path / "kept", now=NOW, tell=tell)
    with (tmp_path / "kept/database.sqlite3").open("ab") as file:
        file.write(b"x")
    with pytest.raises(NotABackup, match="abîmée"):
        restore(Config(home=tmp_path / "new"), tmp_path / "kept", tell=tell)
    assert (tmp_path / "kept" / MANIFEST).exists()


def test_a_home_that_holds_something_is_left_alone(config: Config, tmp_path: Path) -> None:
    back_up(config, tmp_path / "kept", now=NOW, tell=tell)
    with pytest.raises(HomeUnusable):
        restore(config, tmp_path / "kept", tell=tell)
