"""The labels that Gmail's export (Takeout) writes in each message, in the account's language."""

import csv
from dataclasses import dataclass
from email.errors import HeaderParseError
from email.header import decode_header, make_header

from vaguemestre.foundation.kernel.texts import without_accents
from vaguemestre.mailbox.portability.rules.folders import use_of
from vaguemestre.mailbox.portability.rules.identity import fields, header_of

_THREAD, _LABELS = b"x-gm-thrid", b"x-gmail-labels"
_UNREAD = frozenset(("unread", "non lu", "non lus"))
_STARRED = frozenset(("starred", "suivi", "suivis", "messages suivis", "favoris"))
_STATES = _UNREAD | _STARRED | {
    "opened", "ouvert", "ouverts", "important", "importants", "chat", "muted", "ignore", "ignores",
    "snoozed", "en attente", "scheduled", "programme", "programmes",
}  # fmt: skip
_CATEGORIES = ("category ", "categorie ", "categorie:")
_FIRST = ("trash", "junk", "drafts", "inbox", "sent")  # of several, the folder of the message
_ARCHIVE = "Archives"  # what Gmail shows under « All Mail » only


@dataclass(frozen=True)
class Labels:
    """Folder of a message, as a name that `folders.target` knows, and its IMAP flags."""

    folder: str
    flags: frozenset[str]


def labels_of(content: bytes) -> Labels | None:
    """The labels of a message; None if Gmail's export did not write it."""
    first = fields(header_of(content))[:2]  # Gmail's are above those of the message, which anybody writes
    if [name for name, _ in first] != [_THREAD, _LABELS]:
        return None
    labels = _labels(first[1][1])
    states = {_folded(label) for label in labels}
    flags = set() if states & _UNREAD else {"\\Seen"}
    flags |= {"\\Flagged"} if states & _STARRED else set()
    return Labels(_folder(labels), frozenset(flags))


def _labels(value: bytes) -> list[str]:
    """A line of CSV, often in encoded words (RFC 2047)."""
    text = value.decode("utf-8", "replace").strip()
    try:
        text = str(make_header(decode_header(text)))
        rows = list(csv.reader([text.replace("\r", " ").replace("\n", " ")], skipinitialspace=True))
    except (HeaderParseError, LookupError, ValueError, csv.Error):
        return []
    return [label.strip() for row in rows for label in row if label.strip()]


def _folder(labels: list[str]) -> str:
    by_use = {use_of(label): label for label in labels}
    for use in _FIRST:
        if use in by_use:
            return "" if use == "inbox" else by_use[use]
    own = [label for label in labels if not use_of(label) and not _is_state(label)]
    return own[0] if own else _ARCHIVE


def _is_state(label: str) -> bool:
    folded = _folded(label)
    return folded in _STATES or folded.startswith(_CATEGORIES)


def _folded(label: str) -> str:
    return without_accents(label).strip()
