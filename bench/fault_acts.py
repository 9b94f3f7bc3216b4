"""What can be done to a running instance so that it fails: each a context, mended at its end."""

import contextlib
import json
import os
import shutil
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import psycopg
from bench.neighbours import Neighbours
from django.db import connection
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from vaguemestre.engines.tls import certificates
from vaguemestre.foundation.jobs.tasks import wake
from vaguemestre.people.credentials.models import Account
from vaguemestre.people.directory.models import Academy
from vaguemestre.people.intake.models import Feed
from vaguemestre.processes.supervisor import process_table
from vaguemestre.site.config import Config


@contextmanager
def held(pids: tuple[int, ...]) -> Iterator[None]:
    """These processes stand still."""
    assert all(pid > 1 for pid in pids)
    try:
        for pid in pids:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGSTOP)
        yield
    finally:
        for pid in pids:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGCONT)


@contextmanager
def touched(file: Path) -> Iterator[None]:
    file.touch()
    yield
    file.unlink()


@contextmanager
def dated(file: Path, seconds: float) -> Iterator[None]:
    """A file of that age."""
    file.touch()
    past = time.time() - seconds
    os.utime(file, (past, past))
    yield
    file.touch()


@contextmanager
def repeated(act: Callable[[], None], pause: float) -> Iterator[None]:
    """Until the end, with a pause between."""
    over = threading.Event()

    def go() -> None:
        while not over.is_set():
            act()
            over.wait(pause)

    thread = threading.Thread(target=go)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()


class Here:
    """The instance, and what can be done to it."""

    def __init__(self, config: Config, neighbours: Neighbours) -> None:
        self.config, self.neighbours = config, neighbours

    def pid(self, name: str) -> int:
        children = json.loads((self.config.run_dir / "children.json").read_text())["children"]
        return int(next(child["pid"] for child in children if child["name"] == name))

    def stopped(self, *names: str, whole: bool = False) -> AbstractContextManager[None]:
        pids = [self.pid(name) for name in names]
        below = [process.pid for pid in pids for process in process_table.descendants(pid)] if whole else []
        return held((*pids, *below))

    def killed(self, *names: str) -> AbstractContextManager[None]:
        def kill() -> None:
            for name in names:
                with contextlib.suppress(ProcessLookupError, StopIteration, ValueError, OSError):
                    if (pid := self.pid(name)) > 1:
                        os.kill(pid, signal.SIGKILL)

        return repeated(kill, 0.3)

    def frozen_program(self, program: str) -> AbstractContextManager[None]:
        """A program of Dovecot or Postfix, by its name."""
        found = [
            process.pid
            for engine in ("dovecot", "postfix")
            for process in process_table.descendants(self.pid(engine))
            if Path(f"/proc/{process.pid}/comm").read_text().strip() == program
        ]
        assert found, program
        return held(tuple(found))

    @contextmanager
    def without_virus_check(self) -> Iterator[None]:
        self.neighbours.virus_check.end()
        yield
        self.neighbours.virus_check.start()

    @contextmanager
    def small_disk(self, share: float) -> Iterator[None]:
        """The disk is made as small as what is on it, and that share more."""
        used = shutil.disk_usage(self.config.home).used
        self._remount(f"size={int(used / (1 - share)) // 1024 + (0 if share else 50_000)}k")
        try:
            yield
        finally:
            self._remount("size=8g")

    @contextmanager
    def no_inodes(self) -> Iterator[None]:
        found = os.statvfs(self.config.home)
        self._remount(f"nr_inodes={found.f_files - found.f_ffree + 20}")
        try:
            yield
        finally:
            self._remount("nr_inodes=2000000")

    def _remount(self, option: str) -> None:
        subprocess.run(["mount", "-o", f"remount,{option}", str(self.config.home)], check=True)

    @contextmanager
    def certificate(self, left: timedelta) -> Iterator[None]:
        """The certificate of the loopback ends then; the kept one comes back."""
        folder = self.config.engines_dir / "tls"
        kept = folder.with_name("tls-kept")
        shutil.copytree(folder, kept)
        (folder / "server.pem").unlink()
        certificates.make_missing(self.config, now=datetime.now(UTC) - timedelta(days=397) + left)
        for file in kept.iterdir():
            if not file.name.startswith("server"):
                shutil.copy2(file, folder / file.name)
        try:
            yield
        finally:
            for file in kept.iterdir():
                shutil.copy2(file, folder / file.name)
            shutil.rmtree(kept)

    @contextmanager
    def old_feed(self) -> Iterator[None]:
        applied_at = timezone.now() - timedelta(days=4)
        row = Feed.objects.create(
            academy=Academy.objects.get(), file_name="rh.csv", sha256="0", by="cli",
            started_at=applied_at, finished_at=applied_at,
        )  # fmt: skip
        connection.close()
        yield
        row.delete()
        connection.close()

    @contextmanager
    def job(self, *, status: str = "", minutes: float = 0, to: str = "default") -> Iterator[None]:
        """One that failed, or one that nobody takes."""

        later = wake.using(run_after=timezone.now() + timedelta(days=1))
        row = DBTaskResult.objects.filter(pk=later.enqueue("nobody:handler", "nobody:Event", {}, 1).id)
        if status:
            row.update(status=status, finished_at=timezone.now())
        else:
            at = timezone.now() - timedelta(minutes=minutes)
            row.update(enqueued_at=at, run_after=at, queue_name=to)
        connection.close()
        yield
        row.delete()
        connection.close()

    @contextmanager
    def slow_imap(self) -> Iterator[None]:
        """Counts of one more process of the pages, which was slow."""
        folder = self.config.run_dir / "counters" / "web"
        file = folder / "999999.json"

        def row(le: str, value: int) -> list[object]:
            labels = {"le": le, "pool": "web", "command": "UID FETCH"}
            return ["vaguemestre_imap_duration_seconds_bucket", labels, value]

        file.write_text(json.dumps([row("1.0", 10), row("+Inf", 5_000)]))
        yield
        file.unlink()

    def _submit(self, count: int, sender: str, to: str) -> None:
        engine = str(self.config.engines_dir / "postfix")
        for number in range(count):
            argv = ["/usr/sbin/sendmail", "-C", engine, "-f", f"{sender}@{self.config.academy.domain}", to]
            subprocess.run(argv, input=f"Subject: essai {number}\n\nBonjour.\n".encode(), check=True)

    def _each_of_the_queue(self, *arguments: str) -> None:
        engine = str(self.config.engines_dir / "postfix")
        subprocess.run(["/usr/sbin/postsuper", "-c", engine, *arguments], check=True, capture_output=True)

    def silent_log(self, engine: str) -> AbstractContextManager[None]:
        """Whatever an engine writes is dated back by five minutes."""
        file = self.config.logs_dir / f"{engine}.log"

        def date_back() -> None:
            past = time.time() - 300
            os.utime(file, (past, past))

        return repeated(date_back, 0.1)

    @contextmanager
    def letters(self, count: int, sender: str) -> Iterator[None]:
        """To a neighbour that refuses them, or puts them off; thrown away at the end."""
        self._submit(count, sender, "secretariat@mairie.test")
        yield
        self._each_of_the_queue("-d", "ALL")

    @contextmanager
    def closed_mailboxes(self) -> Iterator[None]:
        door = self.config.run_dir / "d/lmtp"
        away = door.rename(door.with_name("lmtp-away"))
        self._submit(55, "ici", Account.objects.order_by("pk")[0].mailbox)
        yield
        away.rename(door)
        self._each_of_the_queue("-d", "ALL")

    @contextmanager
    def stuck_letter(self) -> Iterator[None]:
        """One that the queue manager does not take, for half an hour."""
        with self.frozen_program("qmgr"):
            self._submit(1, "ici", "secretariat@mairie.test")
            yield
        self._each_of_the_queue("-d", "ALL")

    def slow_queue(self, seconds: float) -> AbstractContextManager[None]:
        """The queue manager rests for that long, again and again."""
        over = threading.Event()

        def rest() -> None:
            with self.frozen_program("qmgr"):
                over.wait(seconds)

        @contextmanager
        def resting() -> Iterator[None]:
            with repeated(rest, 0.5):
                yield
                over.set()

        return resting()

    def _session(self) -> "psycopg.Connection[tuple[object, ...]]":
        server = self.config.database
        password = (self.config.home / server.password_file).read_text().strip()
        where = f"host={server.host} port={server.port} user={server.user} dbname={server.name}"
        return psycopg.connect(where, password=password)

    @contextmanager
    def locked(self) -> Iterator[None]:
        with self._session() as session:
            session.execute("LOCK TABLE outbox_outboxmessage, cluster_machine IN EXCLUSIVE MODE")
            yield
            session.rollback()

    @contextmanager
    def stores_nothing(self) -> Iterator[None]:
        with self._session() as session:
            session.autocommit = True
            name = self.config.database.name
            session.execute(f"ALTER DATABASE {name} SET default_transaction_read_only = on".encode())
            self._end_others(session)
            try:
                yield
            finally:
                session.execute("SET default_transaction_read_only = off")
                session.execute(f"ALTER DATABASE {name} RESET default_transaction_read_only".encode())
                self._end_others(session)

    @staticmethod
    def _end_others(session: "psycopg.Connection[tuple[object, ...]]") -> None:
        session.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE pid <> pg_backend_pid() AND datname = current_database()"
        )

    @contextmanager
    def no_connections(self) -> Iterator[None]:
        """Every one that is free is taken."""
        with contextlib.ExitStack() as taken:
            first = taken.enter_context(self._session())
            first.autocommit = True
            with contextlib.suppress(psycopg.OperationalError):
                while True:
                    taken.enter_context(self._session())
            self._end_others_of_roles(first)
            with contextlib.suppress(psycopg.OperationalError):
                while True:
                    taken.enter_context(self._session())
            yield

    @staticmethod
    def _end_others_of_roles(session: "psycopg.Connection[tuple[object, ...]]") -> None:
        session.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE usename <> current_user AND datname = current_database()"
        )

    @contextmanager
    def frozen_database(self) -> Iterator[None]:
        master = int((self.neighbours.database / "postmaster.pid").read_text().split()[0])
        with held((master, *(process.pid for process in process_table.descendants(master)))):
            yield
