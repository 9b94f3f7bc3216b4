"""Repositories of this machine are there, and closed, before the unit that writes into them starts."""

from pathlib import Path

from vaguemestre.processes.production.machine import backup_folders
from vaguemestre.site.config import BackupSection


def test_folders_are_made_and_closed(tmp_path: Path) -> None:
    backup = BackupSection(repository=str(tmp_path / "depot"))
    assert not backup_folders.are_made(backup)
    backup_folders.make(backup)
    assert backup_folders.are_made(backup)
    assert {path.name: path.stat().st_mode & 0o777 for path in tmp_path.iterdir()} == {
        "depot": 0o700, "depot-keys": 0o700,
    }  # fmt: skip


def test_a_repository_elsewhere_is_no_folder_of_this_machine() -> None:
    backup = BackupSection(
        repository="s3:https://objets.exemple.fr/vm", keys_repository="sftp:a@coffre:/clefs"
    )
    assert backup_folders.backup_folders(backup) == ()
