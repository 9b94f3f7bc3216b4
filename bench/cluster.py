"""A PostgreSQL of a bench's own, which forgives no power cut: it is filled quickly and thrown away.

    PYTHONPATH=src .venv/bin/python bench/cluster.py bench/journal.py 2000

runs a bench that takes VAGUEMESTRE_HOME on such a home, as root.
"""

import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg

_SETTINGS = (
    "listen_addresses=127.0.0.1", "fsync=off", "synchronous_commit=off", "full_page_writes=off",
    "wal_level=minimal", "max_wal_senders=0", "max_wal_size=8GB", "maintenance_work_mem=1GB", "jit=off",
)  # fmt: skip
_FILE = """[database]
engine = "postgresql"
host = "127.0.0.1"
port = {port}
name = "{name}"
user = "{name}"
password_file = "postgres_password"
"""
_NAME = "vaguemestre"
_STARTS_WITHIN_SECONDS = 30


@contextmanager
def own_cluster(home: Path) -> Iterator[Path]:
    """Start a cluster under that home, made there the first time, and configure the home for it.

    Gives the folder of its data. Shared buffers are PostgreSQL's 128 MB. Needs root.
    """
    programs = max(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: int(path.parent.name))
    data, password = home / "postgresql", home / "postgres_password"
    home.chmod(0o711)
    is_new = not data.exists()
    if is_new:
        password.write_text(secrets.token_urlsafe(24), encoding="ascii")
    password.chmod(0o600)
    shutil.chown(password, "postgres")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    (home / "vaguemestre.toml").write_text(_FILE.format(port=port, name=_NAME), encoding="utf-8")
    become = ("setpriv", "--reuid", "postgres", "--regid", "postgres", "--init-groups", "--")
    if is_new:
        subprocess.run(
            ["install", "-d", "-o", "postgres", "-g", "postgres", "-m", "700", str(data)], check=True
        )
        subprocess.run(
            [*become, str(programs / "initdb"), "-D", str(data), "-U", _NAME, "--pwfile", str(password),
             "-A", "scram-sha-256", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync"],
            stdout=subprocess.DEVNULL, check=True,
        )  # fmt: skip
    options = [word for setting in _SETTINGS for word in ("-c", setting)]
    with (home / "postgresql.log").open("wb") as log:
        server = subprocess.Popen(
            [*become, str(programs / "postgres"), "-D", str(data), "-p", str(port), "-k", str(data),
             *options],
            stdout=log, stderr=log,
        )  # fmt: skip
    try:
        _make_database(port, password.read_text(encoding="ascii"))
        yield data
    finally:
        server.send_signal(signal.SIGINT)  # sessions are ended, even this process's own
        server.wait()


def _make_database(port: int, password: str) -> None:
    """Make the database once the server answers, unless it is there. Raises psycopg.OperationalError."""
    deadline = time.monotonic() + _STARTS_WITHIN_SECONDS
    where = f"host=127.0.0.1 port={port} user={_NAME} dbname=postgres"
    while True:
        try:
            with psycopg.connect(where, password=password, autocommit=True) as session:
                session.execute(f"CREATE DATABASE {_NAME}".encode())
                return
        except psycopg.errors.DuplicateDatabase:
            return
        except psycopg.OperationalError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.1)


def main(command: list[str]) -> None:
    """Run that command of Python on a home that has a cluster of its own. Raises CalledProcessError."""
    with tempfile.TemporaryDirectory() as made, own_cluster(Path(made)):
        environment = {**os.environ, "VAGUEMESTRE_HOME": made}
        subprocess.run([sys.executable, *command], env=environment, check=True)


if __name__ == "__main__":
    main(sys.argv[1:])
