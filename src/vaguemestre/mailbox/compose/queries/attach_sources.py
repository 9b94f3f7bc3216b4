"""Messages one may take an attachment from."""

from vaguemestre.mailbox.compose.rules.original import file_name, pieces_of
from vaguemestre.mailbox.compose.values import Source, SourceFile
from vaguemestre.mailbox.webmail.rules.listing.search_query import terms
from vaguemestre.post.mailstore.ports import Mailbox
from vaguemestre.post.mailstore.values import MessageRef, Only, Part, Row, Use, View

MOST_SOURCES = 20


def sources(mailbox: Mailbox, typed: str) -> tuple[Source, ...]:
    """The newest that hold the words typed; without words, the newest that hold files."""
    everywhere = next((folder.name for folder in mailbox.folders() if folder.use is Use.ALL), "INBOX")
    asked = terms(typed)
    view = View(terms=asked) if asked else View(only=frozenset((Only.ATTACHED,)))
    return tuple(_source(row) for row in mailbox.look(everywhere, view, 0, MOST_SOURCES).rows)


def source_files(mailbox: Mailbox, ref: MessageRef) -> tuple[SourceFile, ...]:
    """Its files. Raises MessageGone."""
    files = pieces_of(mailbox.open(ref).root).files
    return tuple(SourceFile(part.number, file_name(part), _size(part)) for part in files)


def _size(part: Part) -> int:
    return part.size * 3 // 4 if part.encoding == "base64" else part.size


def _source(row: Row) -> Source:
    told = row.summary
    return Source(
        row.ref, told.subject, told.sender.name or told.sender.address, told.date, told.has_attachment
    )
