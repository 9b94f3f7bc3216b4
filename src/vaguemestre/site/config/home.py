"""Folders below the home of an instance."""

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class HomeFolders:
    home: Path

    @property
    def machine(self) -> str:
        """The name of this machine among several, from the file `node`; empty if there is one."""
        try:
            return (self.home / "node").read_text(encoding="utf-8").strip()
        except (FileNotFoundError, NotADirectoryError):  # a home that cannot be one is told elsewhere
            return ""

    @property
    def run_dir(self) -> Path:
        return self.home / "run"

    @property
    def data_dir(self) -> Path:
        return self.home / "data"

    @property
    def moves_dir(self) -> Path:
        """Folder of import and export archives, kept a few days."""
        return self.data_dir / "moves"

    @property
    def deposits_dir(self) -> Path:
        """Folder of files sent as links."""
        return self.data_dir / "deposits"

    @property
    def secrets_dir(self) -> Path:
        return self.home / "secrets"

    @property
    def engines_dir(self) -> Path:
        return self.home / "engines"

    @property
    def logs_dir(self) -> Path:
        return self.home / "logs"

    @property
    def projection_path(self) -> Path:
        """The engines' own small SQLite file (used unless the database is PostgreSQL)."""
        return self.engines_dir / "db" / "projection.sqlite3"
