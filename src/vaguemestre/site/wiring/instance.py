"""What belongs to this instance and is quickly loaded: its keys, the marks of what ended."""

from collections.abc import Collection, Sequence
from typing import Any

from django.db import connection
from django.utils.module_loading import import_string

from vaguemestre.access.signin import ports as signin
from vaguemestre.access.signin.revocations import FileRevocations
from vaguemestre.access.signin.shared_revocations import SharedRevocations
from vaguemestre.people.credentials import ports as credentials
from vaguemestre.people.credentials.rules import secret_box as credentials_sealing
from vaguemestre.site import secrets
from vaguemestre.site.config import Config


def plug(config: Config) -> None:
    file = FileRevocations(config.run_dir / "revocations")
    if config.database.engine == "postgresql":
        signin.revocations.plug(SharedRevocations(file, _ask, _tell_machines))
    else:
        signin.revocations.plug(file)
    _plug_keys(config)


def _ask(statement: str, values: Sequence[Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return list(cursor.fetchall())


def _tell_machines(ended: Collection[str]) -> None:
    import_string("vaguemestre.access.signin.endings.tell_machines")(ended)


def _plug_keys(config: Config) -> None:
    """Plug the keys that this process was given; a slot left empty says so when it is used."""
    folder = config.secrets_dir
    if field_key := secrets.given(folder, "field_key"):
        credentials.secret_keys.plug(credentials_sealing.keys_from(field_key))
