"""PostgreSQL on this machine: the role and the database of an installation. As root."""

import contextlib
import secrets as random
from collections.abc import Mapping, Sequence
from pathlib import Path

from vaguemestre.engines.config_templates import write
from vaguemestre.processes.production import layout
from vaguemestre.processes.production.machine.commands import StepFailed, are_active, run, succeeds
from vaguemestre.site.config import Config
from vaguemestre.site.config.database import DatabaseSection


def is_local(config: Config) -> bool:
    """Whether the configuration wants PostgreSQL on this machine, and for it alone."""
    database, is_shared = config.database, bool(config.topology.database_nodes)
    is_here = database.host in ("", "127.0.0.1", "::1", "localhost")
    return database.engine == "postgresql" and is_here and not is_shared


class LocalDatabase:
    """The role and the database that the configuration names, in Debian's own cluster."""

    def __init__(self, database: DatabaseSection) -> None:
        self._database = database

    @property
    def _secret(self) -> Path:
        return layout.HOME / self._database.password_file

    def is_made(self) -> bool:
        """Whether the server runs and has the database."""
        return are_active("postgresql.service") and self._secret.is_file() and self.is_found()

    def is_found(self) -> bool:
        """Whether the server of this machine has the database."""
        query = "SELECT 1 FROM pg_database WHERE datname = :'name';\n"
        with contextlib.suppress(StepFailed):
            return "1" in self._psql(query).split()
        return False

    def _psql(self, text: str, environment: Mapping[str, str] | None = None) -> str:
        names = (f"name={self._database.name}", f"user={self._database.user}")
        return psql(text, environment, names)

    def make(self) -> None:
        """Start the server, make what is missing, set the role's password. Raises StepFailed."""
        run(("systemctl", "enable", "--quiet", "postgresql.service"))
        run(("systemctl", "start", "postgresql.service"))
        if not _answers_postgres():
            run(("pg_ctlcluster", *cluster_name(), "start"))
        self._secret.parent.mkdir(mode=0o700, exist_ok=True)
        if not self._secret.exists():
            write(self._secret, f"{random.token_hex(24)}\n", mode=0o600)
        self.make_role_and_database()

    def make_role_and_database(self) -> None:
        """On a server that answers and writes. The password is there already. Raises StepFailed."""
        password = {"VAGUEMESTRE_PASSWORD": self._secret.read_text(encoding="utf-8").strip()}
        self._psql(
            "\\getenv password VAGUEMESTRE_PASSWORD\n"
            "SELECT format('CREATE ROLE %I LOGIN CREATEROLE', :'user') WHERE NOT EXISTS"
            " (SELECT 1 FROM pg_roles WHERE rolname = :'user') \\gexec\n"
            "ALTER ROLE :\"user\" PASSWORD :'password';\n"
            "SELECT format('CREATE DATABASE %I OWNER %I TEMPLATE template0 ENCODING UTF8 LOCALE ''C.UTF-8''',"
            " :'name', :'user') WHERE NOT EXISTS"
            " (SELECT 1 FROM pg_database WHERE datname = :'name') \\gexec\n",
            password,
        )


def psql(text: str, environment: Mapping[str, str] | None = None, variables: Sequence[str] = ()) -> str:
    """What PostgreSQL of this machine answers its own user. Raises StepFailed."""
    return run(
        ("runuser", "-u", "postgres", "--", "psql", "-X", "-A", "-t", "-q", "-v", "ON_ERROR_STOP=1",
         *(word for variable in variables for word in ("-v", variable)), "-f", "-"),
        text=text, environment=environment,
    )  # fmt: skip


def _answers_postgres() -> bool:
    return succeeds("pg_isready", "-q", "-t", "10")


def cluster_name() -> tuple[str, str]:
    """Version and name of Debian's cluster."""
    versions = sorted(Path("/etc/postgresql").glob("*/main"))
    if not versions:
        raise StepFailed("aucune grappe PostgreSQL : « pg_createcluster » en fait une.")
    return versions[-1].parent.name, "main"
