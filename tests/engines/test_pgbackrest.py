"""A real cluster of PostgreSQL returns to the moment before a mistake, from pgBackRest's archive."""

import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import pytest
from tests.engines.live import free_port_base, wait_until

from vaguemestre.engines.backups import pgbackrest
from vaguemestre.engines.backups.pgbackrest import Cluster, PgBackRest
from vaguemestre.foundation.kernel.errors import EngineRefused
from vaguemestre.site.config import load

BINARIES = sorted(Path("/usr/lib/postgresql").glob("*/bin"))
pytestmark = [
    pytest.mark.engines,
    pytest.mark.skipif(load().database.engine != "postgresql", reason="this run is on SQLite"),
]
AS_POSTGRES = ("setpriv", "--reuid=postgres", "--regid=postgres", "--init-groups", "--")


@dataclass(frozen=True)
class Server:
    """A cluster of its own, whose log is archived."""

    top: Path
    cluster: Cluster
    archive: PgBackRest

    def run(self, program: str, *words: str) -> str:
        argv = (*AS_POSTGRES, str(BINARIES[-1] / program), *words)
        return subprocess.run(argv, cwd="/", capture_output=True, text=True, check=True).stdout

    def start(self) -> None:
        log = str(self.top / "server.log")
        self.run("pg_ctl", "-D", str(self.cluster.data), "-l", log, "-w", "start")

    def stop(self, how: str = "fast") -> None:
        self.run("pg_ctl", "-D", str(self.cluster.data), "-m", how, "-w", "stop")

    def query(self, text: str) -> str:
        place = ("-h", str(self.cluster.socket), "-p", str(self.cluster.port), "-d", "postgres")
        return self.run("psql", "-X", "-A", "-t", "-q", *place, "-c", text).strip()


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    top = Path(tempfile.mkdtemp(prefix="vm-wal-"))
    owner = pwd.getpwnam("postgres")
    os.chown(top, owner.pw_uid, owner.pw_gid)
    cluster = Cluster(top / "data", free_port_base(), top)
    file = top / "pgbackrest.conf"
    text = pgbackrest.configuration_text(cluster, str(top / "archive"), "un mot de passe", keep_days=30)
    file.write_text(text.replace("[global]\n", f"[global]\nlock-path={top}\n"))
    made = Server(top, cluster, PgBackRest(file, AS_POSTGRES))
    made.run("initdb", "-D", str(cluster.data), "-A", "trust", "--no-sync")
    settings = {
        **pgbackrest.archive_settings(file),
        "port": str(cluster.port), "listen_addresses": "", "unix_socket_directories": str(top),
    }  # fmt: skip
    with (cluster.data / "postgresql.conf").open("a") as configuration:
        configuration.writelines(f"{name} = '{value}'\n" for name, value in settings.items())
    made.start()
    yield made
    made.stop("immediate")
    shutil.rmtree(top)


def test_the_database_returns_to_the_moment_before_a_mistake(server: Server) -> None:
    server.archive.create()
    server.archive.create()  # again: nothing
    server.query("CREATE TABLE people (name text)")
    server.query("INSERT INTO people VALUES ('dans la copie')")
    server.archive.back_up(pgbackrest.DIFFERENTIAL)
    ended = server.query("SELECT date_trunc('second', clock_timestamp()) + interval '1 second'")
    # pgBackRest counts in seconds, and returns to a moment of a later one than that of the backup
    wait_until(lambda: server.query(f"SELECT clock_timestamp() >= '{ended}'") == "t")
    server.query("INSERT INTO people VALUES ('après la copie')")
    before = datetime.fromisoformat(server.query("SELECT clock_timestamp()"))
    wait_until(lambda: server.query("SELECT clock_timestamp() > now() - interval '1 ms'"))
    server.query("DELETE FROM people")
    server.archive.check()  # the mistake is in the archive too
    server.stop()
    server.archive.restore(before)
    server.start()
    wait_until(lambda: server.query("SELECT NOT pg_is_in_recovery()") == "t")
    assert server.query("SELECT name FROM people ORDER BY 1").splitlines() == [
        "après la copie", "dans la copie",
    ]  # fmt: skip


def test_the_archive_is_encrypted(server: Server) -> None:
    server.archive.create()
    server.archive.back_up(pgbackrest.FULL)
    files = [path for path in (server.top / "archive").rglob("*") if path.is_file()]
    assert files
    assert all(path.read_bytes().startswith(b"Salted__") for path in files)


def test_a_log_that_does_not_arrive_is_said(server: Server, tmp_path: Path) -> None:
    stranger = tmp_path / "pgbackrest.conf"
    text = pgbackrest.configuration_text(server.cluster, "/nonexistent", "x", keep_days=1)
    stranger.write_text(text)
    tmp_path.chmod(0o755)
    with pytest.raises(EngineRefused):
        PgBackRest(stranger, AS_POSTGRES).check()
