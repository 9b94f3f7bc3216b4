"""As whom a process of ours, or an engine, connects to PostgreSQL."""

import hmac
import os
import pwd
from dataclasses import dataclass
from pathlib import Path

from vaguemestre.engines.instance import Instance
from vaguemestre.engines.system_users import USER_PREFIX

CREDENTIALS = "CREDENTIALS_DIRECTORY"  # a process's own copies of its secrets (systemd.exec(5))
DATABASE_SECRET = "database"  # noqa: S105 - its name there


@dataclass(frozen=True)
class DatabaseLogin:
    """The role of PostgreSQL that a process connects as."""

    user: str
    password: str


@dataclass(frozen=True)
class PostgresReader:
    """How the engines connect to PostgreSQL: a role that may only read their views."""

    host: str
    port: int
    name: str
    user: str
    password: str


def database_password(instance: Instance) -> str:
    """The password of the database's owner, or the one given to this process; empty when none is asked."""
    file = instance.database.password_file
    if not file:
        return ""
    given = os.environ.get(CREDENTIALS)
    path = Path(given) / DATABASE_SECRET if given else instance.home / file
    return path.read_text(encoding="utf-8").strip()


def database_role(instance: Instance, name: str) -> str:
    """The role of one system user of ours, by the end of its name: `web` of `vaguemestre-web`."""
    return f"{instance.database.user}_{name}"


def role_secret(instance: Instance, name: str) -> Path:
    """The file of that role's password."""
    return instance.secrets_dir / f"database_{name}"


def database_login(instance: Instance) -> DatabaseLogin:
    """The role of this process: its system user's where it was given secrets of its own, else the owner's."""
    password = database_password(instance)
    if not password or CREDENTIALS not in os.environ:
        return DatabaseLogin(instance.database.user, password)
    name = pwd.getpwuid(os.geteuid()).pw_name.removeprefix(USER_PREFIX)
    return DatabaseLogin(database_role(instance, name), password)


def postgres_reader(instance: Instance) -> PostgresReader:
    """How engines connect. Their role is shared by all instances of a server, so its password is derived."""
    database = instance.database
    secret = database_password(instance).encode() or bytes(instance.home)
    return PostgresReader(
        host=database.host or "/var/run/postgresql",
        port=database.port,
        name=database.name,
        user=f"{database.user}_engines",
        password=hmac.digest(secret, b"vaguemestre engines", "sha256").hex(),
    )
