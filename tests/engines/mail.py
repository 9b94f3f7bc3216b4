"""Mailboxes of the live engines, as the product opens them."""

import os
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from tests.engines.live import LiveEngines, descendants

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
        self.connections.append(connect(login))
        return self.connections[-1]

    def _forget(self, mailbox: str) -> None:
        self.pages.forget(mailbox)
        self.summaries.forget(mailbox)


@contextmanager
def frozen_dovecot(engines: LiveEngines) -> Iterator[None]:
    """Every process of it stopped: the kernel takes connections, nothing answers."""
    pids = descendants(engines.children["dovecot"].pid)
    for pid in pids:
        os.kill(pid, signal.SIGSTOP)
    try:
        yield
    finally:
        for pid in pids:
            os.kill(pid, signal.SIGCONT)
