"""Verification of an import: every message is looked up in its folder."""

from dataclasses import replace

from vaguemestre.mailbox.portability.ports import Source, Store
from vaguemestre.mailbox.portability.rules import tally as counting
from vaguemestre.mailbox.portability.rules.folders import target
from vaguemestre.mailbox.portability.rules.identity import header_of, mark_of, on_the_wire
from vaguemestre.mailbox.portability.values import Mark, Tally


def verify(store: Store, source: Source, tally: Tally, *, apart: str = "") -> Tally:
    """The tally with the number of messages found by identity and size; missing ones are listed."""
    places, marks = store.places(), dict[str, set[Mark]]()
    verified = replace(tally, verified=0)
    for piece in source.pieces(""):
        content = on_the_wire(piece.content)
        if piece.problem or not content.strip():
            continue
        folder = target(piece.folder, piece.use, places, apart)
        if folder not in marks:
            marks[folder] = store.marks(folder) if folder in places.names else set()
        if mark_of(header_of(content), len(content)) in marks[folder]:
            verified = replace(verified, verified=verified.verified + 1)
        else:
            verified = replace(
                counting.left(verified, piece, "missing"), cursor=tally.cursor, reached=tally.reached
            )
    return verified
