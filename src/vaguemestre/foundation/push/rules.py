"""Dovecot's notifications → server-sent events; malformed input is ignored."""

import json
from collections.abc import Iterable

from vaguemestre.foundation.push.values import Change, ChangeKind

_KINDS = {
    "MessageNew": ChangeKind.ARRIVED,
    "MessageAppend": ChangeKind.ARRIVED,
    "MessageExpunge": ChangeKind.GONE,
    "MessageRead": ChangeKind.FLAGS,
    "FlagsSet": ChangeKind.FLAGS,
    "FlagsClear": ChangeKind.FLAGS,
    "MailboxCreate": ChangeKind.FOLDERS,
    "MailboxDelete": ChangeKind.FOLDERS,
    "MailboxRename": ChangeKind.FOLDERS,
    "MembersAtWork": ChangeKind.TOGETHER,  # sent by our own worker
}


def parse_changes(body: bytes) -> tuple[Change, ...]:
    """The distinct changes of one notification, in order; none if the body is no list of objects."""
    try:
        notices = json.loads(body)
    except ValueError:
        return ()
    if not isinstance(notices, list):
        return ()
    return tuple(dict.fromkeys(_changes_in(notices)))


def server_sent_event(change: Change) -> bytes:
    """One server-sent event (WHATWG HTML §9.2): `event:` kind, `data:` the folder as JSON."""
    return f"event: {change.kind}\n".encode() + event_data(change.folder)


def event_data(folder: str) -> bytes:
    """How an event about that folder ends."""
    return f"data: {json.dumps({'folder': folder})}\n\n".encode()


def _changes_in(notices: list[object]) -> Iterable[Change]:
    for notice in notices:
        if not isinstance(notice, dict):
            continue
        user, folder, kind = notice.get("user"), notice.get("folder"), _KINDS.get(str(notice.get("event")))
        if isinstance(user, str) and isinstance(folder, str) and kind:
            yield Change(user, folder, kind)
