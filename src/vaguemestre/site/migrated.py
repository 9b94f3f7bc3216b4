"""Whether the tables are those of this code, told without Django: a start that changes nothing is quick."""

import hashlib
from importlib.metadata import version
from pathlib import Path

from vaguemestre.site.config import Config

SOURCE = Path(__file__).resolve().parents[1]


def mark(config: Config) -> str:
    """What the tables depend on: migrations, the packages that bring their own, the database itself."""
    names = sorted(str(p.relative_to(SOURCE)) for p in SOURCE.glob("*/migrations/*.py"))
    packages = [f"{name} {version(name)}" for name in ("django", "django-tasks-db")]
    database = config.database
    place = [database.engine, database.host, str(database.port), database.name]
    return hashlib.sha256("\n".join([*names, *packages, *place]).encode()).hexdigest()


def is_current(config: Config) -> bool:
    """Whether the last migration of this home was for this very code."""
    if config.database.engine == "sqlite" and not (config.data_dir / "vaguemestre.sqlite3").is_file():
        return False
    try:
        return _file(config).read_text(encoding="utf-8") == mark(config)
    except OSError:
        return False


def remember(config: Config) -> None:
    _file(config).write_text(mark(config), encoding="utf-8")


def _file(config: Config) -> Path:
    return config.data_dir / "migrated"
