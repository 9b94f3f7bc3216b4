"""Folders, searches over one of them, conversations: with pages and views, `mailstore.ports.Lists`."""

import re
from collections.abc import Sequence
from typing import NamedTuple
from zlib import crc32

from vaguemestre.engines.imap.protocol import (
    answers,
    folder_list,
    headers,
    messages,
    response_tree,
    view_criteria,
)
from vaguemestre.engines.imap.protocol.arguments import Argument, encoded
from vaguemestre.engines.imap.protocol.line_stream import Line
from vaguemestre.engines.imap.store.folder_pages import FolderPages
from vaguemestre.engines.imap.store.session import check_name, uid_of
from vaguemestre.post.mailstore.values import Folder, MessageRef, Page, Row

MAX_CONVERSATION = 500
_COUNT = re.compile(rb" COUNT ([0-9]+)")
_THREAD_FIELDS = (b"References", b"In-Reply-To", b"Message-ID")
# What ties a message to others: its envelope may be unreadable.
_THREAD_ITEMS = b"(UID FLAGS %b)" % b" ".join(
    b"BODY.PEEK[HEADER.FIELDS (%b)]<0.%d>" % (name.upper(), messages.MAX_FIELD_BYTES)
    for name in _THREAD_FIELDS
)


class SearchAnswer(NamedTuple):
    """How many messages match, and their UIDs as a set in ascending order."""

    total: int
    uids: bytes


class FolderLists(FolderPages):
    def folders(self) -> tuple[Folder, ...]:
        def query() -> list[Line]:
            self.unselect()
            return self.run(b'LIST "" "*" RETURN (SUBSCRIBED SPECIAL-USE STATUS (MESSAGES UNSEEN))')

        return folder_list.parse_folders(self.retry_if_dead(query), self._everything)

    def search(self, folder: str, terms: Sequence[str], offset: int, size: int) -> Page:
        check_name(folder)
        criteria: list[Argument] = []
        for term in terms:
            if words := headers.clean(term).strip():
                criteria += view_criteria.spelled(b"TEXT", words)
        return self.retry_one_by_one(lambda: self._search(folder, criteria or [b"ALL"], max(0, offset), size))

    def conversation(self, ref: MessageRef) -> tuple[Row, ...]:
        return self.retry_one_by_one(lambda: self._conversation(ref))

    def find_by_message_id(self, folder: str, message_id: str) -> tuple[MessageRef, ...]:
        check_name(folder)

        def query() -> tuple[MessageRef, ...]:
            validity = self.enter_folder(folder).uid_validity
            # the header index also returns similar identifiers: the envelope decides
            uids = self._search_selected([b"HEADER", b"Message-ID", message_id]).uids
            if not uids:
                return ()
            lines = self.run(b"UID FETCH", uids, b"(UID ENVELOPE)")
            return tuple(
                MessageRef(folder, validity, uid)
                for items in response_tree.fetched_items(lines)
                if (uid := uid_of(items)) and messages.summary(items, uid).message_id == message_id
            )

        return self.retry_if_dead(query)

    def _search(self, folder: str, criteria: list[Argument], offset: int, size: int) -> Page:
        if folder == self._everything:
            validity, total, rows = self._everything_rows(criteria, offset, size)
        else:
            answer = self.query_folder(folder, _search_command(criteria), self._search_patience)
            validity = answer.uid_validity
            total, matching = _parse_search(answer.lines)
            uids = answers.last_uids(matching, offset + size)[offset:]
            flags = self._flags_of(uids)
            rows = self._rows_with_summaries(
                folder, validity, [(uid, flags[uid]) for uid in uids if uid in flags]
            )
        state = ";".join(f"{row.ref.folder}/{row.ref.uid}/{sorted(row.flags)}" for row in rows)
        return Page(folder, validity, total, 0, offset, rows, f"{validity}.{total}.{crc32(state.encode()):x}")

    def _search_selected(self, criteria: list[Argument]) -> SearchAnswer:
        return _parse_search(self.run(_search_command(criteria), patience=self._search_patience))

    def _conversation(self, ref: MessageRef) -> tuple[Row, ...]:
        items = self.fetch_one(ref, _THREAD_ITEMS)
        ids = messages.thread_ids(items)
        own = self._rows_with_summaries(ref.folder, ref.uid_validity, [(ref.uid, answers.flags(items))])
        if not ids:
            return own
        criteria: list[Argument] = []
        for message_id in sorted(ids):
            for field in _THREAD_FIELDS:
                criteria += [b"HEADER", field, message_id]
        alternatives = len(ids) * len(_THREAD_FIELDS)
        self.enter_folder(self._everything)
        answer = self._search_selected([b"OR"] * (alternatives - 1) + criteria)
        related = self._rows_of_everything(answers.last_uids(answer.uids, MAX_CONVERSATION))
        rows = {row.ref: row for row in (*related, *own)}
        return tuple(sorted(rows.values(), key=lambda row: (row.summary.date, row.ref.uid)))


def _search_command(criteria: Sequence[Argument]) -> bytes:
    return encoded(b"UID SEARCH RETURN (COUNT ALL) CHARSET UTF-8", *criteria)


def _parse_search(lines: Sequence[Line]) -> SearchAnswer:
    for line in lines:
        if line.text.startswith(b"ESEARCH") and (uids := answers.esearch_all(line.text)):
            count = _COUNT.search(line.text)
            return SearchAnswer(int(count[1]) if count else 0, uids)
    return SearchAnswer(0, b"")
