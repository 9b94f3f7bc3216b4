"""A PostgreSQL that writes, one that follows it, on addresses of the loopback, and HAProxy's way to them.

Whom HAProxy asks about them is a stand-in of Patroni: its three answers, each judged by asking PostgreSQL.
"""

import contextlib
import csv
import datetime as dt
import os
import pwd
import shutil
import signal
import ssl
import subprocess
import tempfile
import threading
import urllib.request
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import psycopg
import pytest
from tests.engines.live import is_free, wait_until

from vaguemestre.engines.cluster import members, node_keys
from vaguemestre.engines.cluster.configuration import RecipientDoors, let_go_text, routes_text
from vaguemestre.engines.cluster.members import DatabaseCluster, Member

WRITER, FOLLOWER = Member("d1", "127.0.0.21"), Member("d2", "127.0.0.22")
_SETTINGS = {
    "ssl": "on", "fsync": "off", "max_connections": "100", "max_wal_senders": "5", "hot_standby": "on",
    "wal_level": "replica", "synchronous_standby_names": "*", "synchronous_commit": "local",
}  # fmt: skip
_STATISTICS = """
frontend statistics
    mode http
    bind 127.0.0.1:{port}
    stats enable
    stats uri /stats
"""


@dataclass
class FollowedDatabase:
    """`folder` is of PostgreSQL's user; `password`: of the owner `vaguemestre`."""

    folder: Path
    port: int
    statistics: int
    password: str = "essai"
    # how often from now on HAProxy's parts are told that the one that writes does not
    doubts: Counter[str] = field(default_factory=Counter)
    children: dict[str, "subprocess.Popen[bytes]"] = field(default_factory=dict)
    _doors: list[ThreadingHTTPServer] = field(default_factory=list)

    @property
    def cluster(self) -> DatabaseCluster:
        return DatabaseCluster((WRITER, FOLLOWER), (), "vaguemestre", self.folder)

    # PostgreSQL

    def make(self) -> None:
        """Initialise the one that writes, and copy it for the one that follows."""
        node_keys.make_authority(self.folder, now=dt.datetime.now(dt.UTC))
        (self.folder / "password").write_text(self.password)
        self._give(self.folder / "password")
        writer = self._data(WRITER)
        self._run("initdb", "-D", str(writer), "-U", "vaguemestre", "--pwfile", str(self.folder / "password"),
                  "-A", "scram-sha-256", "-E", "UTF8", "--locale", "C.UTF-8", "--no-sync")  # fmt: skip
        with (writer / "pg_hba.conf").open("a") as rules:
            rules.write("hostssl all all 127.0.0.0/8 scram-sha-256\n")
            rules.write("hostssl replication vaguemestre 127.0.0.0/8 scram-sha-256\n")
        self.start(WRITER)
        self._run("pg_basebackup", "-D", str(self._data(FOLLOWER)), "-R", "-X", "stream", "-c", "fast",
                  "-d", self._place(WRITER))  # fmt: skip
        self.start(FOLLOWER)
        for member in (WRITER, FOLLOWER):
            self._answer_for(member)

    def start(self, member: Member) -> None:
        pem, key = node_keys.node_certificate(self.folder, member, now=dt.datetime.now(dt.UTC))
        certificate, private = self.folder / f"{member.name}.pem", self.folder / f"{member.name}.key"
        certificate.write_bytes(pem)
        node_keys.write_key(private, key)
        for file in (certificate, private):
            self._give(file, 0o600)
        settings = _SETTINGS | {
            "listen_addresses": member.address, "port": str(self.port),
            "unix_socket_directories": "", "ssl_cert_file": str(certificate),
            "ssl_key_file": str(private),
        }  # fmt: skip
        words = [word for name, value in settings.items() for word in ("-c", f"{name}={value}")]
        with (self.folder / f"{member.name}.log").open("ab") as log:
            self.children[member.name] = subprocess.Popen(
                [_program("postgres"), "-D", str(self._data(member)), *words],
                user="postgres", group="postgres", extra_groups=[],
                stdout=log, stderr=log, start_new_session=True,
            )  # fmt: skip
        wait_until(lambda: self.role(member))

    def stop(self, member: Member, how: signal.Signals) -> None:
        """SIGINT: in an orderly way; SIGQUIT: at once, as what lost its power. It has ended then."""
        child = self.children.pop(member.name)
        child.send_signal(how)
        child.wait(60)

    def promote(self) -> None:
        """Have the one that follows write."""
        with psycopg.connect(self._place(FOLLOWER), autocommit=True) as reader:
            reader.execute("SELECT pg_promote()")

    def role(self, member: Member) -> str:
        """What it is: « writes » or « follows »; empty when it does not answer."""
        try:
            with psycopg.connect(self._place(member), connect_timeout=2) as session:
                (follows,) = session.execute("SELECT pg_is_in_recovery()").fetchone() or (None,)
        except psycopg.Error:
            return ""
        return "follows" if follows else "writes"

    def has_caught_up(self) -> bool:
        """Whether the one that follows shows all that the other has written."""
        with psycopg.connect(self._place(WRITER)) as writer, psycopg.connect(self._place(FOLLOWER)) as reader:
            (written,) = writer.execute("SELECT pg_current_wal_lsn()").fetchone() or ("",)
            (shown,) = reader.execute("SELECT pg_last_wal_replay_lsn() >= %s", [written]).fetchone() or (0,)
        return bool(shown)

    def questions(self) -> int:
        """Sessions of engines with the one that follows."""
        with psycopg.connect(self._place(FOLLOWER)) as reader:
            query = "SELECT count(*) FROM pg_stat_activity WHERE usename = 'vaguemestre_engines'"
            (count,) = reader.execute(query).fetchone() or (0,)
        return int(count)

    def pause(self, *, is_paused: bool) -> None:
        """Have the one that follows show nothing new, or all of it again."""
        with psycopg.connect(self._place(FOLLOWER), autocommit=True) as reader:
            reader.execute(f"SELECT pg_wal_replay_{'pause' if is_paused else 'resume'}()")

    def _data(self, member: Member) -> Path:
        return self.folder / member.name

    def _place(self, member: Member) -> str:
        return f"postgresql://vaguemestre:{self.password}@{member.address}:{self.port}/postgres"

    def _run(self, name: str, *words: str) -> None:
        subprocess.run([_program(name), *words], user="postgres", group="postgres", extra_groups=[],
                       check=True, capture_output=True, cwd="/")  # fmt: skip

    def _give(self, file: Path, mode: int = 0o600) -> None:
        owner = pwd.getpwnam("postgres")
        os.chown(file, owner.pw_uid, owner.pw_gid)
        file.chmod(mode)

    # Patroni's answers, and HAProxy

    def _answer_for(self, member: Member) -> None:
        wanted = {"/primary": "writes", "/synchronous": "follows", "/replica": "follows"}

        class Answer(BaseHTTPRequestHandler):
            def do_OPTIONS(self) -> None:
                path, _, part = self.path.partition("?")
                self.send_response(200 if role() == wanted[path] and is_believed(part) else 503)
                self.end_headers()

            def log_message(self, *_: object) -> None:
                return

        def role() -> str:
            return self.role(member)

        def is_believed(part: str) -> bool:
            self.doubts[part] -= 1
            return self.doubts[part] < 0

        tls = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        tls.load_cert_chain(self.folder / f"{member.name}.pem", self.folder / f"{member.name}.key")
        door = _Quiet((member.address, members.PATRONI_PORT), Answer)
        door.socket = tls.wrap_socket(door.socket, server_side=True, do_handshake_on_connect=False)
        threading.Thread(target=door.serve_forever, daemon=True).start()
        self._doors.append(door)

    def lead(self, doors: RecipientDoors) -> None:
        """Start HAProxy as a front has it, and wait until it knows who writes and who follows."""
        script = self.folder / "let-go.lua"
        script.write_text(let_go_text(), encoding="utf-8")
        text = routes_text(self.cluster, (), doors, script).replace(
            "    user haproxy\n    group haproxy\n", ""
        )
        for part in ("listen database", "backend settled"):  # so that Patroni's stand-in knows who asks
            before, start, after = text.partition(f"{part}\n")
            text = before + start + after.replace("uri /primary", f"uri /primary?{part.split()[1]}", 1)
        file = self.folder / "haproxy.cfg"
        file.write_text(text + _STATISTICS.format(port=self.statistics), encoding="utf-8")
        self.children["haproxy"] = subprocess.Popen(["haproxy", "-f", str(file)], start_new_session=True)
        wait_until(lambda: not is_free(self.statistics))
        self.wait_until_known()

    def wait_until_known(self, writer: Sequence[str] = (WRITER.name,)) -> None:
        """`writer`: those whom HAProxy takes for one that writes."""
        wait_until(lambda: self.up("database") == set(writer) and self.up("synchronous") == {FOLLOWER.name})

    def up(self, kind: str) -> set[str]:
        """Those whom HAProxy takes for that: « database », « synchronous » or « following »."""
        with urllib.request.urlopen(f"http://127.0.0.1:{self.statistics}/stats;csv", timeout=60) as answer:
            rows = csv.DictReader(answer.read().decode().removeprefix("# ").splitlines())
            names = {one.name for one in self.cluster.members}
            return {
                row["svname"]
                for row in rows
                if row["pxname"] == kind and row["svname"] in names and row["status"].startswith("UP")
            }

    def end(self) -> None:
        for name, child in self.children.items():
            child.send_signal(signal.SIGTERM if name == "haproxy" else signal.SIGQUIT)
            child.wait(60)
        for door in self._doors:
            door.shutdown()
            door.server_close()


class _Quiet(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request: object, client_address: object) -> None:
        """HAProxy hangs up in the middle of its checks when it ends."""


def _program(name: str) -> str:
    folders = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: int(path.parts[-2]))
    return str(folders[-1] / name)


@contextlib.contextmanager
def followed_database(port: int, patroni_port: int, statistics: int) -> Iterator[FollowedDatabase]:
    """Both of them, started, on these ports of their addresses."""
    folder = Path(tempfile.mkdtemp(prefix="vm-followed-"))
    shutil.chown(folder, "postgres", "postgres")
    folder.chmod(0o755)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(members, "POSTGRES_PORT", port)
        patch.setattr(members, "PATRONI_PORT", patroni_port)
        database = FollowedDatabase(folder, port, statistics)
        try:
            database.make()
            yield database
        finally:
            database.end()
            shutil.rmtree(folder, ignore_errors=True)
