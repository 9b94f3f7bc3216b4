"""Messages of the mailbox to attach."""

from vaguemestre.mailbox.compose.rules.original import file_name, message_parts
from vaguemestre.mailbox.compose.values import SourceFile, SourceMessage
from vaguemestre.mailbox.webmail.rules.listing.search_query import plain_terms
from vaguemestre.post.mailstore.ports import Mailbox
from vaguemestre.post.mailstore.values import MessageRef, Only, Row, Use, View

MAX_SOURCES = 20
MAX_PAGES = 5


def attach_sources(mailbox: Mailbox, typed: str) -> tuple[SourceMessage, ...]:
    """Newest messages that match the typed words; without words, newest with attachments. Never a draft.

    Drafts are left out of what the store gives: it looks further, a few pages at most.
    """
    folders = mailbox.folders()
    everywhere = next((folder.name for folder in folders if folder.use is Use.ALL), "INBOX")
    drafts = {folder.name for folder in folders if folder.use is Use.DRAFTS}
    search_terms = plain_terms(typed)
    view = View(terms=search_terms) if search_terms else View(only=frozenset((Only.ATTACHED,)))
    sources: list[SourceMessage] = []
    for offset in range(0, MAX_SOURCES * MAX_PAGES, MAX_SOURCES):
        rows = mailbox.look(everywhere, view, offset, MAX_SOURCES).rows
        sources += [_source(row) for row in rows if row.ref.folder not in drafts]
        if len(rows) < MAX_SOURCES or len(sources) >= MAX_SOURCES:
            break
    return tuple(sources[:MAX_SOURCES])


def source_files(mailbox: Mailbox, ref: MessageRef) -> tuple[SourceFile, ...]:
    """Files attached to the message. Raises MessageGone."""
    files = message_parts(mailbox.open(ref).root).files
    return tuple(SourceFile(part.number, file_name(part), part.octets) for part in files)


def _source(row: Row) -> SourceMessage:
    summary = row.summary
    return SourceMessage(
        row.ref,
        summary.subject,
        summary.sender.name or summary.sender.address,
        summary.date,
        summary.has_attachment,
    )
