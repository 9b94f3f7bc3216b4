"""The webmail's port over IMAP: what is asked, in the order that costs least."""

from collections.abc import Iterator
from contextlib import contextmanager

from vaguemestre.engines.imap.cache.page_cache import Letters, Pages, Summaries
from vaguemestre.engines.imap.cache.sort_cache import Orders
from vaguemestre.engines.imap.protocol.wire import PATIENCE
from vaguemestre.engines.imap.store.folder_commands import Shelving
from vaguemestre.engines.imap.store.message_changes import Marking
from vaguemestre.engines.imap.store.message_fetch import Reading
from vaguemestre.engines.imap.store.pool import Pool
from vaguemestre.engines.imap.store.session import connector
from vaguemestre.engines.imap.store.view_query import Looking
from vaguemestre.post.mailstore.values import MailLogin

__all__ = ["ImapMailbox", "ImapMailboxes", "connector"]


class ImapMailbox(Looking, Reading, Marking, Shelving):
    """Implements `mailstore.ports.Mailbox` on a borrowed connection."""

    def use(self, letters: Letters) -> None:
        """Remember there what is opened."""
        self._letters = letters


class ImapMailboxes:
    """Implements `mailstore.ports.OpenMailbox`: one for each process.

    `everything` is the virtual box of all folders. `search_patience`: seconds a search may take; without a
    full-text index a big box needs more than a person should wait for anything else.
    """

    def __init__(
        self,
        pool: Pool,
        pages: Pages,
        summaries: Summaries,
        orders: Orders | None = None,
        letters: Letters | None = None,
        *,
        everything: str = "Virtuel/All",
        search_patience: float = PATIENCE,
    ) -> None:
        self.pool = pool
        self._patience = search_patience
        self._pages = pages
        self._summaries = summaries
        self._letters = letters or Letters()
        self._orders = orders or Orders()
        self._everything = everything

    @contextmanager
    def __call__(self, login: MailLogin) -> Iterator[ImapMailbox]:
        with self.pool.lend(login) as lease:
            mailbox = ImapMailbox(
                login, lease, self._pages, self._summaries, self._orders, self._everything, self._patience
            )
            mailbox.use(self._letters)
            try:
                yield mailbox
            finally:
                mailbox.leave()
