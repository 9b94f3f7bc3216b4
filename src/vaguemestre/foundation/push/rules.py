"""From Dovecot's notifications to what pages are told: pure, and deaf to anything malformed."""

import json
from collections.abc import Iterable

from vaguemestre.foundation.push.values import Change, Kind

_KINDS = {
    "MessageNew": Kind.ARRIVED,
    "MessageAppend": Kind.ARRIVED,
    "MessageExpunge": Kind.GONE,
    "MessageRead": Kind.FLAGS,
    "FlagsSet": Kind.FLAGS,
    "FlagsClear": Kind.FLAGS,
    "MailboxCreate": Kind.FOLDERS,
    "MailboxDelete": Kind.FOLDERS,
    "MailboxRename": Kind.FOLDERS,
    "MembersAtWork": Kind.TOGETHER,  # told by our own worker
}


def changes(body: bytes) -> tuple[Change, ...]:
    """The distinct changes of one notification, in order. A body that is no list of objects gives none."""
    try:
        told = json.loads(body)
    except ValueError:
        return ()
    if not isinstance(told, list):
        return ()
    return tuple(dict.fromkeys(_each(told)))


def event(change: Change) -> bytes:
    """One server-sent event (WHATWG HTML §9.2): `event:` kind, `data:` the folder as JSON."""
    return f"event: {change.kind}\ndata: {json.dumps({'folder': change.folder})}\n\n".encode()


def _each(told: list[object]) -> Iterable[Change]:
    for one in told:
        if not isinstance(one, dict):
            continue
        user, folder, kind = one.get("user"), one.get("folder"), _KINDS.get(str(one.get("event")))
        if isinstance(user, str) and isinstance(folder, str) and kind:
            yield Change(user, folder, kind)
