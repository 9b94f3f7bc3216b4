"""Phrases: the index knows the words of a message, not that they follow one another. So messages are read."""

import re
import time
from array import array
from collections import defaultdict
from collections.abc import Iterator, Sequence
from html import unescape
from itertools import batched

import nh3

from vaguemestre.engines.imap.cache import sort_cache
from vaguemestre.engines.imap.protocol import headers, parse, response_tree
from vaguemestre.engines.imap.protocol.wire import Argument, Line
from vaguemestre.engines.imap.store.folder_lists import Listing
from vaguemestre.engines.imap.store.session import PATIENCE_BYTES, folded, uid_of
from vaguemestre.foundation.kernel import charsets
from vaguemestre.foundation.kernel.texts import says, spoken
from vaguemestre.mailbox.webmail.rules.rendering.parts import leaves_of
from vaguemestre.post.mailstore.values import Part, View

_SECONDS = 2.0  # of reading; the page waits
_AT_ONCE = 50
_MOST_PARTS = 8
_LONGEST = 400_000  # octets of a text, as written
_BLOCK = re.compile(r"<(?=/?(?:p|div|t[dhr]|li|br|h[1-6r]|table|[ou]l|blockquote)\b)", re.IGNORECASE)
_SILENT = {"head", "script", "style", "title"}

type Texts = list[str]


class Saying(Listing):
    def _saying(self, uids: Sequence[int], view: View) -> tuple[list[int], int]:
        """Those among `uids` that say the phrases of a view and not those it shuns; how many were not read.

        What was not read is left out for a phrase that is wanted, kept for one that is not.
        """
        left, unread, until = list(uids), 0, time.monotonic() + _SECONDS
        if view.phrases:
            texts = self._read(left, until)
            unread = len(left) - len(texts)
            phrases = [spoken(phrase) for phrase in view.phrases]
            left = [uid for uid in left if uid in texts and _holds_all(texts[uid], phrases)]
        for excluded in view.excluded_phrases:
            suspects = set(self._which([b"TEXT", headers.clean(excluded)]))
            texts = self._read([uid for uid in left if uid in suspects], until)
            unread += len(suspects.intersection(left)) - len(texts)
            phrase = spoken(excluded)
            left = [uid for uid in left if uid not in texts or not _holds_all(texts[uid], [phrase])]
        return left, unread

    def _read(self, uids: Sequence[int], until: float) -> dict[int, Texts]:
        """What the first of them say, as many as time allows; at least some."""
        found: dict[int, Texts] = {}
        for some in batched(uids, _AT_ONCE, strict=False):
            found.update(self._texts(some))
            if time.monotonic() > until:
                break
        return found

    def _texts(self, uids: Sequence[int]) -> dict[int, Texts]:
        """One that is gone meanwhile says nothing."""
        texts: dict[int, Texts] = {uid: [] for uid in uids}
        alike: dict[tuple[str, ...], list[int]] = defaultdict(list)
        parts: dict[int, dict[str, Part]] = {}
        for items in response_tree.fetched(self._structures(uids)):
            uid = uid_of(items)
            texts[uid] = [spoken(text) for text in parse.named(items)]
            parts[uid] = {part.number: part for part in _written(parse.structure(items.get("BODYSTRUCTURE")))}
            alike[tuple(parts[uid])].append(uid)
        for numbers, some in alike.items():
            if not numbers:
                continue
            asked = b" ".join(b"BODY.PEEK[%b]<0.%d>" % (number.encode(), _LONGEST) for number in numbers)
            lines = self.run(b"UID FETCH", folded(some), b"(UID %b)" % asked, patience=PATIENCE_BYTES)
            for items in response_tree.fetched(lines):
                uid = uid_of(items)
                for number in numbers:
                    content = parse.section(items, f"BODY[{number}]") or b""
                    texts[uid].append(spoken(_plain(parts[uid][number], content)))
        return texts

    def _structures(self, uids: Sequence[int]) -> list[Line]:
        return self.run(b"UID FETCH", folded(uids), b"(UID ENVELOPE BODYSTRUCTURE)", patience=PATIENCE_BYTES)

    def _which(self, keys: list[Argument]) -> "array[int]":
        lines = self.run(b"UID SEARCH RETURN (ALL) CHARSET UTF-8", *keys, patience=self._search_patience)
        return sort_cache.unpacked(parse.all_found(esearch(lines)))


def esearch(lines: Sequence[Line]) -> bytes:
    return next((line.text for line in lines if line.text.startswith(b"ESEARCH")), b"")


def _holds_all(texts: Texts, phrases: Sequence[str]) -> bool:
    return all(any(says(text, phrase) for text in texts) for phrase in phrases)


def _written(root: Part) -> Iterator[Part]:
    texts = (part for part in leaves_of(root) if part.kind.startswith("text/"))
    yield from sorted(texts, key=lambda part: part.number)[:_MOST_PARTS]


def _plain(part: Part, content: bytes) -> str:
    text = charsets.text(headers.undone(content, part.encoding), part.charset)
    if part.kind != "text/html":
        return text
    return unescape(nh3.clean(_BLOCK.sub(" <", text), tags=set(), clean_content_tags=_SILENT))
