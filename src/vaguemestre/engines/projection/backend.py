"""The projection in the backend of the instance's database; PostgreSQL's driver is loaded where used."""

from typing import Any

from django.utils.module_loading import import_string

from vaguemestre.engines.instance import Instance
from vaguemestre.engines.projection import sqlite
from vaguemestre.engines.projection.directory import SqlMailDirectory
from vaguemestre.engines.projection.places import Places


def prepare(instance: Instance) -> None:
    """Create the projection, and write the addresses of pods. Raises EngineDown, EngineRefused."""
    if instance.database.engine == "postgresql":
        _on_postgresql("prepare")(instance)
    else:
        sqlite.prepare(instance)
    directory = mail_directory(instance)
    try:
        Places(directory).write_pods([(pod.name, pod.address) for pod in instance.topology.pods])
    finally:
        directory.close()


def mail_directory(instance: Instance) -> SqlMailDirectory:
    """The directory of the instance; it connects when first used."""
    if instance.database.engine == "postgresql":
        directory: SqlMailDirectory = _on_postgresql("PostgresMailDirectory")(instance)
        return directory
    return sqlite.SqliteMailDirectory(instance.projection_path)


def _on_postgresql(name: str) -> Any:
    return import_string(f"vaguemestre.engines.projection.postgresql.{name}")
