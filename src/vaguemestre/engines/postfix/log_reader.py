"""Incremental reading of Postfix's log."""

import datetime as dt
import re
from pathlib import Path

from vaguemestre.engines.instance import Instance
from vaguemestre.engines.postfix.configuration import log_file
from vaguemestre.engines.postfix.maillog import log_moment, parse_line
from vaguemestre.post.outbox.values import DeliveryEvent, DeliveryState, LogPosition

MAX_READ_BYTES = 4_000_000  # a long log is read in several runs
_STATES = {
    "sent": DeliveryState.DELIVERED,
    "deferred": DeliveryState.DELAYED,
    "bounced": DeliveryState.REFUSED,
    "expired": DeliveryState.REFUSED,
}
_STATUS = re.compile(
    r"to=<(?P<to>[^>]*)>, (?:orig_to=<(?P<orig>[^>]*)>, )?.*?dsn=(?P<dsn>[\d.]+), "
    r"status=(?P<status>\w+) \((?P<words>.*)\)$"
)


class LogReader:
    """Implements `outbox.ports.ReadLog` on Postfix's log, which may be rotated or truncated meanwhile."""

    def __init__(self, instance: Instance) -> None:
        self._file = log_file(instance)

    def __call__(self, position: LogPosition, now: dt.datetime) -> tuple[list[DeliveryEvent], LogPosition]:
        file = _file_being_read(self._file, position.inode)
        if file is None:
            return [], position
        inode, size = file.stat().st_ino, file.stat().st_size
        if inode == position.inode and position.offset > size:  # truncated: the copy has the unread rest
            deliveries, length = _read_rest(file.with_name(f"{file.name}.1"), position.offset, now)
            if length:
                return deliveries, LogPosition(inode, position.offset + length)
        offset = position.offset if inode == position.inode and position.offset <= size else 0
        deliveries, length = _read(file, offset, now)
        if not length and file != self._file and self._file.exists():
            return [], LogPosition(self._file.stat().st_ino, 0)  # the old file has been read
        return deliveries, LogPosition(inode, offset + length)


def _file_being_read(current: Path, inode: int) -> Path | None:
    """The file of that inode, renamed by now perhaps; else the present log."""
    try:
        if inode and current.stat().st_ino != inode:
            for sibling in current.parent.glob(f"{current.name}*"):
                if sibling.stat().st_ino == inode:
                    return sibling
        return current if current.exists() else None
    except FileNotFoundError:
        return None


def _read_rest(copy: Path, offset: int, now: dt.datetime) -> tuple[list[DeliveryEvent], int]:
    try:
        return _read(copy, offset, now) if copy.stat().st_size > offset else ([], 0)
    except FileNotFoundError:
        return [], 0


def _read(file: Path, offset: int, now: dt.datetime) -> tuple[list[DeliveryEvent], int]:
    """The deliveries of whole lines from an offset, and the octets read; an unfinished line is left."""
    with file.open("rb") as log:
        log.seek(offset)
        piece = log.read(MAX_READ_BYTES)
    length = piece.rfind(b"\n") + 1
    if not length and len(piece) == MAX_READ_BYTES:
        return [], len(piece)  # no log has such a line: skipped
    lines = piece[:length].decode("utf-8", "replace").split("\n")
    deliveries = (_delivery(line, now) for line in lines if "status=" in line)
    return [delivery for delivery in deliveries if delivery], length


def _delivery(text: str, now: dt.datetime) -> DeliveryEvent | None:
    line = parse_line(text)
    match = _STATUS.match(line.text) if line else None
    if line is None or match is None or match["status"] not in _STATES:
        return None
    return DeliveryEvent(
        queue_id=line.queue_id,
        recipient=(match["orig"] or match["to"]).lower(),
        state=_STATES[match["status"]],
        status=match["dsn"],
        diagnostic=match["words"],
        at=log_moment(line.at, now),
    )
