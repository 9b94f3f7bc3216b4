"""What Postfix wrote about a message, and what waits in its queue."""

import contextlib
import datetime as dt
import json
import re
import subprocess
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import IO

from vaguemestre.engines.instance import Instance
from vaguemestre.engines.postfix.configuration import configuration_folder, log_file
from vaguemestre.engines.steps import Step, TraceLine
from vaguemestre.foundation.kernel.errors import EngineDown

_PATIENCE_SECONDS = 10
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


@dataclass(frozen=True)
class Queued:
    """A message that waits: `size` in bytes, `reasons` one per recipient still waiting."""

    queue_id: str
    queue: str
    arrived_at: dt.datetime
    size: int
    sender: str
    recipients: tuple[str, ...]
    reasons: tuple[str, ...]


def queue(instance: Instance) -> tuple[Queued, ...]:
    """What waits in the queue, oldest first. Needs root. Raises EngineDown."""
    argv = ["postqueue", "-c", str(configuration_folder(instance)), "-j"]
    try:
        ended = subprocess.run(argv, capture_output=True, text=True, timeout=_PATIENCE_SECONDS, check=False)
    except (OSError, subprocess.TimeoutExpired) as error:
        raise EngineDown("postqueue") from error
    if ended.returncode:
        raise EngineDown(f"postqueue: {ended.stderr.strip()[-300:]}")
    waiting = (_queued(json.loads(line)) for line in ended.stdout.splitlines())
    return tuple(sorted(waiting, key=lambda one: one.arrived_at))


def trace(instance: Instance, message_id: str, *, now: dt.datetime) -> tuple[TraceLine, ...]:
    """The steps of a message (`message_id` with its angle brackets), as the log has them."""
    lines = list(_lines(log_file(instance)))
    wanted = f"message-id={message_id}"
    ids = {
        line["queue_id"] for line in lines if line["program"] == "cleanup" and line["text"].startswith(wanted)
    }
    return tuple(_steps((line for line in lines if line["queue_id"] in ids), now))


def was_accepted(instance: Instance, message_id: str) -> bool:
    """Whether that message is, or ever was, whole on the queue's disk. Raises EngineDown.

    `cleanup` names a message as it reads it; it is kept only if the queue manager saw it or still lists it.
    """
    lines = list(_lines(log_file(instance)))
    wanted = f"message-id={message_id}"
    read = {line["queue_id"] for line in lines if line["program"] == "cleanup" and line["text"] == wanted}
    if not read:
        return False
    managed = {line["queue_id"] for line in lines if line["program"] == "qmgr"}
    return bool(read & managed or read & {waiting.queue_id for waiting in queue(instance)})


def was_sent_as(instance: Instance, sender: str) -> bool:
    """Whether a message of that envelope sender is, or was, whole on the queue's disk. Raises EngineDown."""
    wanted = f"from=<{sender}>,"
    return any(
        line["program"] == "qmgr" and line["text"].startswith(wanted) for line in _lines(log_file(instance))
    ) or any(waiting.sender == sender for waiting in queue(instance))


def _queued(shown: dict[str, object]) -> Queued:
    recipients = shown["recipients"]
    rows = recipients if isinstance(recipients, list) else []
    return Queued(
        queue_id=str(shown["queue_id"]),
        queue=str(shown["queue_name"]),
        arrived_at=dt.datetime.fromtimestamp(int(str(shown["arrival_time"])), dt.UTC),
        size=int(str(shown["message_size"])),
        sender=str(shown["sender"]),
        recipients=tuple(str(row["address"]) for row in rows),
        reasons=tuple(str(row["delay_reason"]) for row in rows if "delay_reason" in row),
    )


def _lines(path: Path) -> Iterator[dict[str, str]]:
    """Of the log before, then of the present one, which may be renamed meanwhile: opened first, read last."""
    with contextlib.ExitStack() as opened:
        logs: list[IO[str]] = []
        for one in (path, path.with_name(f"{path.name}.1")):
            with contextlib.suppress(FileNotFoundError):
                logs.insert(0, opened.enter_context(one.open(encoding="utf-8", errors="replace")))
        for text in chain(*logs):
            if found := parsed(text.rstrip("\n")):
                yield found


def parsed(text: str) -> dict[str, str] | None:
    """at, door, program, queue_id and text of a line about a message; None for any other."""
    found = _LINE.match(text)
    return {name: value or "" for name, value in found.groupdict().items()} if found else None


def _steps(lines: Iterable[dict[str, str]], now: dt.datetime) -> Iterator[TraceLine]:
    for line in lines:
        at, text = moment(line["at"], now), line["text"]
        if text.startswith("client="):
            yield TraceLine(at, "postfix", Step.RECEIVED, _login(text), f"{line['door']} {text}".strip())
        elif text.startswith("from=") and "queue active" in text:
            yield TraceLine(at, "postfix", Step.QUEUED, text[6 : text.index(">")], text)
        elif (found := _STATUS.search(text)) and found["status"] in _STATUSES:
            yield TraceLine(at, "postfix", _STATUSES[found["status"]], found["to"], found["words"])
        elif text == "removed":
            yield TraceLine(at, "postfix", Step.DONE, "", line["queue_id"])


def _login(text: str) -> str:
    return text.partition("sasl_username=")[2].partition(",")[0]


def moment(text: str, now: dt.datetime) -> dt.datetime:
    """A log date has no year: the latest that is not in the future. Engines are started to write UTC."""
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
