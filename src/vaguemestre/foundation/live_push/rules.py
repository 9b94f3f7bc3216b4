"""Dovecot's notifications → server-sent events; malformed input is ignored."""

import json
from collections.abc import Iterable

from vaguemestre.foundation.live_push.values import Change, ChangeKind, FolderMove

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
    return tuple(dict.fromkeys(_changes_in(_notices(body))))


def parse_folder_moves(body: bytes) -> tuple[FolderMove, ...]:
    """The folders renamed or deleted of one notification, in order."""
    return tuple(_moves_in(_notices(body)))


def server_sent_event(change: Change) -> bytes:
    """One server-sent event (WHATWG HTML §9.2): `event:` kind, `data:` the folder as JSON."""
    return f"event: {change.kind}\n".encode() + event_data(change.folder)


def event_data(folder: str) -> bytes:
    """How an event about that folder ends."""
    return f"data: {json.dumps({'folder': folder})}\n\n".encode()


def _notices(body: bytes) -> list[dict[str, object]]:
    try:
        notices = json.loads(body)
    except ValueError:
        return []
    return [notice for notice in notices if isinstance(notice, dict)] if isinstance(notices, list) else []


def _moves_in(notices: list[dict[str, object]]) -> Iterable[FolderMove]:
    for notice in notices:
        user, folder, former = notice.get("user"), notice.get("folder"), notice.get("former")
        if not isinstance(user, str) or not isinstance(folder, str):
            continue
        if notice.get("event") == "MailboxDelete":
            yield FolderMove(user, folder, "")
        elif notice.get("event") == "MailboxRename" and isinstance(former, str) and former:
            yield FolderMove(user, former, folder)


def _changes_in(notices: list[dict[str, object]]) -> Iterable[Change]:
    for notice in notices:
        user, folder, kind = notice.get("user"), notice.get("folder"), _KINDS.get(str(notice.get("event")))
        if isinstance(user, str) and isinstance(folder, str) and kind:
            yield Change(user, folder, kind)
