"""Folders of this machine that generations go to: systemd opens to a service only what is there. As root."""

from pathlib import Path

from vaguemestre.site.config.backup import BackupSection


def backup_folders(backup: BackupSection) -> tuple[Path, ...]:
    """The repositories that are folders."""
    return tuple(Path(place) for place in (backup.repository, backup.place_of_keys) if place.startswith("/"))


def are_made(backup: BackupSection) -> bool:
    return all(folder.is_dir() for folder in backup_folders(backup))


def make(backup: BackupSection) -> None:
    """Make those that are missing, closed to everybody else."""
    for folder in backup_folders(backup):
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
