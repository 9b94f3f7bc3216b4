"""Local backup repositories. They exist before the service starts: systemd opens no missing folder to it."""

from pathlib import Path

from vaguemestre.site.config.backup import BackupSection


def backup_folders(backup: BackupSection) -> tuple[Path, ...]:
    """The repositories that are folders of this machine."""
    return tuple(Path(place) for place in (backup.repository, backup.place_of_keys) if place.startswith("/"))


def are_made(backup: BackupSection) -> bool:
    """Whether every local repository has its folder."""
    return all(folder.is_dir() for folder in backup_folders(backup))


def make(backup: BackupSection) -> None:
    """Make the missing folders, for root alone."""
    for folder in backup_folders(backup):
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
