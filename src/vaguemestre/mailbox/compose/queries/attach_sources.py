"""Messages of the mailbox to attach."""

from vaguemestre.mailbox.compose.rules.original import file_name, message_parts
from vaguemestre.mailbox.compose.values import SourceFile, SourceMessage
from vaguemestre.mailbox.webmail.rules.listing.search_query import plain_terms
from vaguemestre.post.mailstore.ports import Mailbox
from vaguemestre.post.mailstore.values import MessageRef, Only, Part, Row, Use, View

MOST_SOURCES = 20


def attach_sources(mailbox: Mailbox, typed: str) -> tuple[SourceMessage, ...]:
    """Newest messages that match the typed words; without words, newest with attachments."""
    everywhere = next((folder.name for folder in mailbox.folders() if folder.use is Use.ALL), "INBOX")
    search_terms = plain_terms(typed)
    view = View(terms=search_terms) if search_terms else View(only=frozenset((Only.ATTACHED,)))
    return tuple(_source(row) for row in mailbox.look(everywhere, view, 0, MOST_SOURCES).rows)


def source_files(mailbox: Mailbox, ref: MessageRef) -> tuple[SourceFile, ...]:
    """Files attached to the message. Raises MessageGone."""
    files = message_parts(mailbox.open(ref).root).files
    return tuple(SourceFile(part.number, file_name(part), _size(part)) for part in files)


def _size(part: Part) -> int:
    """Approximate decoded size, in octets."""
    return part.size * 3 // 4 if part.encoding == "base64" else part.size


def _source(row: Row) -> SourceMessage:
    summary = row.summary
    return SourceMessage(
        row.ref,
        summary.subject,
        summary.sender.name or summary.sender.address,
        summary.date,
        summary.has_attachment,
    )
