"""Caches of summaries, opened messages and pages, one of each per process; none can return stale data.

Summaries never change for a (mailbox, folder, UIDVALIDITY, UID). A page is returned only if the folder's
STATUS, fetched each time, is octet for octet the one it was made under.
"""

import threading
from collections import OrderedDict
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from vaguemestre.post.mailstore.values import MessageRef, OpenedMessage, Page, Summary, View

type Box = tuple[str, str, int]
"""Mailbox, folder, UIDVALIDITY."""

type PageKey = tuple[str, int, int, View]
"""Folder, offset, size, view."""

MAX_SUMMARIES = 40_000  # about 36 MB per process
MAX_MESSAGES = 1_000
_PLAIN = View()
MAX_CACHED_PARTS = 200  # a message of more parts is not cached
MAX_PAGES = 2_000
MAX_PAGES_PER_MAILBOX = 12


class SummaryCache:
    """Summaries by box and UID. Whole boxes are evicted, least recently used first.

    A box larger than the cache keeps only the summaries added last.
    """

    def __init__(self, most: int = MAX_SUMMARIES) -> None:
        self._most = most
        self._lock = threading.Lock()
        self._boxes: OrderedDict[Box, dict[int, Summary]] = OrderedDict()
        self._count = 0

    def known(self, box: Box, uids: Iterable[int]) -> dict[int, Summary]:
        with self._lock:
            cached = self._boxes.get(box)
            if cached is None:
                return {}
            self._boxes.move_to_end(box)
            return {uid: cached[uid] for uid in uids if uid in cached}

    def keep(self, box: Box, summaries: Mapping[int, Summary]) -> None:
        with self._lock:
            cached = self._boxes.setdefault(box, {})
            self._boxes.move_to_end(box)
            before = len(cached)
            cached.update(summaries)
            self._count += len(cached) - before
            while self._count > self._most and len(self._boxes) > 1:
                self._count -= len(self._boxes.popitem(last=False)[1])
            if self._count > self._most:
                self._boxes[box] = dict(summaries)
                self._count = len(summaries)

    def forget(self, mailbox: str) -> None:
        with self._lock:
            for box in [box for box in self._boxes if box[0] == mailbox]:
                self._count -= len(self._boxes.pop(box))

    @property
    def count(self) -> int:
        return self._count


class MessageCache:
    """Headers and structure of messages opened lately, which never change; their flags are always fetched."""

    def __init__(self, most: int = MAX_MESSAGES) -> None:
        self._most = most
        self._lock = threading.Lock()
        self._messages: OrderedDict[tuple[str, MessageRef], OpenedMessage] = OrderedDict()

    def get(self, mailbox: str, ref: MessageRef) -> OpenedMessage | None:
        with self._lock:
            message = self._messages.get((mailbox, ref))
            if message is not None:
                self._messages.move_to_end((mailbox, ref))
            return message

    def keep(self, mailbox: str, message: OpenedMessage) -> None:
        if len(message.root.children) > MAX_CACHED_PARTS:
            return
        with self._lock:
            self._messages[mailbox, message.ref] = message
            if len(self._messages) > self._most:
                self._messages.popitem(last=False)

    def forget(self, mailbox: str) -> None:
        with self._lock:
            for key in [key for key in self._messages if key[0] == mailbox]:
                del self._messages[key]


class CachedPage(NamedTuple):
    """A page, the STATUS it was made under, and whether it replaced another one when it was cached."""

    status: bytes
    page: Page
    has_changed: bool = False


class PageCache:
    """The last pages of each mailbox."""

    def __init__(self, most: int = MAX_PAGES, most_each: int = MAX_PAGES_PER_MAILBOX) -> None:
        self._most = most
        self._most_each = most_each
        self._lock = threading.Lock()
        self._mailboxes: OrderedDict[str, OrderedDict[PageKey, CachedPage]] = OrderedDict()
        self._count = 0

    def get(self, mailbox: str, key: PageKey, status: bytes) -> Page | None:
        """The page, if it was made under that STATUS."""
        with self._lock:
            pages = self._mailboxes.get(mailbox)
            cached = pages.get(key) if pages is not None else None
            if pages is None or cached is None or cached.status != status:
                return None
            self._mailboxes.move_to_end(mailbox)
            if cached.has_changed:
                pages[key] = CachedPage(status, cached.page)
            pages.move_to_end(key)
            return cached.page

    def last(self, mailbox: str, key: PageKey) -> CachedPage | None:
        """The page made last, under whatever STATUS."""
        with self._lock:
            pages = self._mailboxes.get(mailbox)
            return pages.get(key) if pages is not None else None

    def has(self, mailbox: str, key: PageKey) -> bool:
        """Whether the page is cached, under whatever STATUS."""
        with self._lock:
            return key in self._mailboxes.get(mailbox, ())

    def total(self, mailbox: str, folder: str) -> int:
        """The count of messages on the folder's page used last; 0 when there is none."""
        with self._lock:
            pages = self._mailboxes.get(mailbox) or OrderedDict[PageKey, CachedPage]()
            totals = (
                pages[key].page.total for key in reversed(pages) if key[0] == folder and key[3] == _PLAIN
            )
            return next(totals, 0)

    def keep(self, mailbox: str, key: PageKey, status: bytes, page: Page) -> None:
        with self._lock:
            pages = self._mailboxes.setdefault(mailbox, OrderedDict())
            self._mailboxes.move_to_end(mailbox)
            before = len(pages)
            pages[key] = CachedPage(status, page, has_changed=key in pages)
            pages.move_to_end(key)
            if len(pages) > self._most_each:
                pages.popitem(last=False)
            self._count += len(pages) - before
            while self._count > self._most:
                self._count -= len(self._mailboxes.popitem(last=False)[1])

    def forget(self, mailbox: str) -> None:
        with self._lock:
            self._count -= len(self._mailboxes.pop(mailbox, ()))
