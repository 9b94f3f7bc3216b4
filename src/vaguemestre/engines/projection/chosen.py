"""The projection that goes with the instance's database."""

from vaguemestre.engines.instance import Instance
from vaguemestre.engines.projection import postgresql, sqlite
from vaguemestre.engines.projection.directory import SqlMailDirectory


def prepare(instance: Instance) -> None:
    """Make what the engines read. Raises EngineDown, EngineRefused."""
    (postgresql if instance.database.engine == "postgresql" else sqlite).prepare(instance)


def mail_directory(instance: Instance) -> SqlMailDirectory:
    """Nothing is opened here: it connects when first used."""
    if instance.database.engine == "postgresql":
        return postgresql.PostgresMailDirectory(instance)
    return sqlite.SqliteMailDirectory(instance.projection_path)
