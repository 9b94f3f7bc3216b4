"""Reading the log on from where it was left, and ending holds in the queue."""

import datetime as dt
import re
import subprocess
from pathlib import Path

from vaguemestre.engines.instance import Instance
from vaguemestre.engines.postfix.configuration import configuration_folder, log_file
from vaguemestre.engines.postfix.maillog import moment, parsed
from vaguemestre.foundation.kernel.errors import EngineDown
from vaguemestre.post.outbox.values import DeliveryEvent, DeliveryState, LogPosition

MOST_AT_ONCE = 4_000_000  # octets: a long log is read in several goes
_PATIENCE_SECONDS = 20
_STATES = {
    "sent": DeliveryState.DELIVERED,
    "deferred": DeliveryState.DELAYED,
    "bounced": DeliveryState.REFUSED,
    "expired": DeliveryState.REFUSED,
}
_FATE = re.compile(
    r"to=<(?P<to>[^>]*)>, (?:orig_to=<(?P<orig>[^>]*)>, )?.*?dsn=(?P<dsn>[\d.]+), "
    r"status=(?P<status>\w+) \((?P<words>.*)\)$"
)
_QUEUE_ID = re.compile(r"[0-9A-Za-z]{6,32}")


class LogReader:
    """Implements `outbox.ports.ReadLog` on Postfix's own log, renamed or emptied as it may be."""

    def __init__(self, instance: Instance) -> None:
        self._file = log_file(instance)

    def __call__(self, position: LogPosition, now: dt.datetime) -> tuple[list[DeliveryEvent], LogPosition]:
        file = _file_of(self._file, position.inode)
        if file is None:
            return [], position
        inode, size = file.stat().st_ino, file.stat().st_size
        if inode == position.inode and position.offset > size:  # emptied: the copy has what was not read
            deliveries, read = _rest(file.with_name(f"{file.name}.1"), position.offset, now)
            if read:
                return deliveries, LogPosition(inode, position.offset + read)
        offset = position.offset if inode == position.inode and position.offset <= size else 0
        deliveries, read = _read(file, offset, now)
        if not read and file != self._file and self._file.exists():
            return [], LogPosition(self._file.stat().st_ino, 0)  # the old one is done
        return deliveries, LogPosition(inode, offset + read)


class Holds:
    """Implements `outbox.ports.EndHold`: Postfix's hold queue. Needs root."""

    def __init__(self, instance: Instance) -> None:
        self._instance = instance

    def __call__(self, queue_id: str, *, discard: bool) -> None:
        if not _QUEUE_ID.fullmatch(queue_id):
            raise EngineDown("postsuper: not a queue identifier")
        what = ["-d", queue_id, "hold"] if discard else ["-H", queue_id]
        argv = ["postsuper", "-c", str(configuration_folder(self._instance)), *what]
        try:
            ended = subprocess.run(
                argv, capture_output=True, text=True, timeout=_PATIENCE_SECONDS, check=False
            )
        except (OSError, subprocess.TimeoutExpired) as error:
            raise EngineDown("postsuper") from error
        if ended.returncode:
            raise EngineDown(f"postsuper: {ended.stderr.strip()[-300:]}")


def _file_of(current: Path, inode: int) -> Path | None:
    """The file that was being read, under its new name if it was renamed; else the present one."""
    try:
        if inode and current.stat().st_ino != inode:
            for sibling in current.parent.glob(f"{current.name}*"):
                if sibling.stat().st_ino == inode:
                    return sibling
        return current if current.exists() else None
    except FileNotFoundError:
        return None


def _rest(copy: Path, offset: int, now: dt.datetime) -> tuple[list[DeliveryEvent], int]:
    try:
        return _read(copy, offset, now) if copy.stat().st_size > offset else ([], 0)
    except FileNotFoundError:
        return [], 0


def _read(file: Path, offset: int, now: dt.datetime) -> tuple[list[DeliveryEvent], int]:
    """Whole lines only: what is being written is for the next time."""
    with file.open("rb") as log:
        log.seek(offset)
        piece = log.read(MOST_AT_ONCE)
    read = piece.rfind(b"\n") + 1
    if not read and len(piece) == MOST_AT_ONCE:
        return [], len(piece)  # no log has such a line: passed over
    lines = piece[:read].decode("utf-8", "replace").split("\n")
    return [found for line in lines if "status=" in line and (found := _delivery(line, now))], read


def _delivery(text: str, now: dt.datetime) -> DeliveryEvent | None:
    line = parsed(text)
    found = _FATE.match(line["text"]) if line else None
    if line is None or found is None or found["status"] not in _STATES:
        return None
    return DeliveryEvent(
        queue_id=line["queue_id"],
        recipient=(found["orig"] or found["to"]).lower(),
        state=_STATES[found["status"]],
        status=found["dsn"],
        diagnostic=found["words"],
        at=moment(line["at"], now),
    )
