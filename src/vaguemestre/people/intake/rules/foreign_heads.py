"""Lines that would give the direction of an establishment of another académie."""

from collections.abc import Collection, Sequence
from datetime import date
from typing import NamedTuple

from vaguemestre.people.directory.values import Post
from vaguemestre.people.intake.rules.posts import is_open
from vaguemestre.people.intake.values import Record, RefusedLine

_HEAD_FUNCTION = "DIR"
_HEAD_CORPS = "004"  # heads and their deputies, who stand in for them
_REASON = "direction d’un établissement d’une autre académie : à vérifier"


class CheckedLines(NamedTuple):
    """The lines that may be applied, and the others."""

    records: Sequence[Record]
    refused: tuple[RefusedLine, ...]


def refuse_foreign_heads(records: Sequence[Record], foreign: Collection[str], today: date) -> CheckedLines:
    """Refuse the open posts of direction in establishments (UAI) of another académie.

    A head owns the mailbox, the lists and the classes of the school: only its own académie names one. Others
    may serve in an establishment of a neighbour, as agents of shared services do.
    """
    if not foreign:
        return CheckedLines(records, ())
    refused = [r for r in records if r.post.uai in foreign and _leads(r.post) and is_open(r.post, today)]
    lines = {record.line for record in refused}
    return CheckedLines(
        [record for record in records if record.line not in lines],
        tuple(RefusedLine(record.line, "uai", _REASON, record.dossier) for record in refused),
    )


def _leads(post: Post) -> bool:
    return post.function == _HEAD_FUNCTION or post.corps == _HEAD_CORPS
