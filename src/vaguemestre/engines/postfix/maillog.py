"""Postfix's log lines about a message, and its queue."""

import contextlib
import datetime as dt
import json
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import IO, Any, NamedTuple

from vaguemestre.engines.instance import Instance, Place
from vaguemestre.engines.postfix import queue_agent
from vaguemestre.engines.postfix.configuration import log_file
from vaguemestre.engines.trace_line import Step, TraceLine

# Nov 25 01:29:43 mail postfix/mx/smtpd[19002]: 4dgX2Q0mzkz1: client=…
_LINE = re.compile(
    r"(?P<at>[A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d) \S+ postfix(?:/(?P<door>[a-z-]+))?/"
    r"(?P<program>[a-z]+)\[\d+\]: (?P<queue_id>[0-9A-Za-z]{6,}): (?P<text>.*)"
)
_STATUS = re.compile(r"to=<(?P<to>[^>]*)>.* status=(?P<status>\w+) \((?P<words>.*)\)$")
_STATUSES = {
    "sent": Step.DELIVERED,
    "deferred": Step.DEFERRED,
    "bounced": Step.REFUSED,
    "expired": Step.REFUSED,
}


class LogLine(NamedTuple):
    """A line about a message. `at`: as written, without a year; `door`: of the three smtpd, else empty."""

    at: str
    door: str
    program: str
    queue_id: str
    text: str


type ListMessages = Callable[[Place], str]


def _list_as_root(instance: Place) -> str:
    return queue_agent.Queue(instance).list_messages()


@dataclass(frozen=True)
class Queued:
    """A message in the queue: `size` in bytes, `reasons` one per recipient still waiting."""

    queue_id: str
    queue: str
    arrived_at: dt.datetime
    size: int
    sender: str
    recipients: tuple[str, ...]
    reasons: tuple[str, ...]


def queue(instance: Instance, list_messages: ListMessages = _list_as_root) -> tuple[Queued, ...]:
    """The messages of the queue, oldest first. Raises EngineDown."""
    waiting = (_queued(json.loads(line)) for line in list_messages(instance).splitlines())
    return tuple(sorted(waiting, key=lambda message: message.arrived_at))


def trace(instance: Instance, message_id: str, *, now: dt.datetime) -> tuple[TraceLine, ...]:
    """The steps of a message (`message_id` with its angle brackets), as the log has them."""
    lines = list(_lines(log_file(instance)))
    field = f"message-id={message_id}"
    ids = {line.queue_id for line in lines if line.program == "cleanup" and line.text.startswith(field)}
    return tuple(_steps((line for line in lines if line.queue_id in ids), now))


def was_accepted(instance: Instance, message_id: str, *, list_messages: ListMessages = _list_as_root) -> bool:
    """Whether that message is, or ever was, whole in the queue. Raises EngineDown.

    `cleanup` logs a message while it reads it; only the queue manager's log or the queue proves it was kept.
    """
    lines = list(_lines(log_file(instance)))
    field = f"message-id={message_id}"
    ids = {line.queue_id for line in lines if line.program == "cleanup" and line.text == field}
    if not ids:
        return False
    managed = {line.queue_id for line in lines if line.program == "qmgr"}
    return bool(ids & managed or ids & {message.queue_id for message in queue(instance, list_messages)})


def was_sent_as(instance: Instance, sender: str, *, list_messages: ListMessages = _list_as_root) -> bool:
    """Whether a message of that envelope sender is, or was, whole in the queue. Raises EngineDown."""
    field = f"from=<{sender}>,"
    lines = _lines(log_file(instance))
    return any(line.program == "qmgr" and line.text.startswith(field) for line in lines) or any(
        message.sender == sender for message in queue(instance, list_messages)
    )


def _queued(fields: dict[str, Any]) -> Queued:
    recipients = fields["recipients"]
    rows = recipients if isinstance(recipients, list) else []
    return Queued(
        queue_id=str(fields["queue_id"]),
        queue=str(fields["queue_name"]),
        arrived_at=dt.datetime.fromtimestamp(int(str(fields["arrival_time"])), dt.UTC),
        size=int(str(fields["message_size"])),
        sender=str(fields["sender"]),
        recipients=tuple(str(row["address"]) for row in rows),
        reasons=tuple(str(row["delay_reason"]) for row in rows if "delay_reason" in row),
    )


def _lines(path: Path) -> Iterator[LogLine]:
    """Lines of the rotated log, then of the present one, opened first as it may be renamed meanwhile."""
    with contextlib.ExitStack() as opened:
        logs: list[IO[str]] = []
        for file in (path, path.with_name(f"{path.name}.1")):
            with contextlib.suppress(FileNotFoundError):
                logs.insert(0, opened.enter_context(file.open(encoding="utf-8", errors="replace")))
        for text in chain(*logs):
            if line := parse_line(text.rstrip("\n")):
                yield line


def parse_line(text: str) -> LogLine | None:
    """The fields of a line about a message; None for any other line."""
    match = _LINE.match(text)
    return LogLine(*match.groups(default="")) if match else None


def _steps(lines: Iterable[LogLine], now: dt.datetime) -> Iterator[TraceLine]:
    for line in lines:
        at, text = log_moment(line.at, now), line.text
        if text.startswith("client="):
            yield TraceLine(at, "postfix", Step.RECEIVED, _login(text), f"{line.door} {text}".strip())
        elif text.startswith("from=") and "queue active" in text:
            yield TraceLine(at, "postfix", Step.QUEUED, text[6 : text.index(">")], text)
        elif (match := _STATUS.search(text)) and match["status"] in _STATUSES:
            yield TraceLine(at, "postfix", _STATUSES[match["status"]], match["to"], match["words"])
        elif text == "removed":
            yield TraceLine(at, "postfix", Step.DONE, "", line.queue_id)


def _login(text: str) -> str:
    return text.partition("sasl_username=")[2].partition(",")[0]


def log_moment(text: str, now: dt.datetime) -> dt.datetime:
    """The moment of a log date, in UTC; it has no year, so the latest that is not in the future."""
    local = now.astimezone(dt.UTC)
    month_day = " ".join(text.split())
    for year in (local.year, local.year - 1):
        try:
            at = dt.datetime.strptime(f"{year} {month_day}", "%Y %b %d %H:%M:%S").replace(tzinfo=local.tzinfo)
        except ValueError:  # 29 February of another year
            continue
        if at <= local + dt.timedelta(minutes=5):
            return at
    return local
