"""The projection in the backend of the instance's database."""

from vaguemestre.engines.instance import Instance
from vaguemestre.engines.projection import postgresql, sqlite
from vaguemestre.engines.projection.directory import SqlMailDirectory


def prepare(instance: Instance) -> None:
    """Create the projection. Raises EngineDown, EngineRefused."""
    (postgresql if instance.database.engine == "postgresql" else sqlite).prepare(instance)


def mail_directory(instance: Instance) -> SqlMailDirectory:
    """The directory of the instance; it connects when first used."""
    if instance.database.engine == "postgresql":
        return postgresql.PostgresMailDirectory(instance)
    return sqlite.SqliteMailDirectory(instance.projection_path)
