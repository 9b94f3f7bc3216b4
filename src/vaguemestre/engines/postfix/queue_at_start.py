"""Log which messages the queue holds before Postfix starts: after a power cut, its log may have lost them.

Run by the system's Python, with the library alone: `… LOG QUEUE`. What is being delivered (`active`) or
waits for that (`incoming`) may have been delivered by the run before, whose lines never reached the file. One
line a message: queue identifier, sender, Message-ID. `steps.py` reads it.
"""

import contextlib
import itertools
import os
import re
import stat
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, NamedTuple

_FOLDERS = ("active", "incoming")
_WHOLE = stat.S_IXUSR  # cleanup sets it once the message is on disk (mail_queue.h)
_QUEUE_ID = re.compile(r"[0-9A-Za-z]{6,32}", re.ASCII)
_SENDER = re.compile(rb'[^\x00-\x20<>"\x7f-\xff]{0,254}')
_MESSAGE_ID = re.compile(rb"message-id:\s*(<[!-;=?-~]{1,250}>)\s*", re.IGNORECASE)
_MAX_MESSAGES, _MAX_RECORDS, _MAX_RECORD_BYTES = 20_000, 20_000, 1 << 20
_SENDER_RECORD, _LINE, _PART, _POINTER = b"S", b"N", b"L", b"p"  # rec_type.h


class Queued(NamedTuple):
    queue_id: str
    sender: str
    message_id: str  # with its angle brackets


def queued_messages(queue: Path) -> Iterator[Queued]:
    """Whole messages with a plain sender and Message-ID; others are left out. Raises OSError."""
    folders = [queue / folder for folder in _FOLDERS if (queue / folder).is_dir()]
    files = (file for folder in folders for file in folder.iterdir() if _QUEUE_ID.fullmatch(file.name))
    whole = (file for file in files if file.stat().st_mode & _WHOLE)
    for file in itertools.islice(whole, _MAX_MESSAGES):
        with file.open("rb") as content, contextlib.suppress(ValueError, IndexError):
            if named := _names(content):
                yield Queued(file.name, *named)


def _names(file: BinaryIO) -> tuple[str, str] | None:
    """Envelope sender and Message-ID. Raises ValueError, IndexError: no queue file."""
    sender, header = None, b""
    for kind, text in _records(file):
        if kind == _SENDER_RECORD:
            sender = text
        elif kind in (_LINE, _PART):
            if text[:1] in (b" ", b"\t"):  # a field goes on
                header += text
                continue
            if match := _MESSAGE_ID.fullmatch(header):
                is_plain = sender is not None and _SENDER.fullmatch(sender)
                return (sender.decode(), match[1].decode()) if sender is not None and is_plain else None
            if not text:  # the body begins
                return None
            header = text
    return None


def _records(file: BinaryIO) -> Iterator[tuple[bytes, bytes]]:
    """The records of a queue file, in the order of the message. Raises ValueError, IndexError."""
    for _ in range(_MAX_RECORDS):
        kind = file.read(1)
        if not kind:
            return
        length = shift = 0
        while True:
            byte = file.read(1)[0]
            length |= (byte & 0x7F) << shift
            shift += 7
            if byte < 0x80:
                break
        if length > _MAX_RECORD_BYTES:
            return
        text = file.read(length)
        if kind == _POINTER:
            if (place := int(text)) > 0:
                file.seek(place)
        else:
            yield kind, text


def line_of(message: Queued, now: float) -> str:
    """As Postfix writes them."""
    at = time.strftime("%b %e %H:%M:%S", time.gmtime(now))
    return (
        f"{at} mail postfix/start[{os.getpid()}]: {message.queue_id}: from=<{message.sender}>, "
        f"message-id={message.message_id} (in the queue)\n"
    )


def main() -> None:
    log, queue = map(Path, sys.argv[1:])
    try:
        lines = "".join(line_of(message, time.time()) for message in queued_messages(queue))
        if lines and log.exists():
            with log.open("a", encoding="ascii") as file:
                file.write(lines)
    except OSError as error:
        print(f"the queue was not read: {error}", file=sys.stderr)  # noqa: T201 (no log yet)


if __name__ == "__main__":
    main()
