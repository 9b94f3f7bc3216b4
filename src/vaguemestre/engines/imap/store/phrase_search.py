"""Phrase search: the index has no positions, so candidates are fetched and their texts compared."""

import time
from array import array
from collections import defaultdict
from collections.abc import Sequence
from itertools import batched
from typing import NamedTuple

from vaguemestre.engines.imap.cache import sort_cache
from vaguemestre.engines.imap.protocol import (
    answers,
    body_structure,
    envelopes,
    headers,
    response_tree,
    view_criteria,
)
from vaguemestre.engines.imap.protocol.arguments import Argument
from vaguemestre.engines.imap.store.folder_lists import FolderLists
from vaguemestre.engines.imap.store.session import CONTENT_PATIENCE_SECONDS, sequence_set, uid_of
from vaguemestre.foundation.kernel.text import charsets
from vaguemestre.foundation.kernel.texts import contains_phrase, words_only
from vaguemestre.mailbox.webmail.rules.rendering.parts import leaves_of
from vaguemestre.mailbox.webmail.rules.rendering.plain import text_of_html
from vaguemestre.post.mailstore.values import Part, View

_READING_SECONDS = 2.0  # the page waits
_BATCH = 50
_MAX_PARTS = 8
_MAX_PART_BYTES = 400_000  # transfer encoding included

type Texts = list[str]


class CheckedUids(NamedTuple):
    """The UIDs that pass, and how many messages there was no time to read."""

    uids: list[int]
    unread: int


class PhraseSearch(FolderLists):
    def _check_phrases(self, uids: Sequence[int], view: View) -> CheckedUids:
        """The UIDs, among `uids`, of messages that hold the wanted phrases of a view and no unwanted one.

        A message that was not read does not hold a wanted phrase, nor an unwanted one.
        """
        remaining, unread, until = list(uids), 0, time.monotonic() + _READING_SECONDS
        if view.phrases:
            texts = self._read_texts(remaining, until)
            unread = len(remaining) - len(texts)
            phrases = [words_only(phrase) for phrase in view.phrases]
            remaining = [uid for uid in remaining if uid in texts and _holds_all(texts[uid], phrases)]
        for excluded in view.excluded_phrases:
            suspects = set(self._search_uids(view_criteria.spelled(b"TEXT", headers.clean(excluded))))
            texts = self._read_texts([uid for uid in remaining if uid in suspects], until)
            unread += len(suspects.intersection(remaining)) - len(texts)
            phrase = words_only(excluded)
            remaining = [uid for uid in remaining if uid not in texts or not _holds_all(texts[uid], [phrase])]
        return CheckedUids(remaining, unread)

    def _read_texts(self, uids: Sequence[int], until: float) -> dict[int, Texts]:
        """The texts of the first messages, as many as time allows; one batch at least."""
        texts: dict[int, Texts] = {}
        for batch in batched(uids, _BATCH, strict=False):
            texts.update(self._texts_of(batch))
            if time.monotonic() > until:
                break
        return texts

    def _texts_of(self, uids: Sequence[int]) -> dict[int, Texts]:
        """Subject, names and text parts, by UID; no text for a message expunged meanwhile."""
        texts: dict[int, Texts] = {uid: [] for uid in uids}
        uids_by_parts: dict[tuple[str, ...], list[int]] = defaultdict(list)
        parts: dict[int, dict[str, Part]] = {}
        lines = self.run(
            b"UID FETCH",
            sequence_set(uids),
            b"(UID ENVELOPE BODYSTRUCTURE)",
            patience=CONTENT_PATIENCE_SECONDS,
        )
        for items in response_tree.fetched_items(lines):
            uid = uid_of(items)
            texts[uid] = [words_only(text) for text in envelopes.searchable_texts(items)]
            root = body_structure.structure(items.get("BODYSTRUCTURE"))
            parts[uid] = {part.number: part for part in _text_parts(root)}
            uids_by_parts[tuple(parts[uid])].append(uid)
        for numbers, alike in uids_by_parts.items():
            if not numbers:
                continue
            sections = b" ".join(b"BODY.PEEK[%b]<0.%d>" % (n.encode(), _MAX_PART_BYTES) for n in numbers)
            lines = self.run(
                b"UID FETCH",
                sequence_set(alike),
                b"(UID %b)" % sections,
                patience=CONTENT_PATIENCE_SECONDS,
            )
            for items in response_tree.fetched_items(lines):
                uid = uid_of(items)
                for number in numbers:
                    content = answers.section(items, f"BODY[{number}]") or b""
                    texts[uid].append(words_only(_plain_text(parts[uid][number], content)))
        return texts

    def _search_uids(self, keys: list[Argument]) -> "array[int]":
        lines = self.run(b"UID SEARCH RETURN (ALL) CHARSET UTF-8", *keys, patience=self._search_patience)
        return sort_cache.parse_sorted_uids(answers.esearch_all(answers.esearch(lines)))


def _holds_all(texts: Texts, phrases: Sequence[str]) -> bool:
    return all(any(contains_phrase(text, phrase) for text in texts) for phrase in phrases)


def _text_parts(root: Part) -> list[Part]:
    texts = (part for part in leaves_of(root) if part.kind.startswith("text/"))
    return sorted(texts, key=lambda part: part.number)[:_MAX_PARTS]


def _plain_text(part: Part, content: bytes) -> str:
    text = charsets.text(headers.undone(content, part.encoding), part.charset)
    if part.kind != "text/html":
        return text
    return text_of_html(text)
