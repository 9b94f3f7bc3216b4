"""`mailstore.ports.OpenMailbox` over IMAP: a mailbox on a borrowed connection, with the process's caches."""

from collections.abc import Iterator
from contextlib import contextmanager

from vaguemestre.engines.imap.cache.page_cache import MessageCache, PageCache, SummaryCache
from vaguemestre.engines.imap.cache.sort_cache import SortCache
from vaguemestre.engines.imap.protocol.connection import PATIENCE_SECONDS
from vaguemestre.engines.imap.store.folder_commands import FolderCommands
from vaguemestre.engines.imap.store.message_changes import MessageChanges
from vaguemestre.engines.imap.store.message_fetch import MessageFetch
from vaguemestre.engines.imap.store.pool import Pool
from vaguemestre.engines.imap.store.session import connector
from vaguemestre.engines.imap.store.view_query import ViewQuery
from vaguemestre.post.mailstore.values import MailLogin

__all__ = ["ImapMailbox", "ImapMailboxes", "connector"]


class ImapMailbox(ViewQuery, MessageFetch, MessageChanges, FolderCommands):
    """Implements `mailstore.ports.Mailbox` on a borrowed connection."""

    def cache_messages_in(self, messages: MessageCache) -> None:
        """Cache opened messages there."""
        self._messages = messages


class ImapMailboxes:
    """Implements `mailstore.ports.OpenMailbox`: one for each process.

    `everything`: the virtual folder of all folders. `search_patience`: seconds a search may take; without a
    full-text index, a large mailbox needs more than a person should wait for anything else.
    """

    def __init__(
        self,
        pool: Pool,
        pages: PageCache,
        summaries: SummaryCache,
        orders: SortCache | None = None,
        messages: MessageCache | None = None,
        *,
        everything: str = "Virtuel/All",
        search_patience: float = PATIENCE_SECONDS,
    ) -> None:
        self.pool = pool
        self._search_patience = search_patience
        self._pages = pages
        self._summaries = summaries
        self._messages = messages or MessageCache()
        self._orders = orders or SortCache()
        self._everything = everything

    @contextmanager
    def __call__(self, login: MailLogin) -> Iterator[ImapMailbox]:
        with self.pool.lend(login) as lease:
            mailbox = ImapMailbox(
                login,
                lease,
                self._pages,
                self._summaries,
                self._orders,
                self._everything,
                self._search_patience,
            )
            mailbox.cache_messages_in(self._messages)
            try:
                yield mailbox
            finally:
                mailbox.leave()
