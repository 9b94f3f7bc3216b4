"""What a process remembers of lists and letters: nothing that may be wrong.

Summaries never change for a (mailbox, folder, UIDVALIDITY, UID). A page is used again only when the folder's
STATUS, asked each time, answers word for word what it did when the page was made.
"""

import threading
from collections import OrderedDict
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from vaguemestre.post.mailstore.values import MessageRef, OpenedMessage, Page, Summary, View

type Box = tuple[str, str, int]
"""Mailbox, folder, UIDVALIDITY."""

type PageKey = tuple[str, int, int, View]
"""Folder, offset, size, how it is looked at."""

MOST_SUMMARIES = 40_000  # about 36 MB a worker
MOST_LETTERS = 1_000
_PLAIN = View()
HEAVIEST_LETTER = 200  # parts; bigger ones are asked again
MOST_PAGES = 2_000
MOST_PAGES_EACH = 12


class Summaries:
    """Summaries by box and UID; whole boxes leave, least recently used first.

    One that is too big for all begins anew with what was read last.
    """

    def __init__(self, most: int = MOST_SUMMARIES) -> None:
        self._most = most
        self._lock = threading.Lock()
        self._boxes: OrderedDict[Box, dict[int, Summary]] = OrderedDict()
        self._count = 0

    def known(self, box: Box, uids: Iterable[int]) -> dict[int, Summary]:
        with self._lock:
            kept = self._boxes.get(box)
            if kept is None:
                return {}
            self._boxes.move_to_end(box)
            return {uid: kept[uid] for uid in uids if uid in kept}

    def keep(self, box: Box, found: Mapping[int, Summary]) -> None:
        with self._lock:
            kept = self._boxes.setdefault(box, {})
            self._boxes.move_to_end(box)
            before = len(kept)
            kept.update(found)
            self._count += len(kept) - before
            while self._count > self._most and len(self._boxes) > 1:
                self._count -= len(self._boxes.popitem(last=False)[1])
            if self._count > self._most:
                self._boxes[box] = dict(found)
                self._count = len(found)

    def forget(self, mailbox: str) -> None:
        with self._lock:
            for box in [box for box in self._boxes if box[0] == mailbox]:
                self._count -= len(self._boxes.pop(box))

    @property
    def count(self) -> int:
        return self._count


class Letters:
    """Headers and structure of letters opened lately, which never change; their flags are always asked."""

    def __init__(self, most: int = MOST_LETTERS) -> None:
        self._most = most
        self._lock = threading.Lock()
        self._held: OrderedDict[tuple[str, MessageRef], OpenedMessage] = OrderedDict()

    def get(self, mailbox: str, ref: MessageRef) -> OpenedMessage | None:
        with self._lock:
            found = self._held.get((mailbox, ref))
            if found is not None:
                self._held.move_to_end((mailbox, ref))
            return found

    def keep(self, mailbox: str, message: OpenedMessage) -> None:
        if len(message.root.children) > HEAVIEST_LETTER:
            return
        with self._lock:
            self._held[mailbox, message.ref] = message
            if len(self._held) > self._most:
                self._held.popitem(last=False)

    def forget(self, mailbox: str) -> None:
        with self._lock:
            for key in [key for key in self._held if key[0] == mailbox]:
                del self._held[key]


class Made(NamedTuple):
    """A page, the STATUS it was made under; whether it had changed when it was last asked for."""

    status: bytes
    page: Page
    has_changed: bool = False


class Pages:
    """The last pages of each mailbox, with the STATUS answer they were made under."""

    def __init__(self, most: int = MOST_PAGES, most_each: int = MOST_PAGES_EACH) -> None:
        self._most = most
        self._most_each = most_each
        self._lock = threading.Lock()
        self._mailboxes: OrderedDict[str, OrderedDict[PageKey, Made]] = OrderedDict()
        self._count = 0

    def get(self, mailbox: str, key: PageKey, status: bytes) -> Page | None:
        with self._lock:
            pages = self._mailboxes.get(mailbox)
            kept = pages.get(key) if pages is not None else None
            if pages is None or kept is None or kept.status != status:
                return None
            self._mailboxes.move_to_end(mailbox)
            if kept.has_changed:
                pages[key] = Made(status, kept.page)
            pages.move_to_end(key)
            return kept.page

    def last(self, mailbox: str, key: PageKey) -> Made | None:
        """That page as it was made last."""
        with self._lock:
            pages = self._mailboxes.get(mailbox)
            return pages.get(key) if pages is not None else None

    def has(self, mailbox: str, key: PageKey) -> bool:
        """Whether that page was made before, under whatever STATUS."""
        with self._lock:
            return key in self._mailboxes.get(mailbox, ())

    def total(self, mailbox: str, folder: str) -> int:
        """How many messages the page of that folder that was used last counted; 0 when there is none."""
        with self._lock:
            pages = self._mailboxes.get(mailbox) or OrderedDict[PageKey, Made]()
            found = (
                pages[key].page.total for key in reversed(pages) if key[0] == folder and key[3] == _PLAIN
            )
            return next(found, 0)

    def keep(self, mailbox: str, key: PageKey, status: bytes, page: Page) -> None:
        with self._lock:
            pages = self._mailboxes.setdefault(mailbox, OrderedDict())
            self._mailboxes.move_to_end(mailbox)
            before = len(pages)
            pages[key] = Made(status, page, has_changed=key in pages)
            pages.move_to_end(key)
            if len(pages) > self._most_each:
                pages.popitem(last=False)
            self._count += len(pages) - before
            while self._count > self._most:
                self._count -= len(self._mailboxes.popitem(last=False)[1])

    def forget(self, mailbox: str) -> None:
        with self._lock:
            self._count -= len(self._mailboxes.pop(mailbox, ()))
