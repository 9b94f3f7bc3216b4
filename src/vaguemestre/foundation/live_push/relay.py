"""What push processes of several machines tell each other: changes, as the text of a notice."""

import json
from collections.abc import Iterable, Sequence

from vaguemestre.foundation.live_push.values import Change, ChangeKind

CHANNEL = "vaguemestre_push"
_MAX_BYTES = 7_900  # PostgreSQL takes less than 8,000


def pack_changes(origin: str, changes: Sequence[Change]) -> list[str]:
    """The distinct changes as few texts, each signed by the machine they come from."""
    texts: list[str] = []
    part: list[str] = []
    length = 0
    for change in dict.fromkeys(changes):
        item = json.dumps([change.mailbox, change.folder, change.kind], ensure_ascii=False)
        size = len(item.encode()) + 1
        if part and length + size > _MAX_BYTES - 100:
            texts.append(_text(origin, part))
            part, length = [], 0
        if size <= _MAX_BYTES - 100:  # no folder has such a name
            part.append(item)
            length += size
    return [*texts, _text(origin, part)] if part else texts


def unpack_changes(origin: str, text: str) -> Iterable[Change]:
    """The changes that another machine than `origin` tells; malformed text is ignored."""
    try:
        changes = json.loads(text)
        if changes["from"] == origin:
            return ()
        return tuple(
            Change(mailbox, folder, ChangeKind(kind)) for mailbox, folder, kind in changes["changes"]
        )
    except (ValueError, KeyError, TypeError):
        return ()


def _text(origin: str, part: Sequence[str]) -> str:
    return f'{{"from": {json.dumps(origin)}, "changes": [{",".join(part)}]}}'
