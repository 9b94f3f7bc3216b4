"""Mailboxes of the live engines, as the product opens them."""

import os
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from tests.engines.frozen import standing_still
from tests.engines.live import LiveEngines, wait_until

from vaguemestre.engines.imap.cache.page_cache import PageCache, SummaryCache
from vaguemestre.engines.imap.protocol.connection import Connection
from vaguemestre.engines.imap.store.gateway import ImapMailboxes, connector
from vaguemestre.engines.imap.store.pool import Pool
from vaguemestre.post.mailstore.values import MailLogin


class Post:
    """What the product wires around a pool, with the tokens and connections it made."""

    def __init__(self, engines: LiveEngines, **options: Any) -> None:
        self.engines = engines
        self.tokens: list[str] = []
        self.connections: list[Connection] = []
        self.pages, self.summaries = PageCache(), SummaryCache()
        self.after_connecting: Callable[[MailLogin, Connection], None] = lambda _login, _made: None
        self.pool = Pool(self._connect, on_forget=self._forget, **options)
        self.mailboxes = ImapMailboxes(self.pool, self.pages, self.summaries)

    @property
    def address(self) -> tuple[str, int]:
        return self.engines.config.mail.host, self.engines.config.ports.imap

    def new_login(self, session_key: str = "a session") -> MailLogin:
        return MailLogin(self.engines.someone().mailbox, session_key)

    def token_for(self, login: MailLogin) -> str:
        self.tokens.append(self.engines.token(login.mailbox))
        return self.tokens[-1]

    def _connect(self, login: MailLogin) -> Connection:
        connect: Callable[[MailLogin], Connection] = connector(self.address, self.token_for)
        connection = connect(login)
        self.connections.append(connection)
        self.after_connecting(login, connection)
        return connection

    def _forget(self, mailbox: str) -> None:
        self.pages.forget(mailbox)
        self.summaries.forget(mailbox)


@contextmanager
def frozen_dovecot(engines: LiveEngines) -> Iterator[None]:
    """Every process of it stopped: the kernel takes connections, nothing answers."""
    with standing_still(engines.children["dovecot"].pid):
        yield


def imap_processes(mailbox: str) -> set[int]:
    """The processes of Dovecot that serve a mailbox, as their titles say (`verbose_proctitle`)."""
    serving = set()
    for entry in Path("/proc").glob("[0-9]*/cmdline"):
        with suppress(OSError):
            title = entry.read_bytes()
            if b"imap" in title and b"[" + mailbox.encode() in title:
                serving.add(int(entry.parts[2]))
    return serving


def process_serving(port: int) -> int:
    """The process of Dovecot at the other end of a connection from that port; 0 before one has taken it."""
    lines = [line.split() for line in Path("/proc/net/tcp").read_text().splitlines()[1:]]
    inodes = {f"socket:[{line[9]}]" for line in lines if int(line[2].rpartition(":")[2], 16) == port}
    for entry in Path("/proc").glob("[0-9]*/fd/*"):
        with suppress(OSError):
            if (
                str(entry.readlink()) in inodes
                and Path(f"/proc/{entry.parts[2]}/exe").readlink().name == "imap"
            ):
                return int(entry.parts[2])
    return 0


@contextmanager
def silent_connections(post: Post, mailbox: str) -> Iterator[None]:
    """What serves a mailbox is stopped, now and whenever it is opened, before anything is asked."""
    stopped: set[int] = set()

    def stop(connection: Connection) -> None:
        pid = wait_until(lambda: process_serving(connection._socket.getsockname()[1]))
        os.kill(pid, signal.SIGSTOP)
        stopped.add(pid)

    for login, connections in post.pool._idle.items():
        for connection in connections if login.mailbox == mailbox else ():
            stop(connection)
    post.after_connecting = lambda login, made: stop(made) if login.mailbox == mailbox else None
    try:
        yield
    finally:
        post.after_connecting = lambda _login, _made: None
        for pid in stopped:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGCONT)


@contextmanager
def silent_mailbox(mailbox: str) -> Iterator[None]:
    """The processes that serve it are stopped, those that begin meanwhile as soon as they are seen."""
    stopped: set[int] = set()
    over = threading.Event()

    def stop() -> None:
        for pid in imap_processes(mailbox) - stopped:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGSTOP)
                stopped.add(pid)

    def stop_all() -> None:
        while not over.wait(0.005):
            stop()

    stop()
    thread = threading.Thread(target=stop_all)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()
        for pid in stopped:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGCONT)
