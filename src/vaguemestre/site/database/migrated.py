"""Whether the database holds every migration of this code, asked without Django: a start stays quick."""

import re
import sqlite3
from collections.abc import Iterable
from contextlib import closing
from importlib.util import find_spec
from pathlib import Path
from typing import NamedTuple

from django.utils.module_loading import import_string

from vaguemestre.site.config import Config

SOURCE = Path(__file__).resolve().parents[2]
_BROUGHT = {  # applications of others with tables of their own: package, folder of migrations
    "auth": ("django", "contrib/auth/migrations"),
    "contenttypes": ("django", "contrib/contenttypes/migrations"),
    "django_tasks_database": ("django_tasks_db", "migrations"),
}
_LABEL = re.compile(r'^    label = "(\w+)"$', re.MULTILINE)
_QUESTION = "SELECT app, name FROM django_migrations"


class Migration(NamedTuple):
    """A migration as Django names it."""

    label: str
    name: str


def is_current(config: Config) -> bool:
    """Whether the database says that each migration of this code was applied to it."""
    return needed_migrations() <= applied_migrations(config)


def sqlite_file(config: Config) -> Path:
    return config.data_dir / "vaguemestre.sqlite3"


def needed_migrations() -> frozenset[Migration]:
    """The migrations of our rooms, however deep they lie, and of the packages that have tables here."""
    expected = (
        migration
        for folder in SOURCE.glob("**/migrations")
        for migration in _in_folder(_label_of(folder.parent), folder)
    )
    return frozenset((*expected, *_brought()))


def applied_migrations(config: Config) -> frozenset[Migration]:
    """What the database holds; nothing when it is away, empty, or not made yet."""
    if config.database.engine == "sqlite":
        rows = _asked_sqlite(config)
    else:  # its driver is loaded by those who need it
        rows = import_string("vaguemestre.site.database.migrated_postgresql.ask")(config, _QUESTION)
    return frozenset(Migration(label, name) for label, name in rows)


def is_written(config: Config) -> bool:
    """Whether a database answers that writes; a file does."""
    if config.database.engine == "sqlite":
        return True
    return bool(import_string("vaguemestre.site.database.migrated_postgresql.writes")(config))


def _in_folder(label: str, folder: Path) -> Iterable[Migration]:
    return (Migration(label, file.stem) for file in folder.glob("[0-9]*.py"))


def _label_of(room: Path) -> str:
    apps = room / "apps.py"
    match = _LABEL.search(apps.read_text(encoding="utf-8")) if apps.is_file() else None
    return match[1] if match else room.name


def _brought() -> Iterable[Migration]:
    for label, (package, folder) in _BROUGHT.items():
        spec = find_spec(package)
        if spec is not None and spec.origin is not None:
            yield from _in_folder(label, Path(spec.origin).parent / folder)


def _asked_sqlite(config: Config) -> list[tuple[str, str]]:
    try:
        with closing(sqlite3.connect(f"{sqlite_file(config).as_uri()}?mode=ro", uri=True)) as connection:
            return connection.execute(_QUESTION).fetchall()
    except sqlite3.Error:
        return []
