"""Dovecot's log lines about a message."""

import datetime as dt
import re
from collections.abc import Iterator
from pathlib import Path

from vaguemestre.engines.dovecot.configuration import log_file
from vaguemestre.engines.instance import Instance
from vaguemestre.engines.trace_line import Step, TraceLine

# 2026-11-25T01:30:13 lmtp(mdurand@…)<19353><…>: Info: sieve: msgid=<…>: stored mail into mailbox 'INBOX'
_LINE = re.compile(
    r"(?P<at>\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d) (?P<service>[a-z-]+)\((?P<who>[^)]*)\)\S*: Info: (?P<text>.*)"
)
_MAILBOX_EVENT = re.compile(
    r"Mailbox .*?: (?P<act>save|append|copy from .*?|expunge): box=(?P<box>.*?), uid=\d+, msgid="
)
_SIEVE = (
    ("stored mail into mailbox", Step.FILED),
    ("forwarded to", Step.FORWARDED),
    ("sent vacation response to", Step.ANSWERED),
    ("marked message to be discarded", Step.DISCARDED),
    ("rejected message from", Step.REFUSED),
)
_ACTS = {"save": Step.FILED, "append": Step.FILED, "expunge": Step.DELETED}


def trace(instance: Instance, message_id: str) -> tuple[TraceLine, ...]:
    """The steps of a message (`message_id` with its angle brackets), as the log has them."""
    return tuple(_steps(log_file(instance), f"msgid={message_id}"))


def _steps(path: Path, msgid: str) -> Iterator[TraceLine]:
    if not path.exists():
        return
    with path.open(encoding="utf-8", errors="replace") as log:
        for raw in log:
            if msgid in raw and (line := _LINE.match(raw.rstrip("\n"))):
                yield from _step(line, msgid)


def _step(line: re.Match[str], msgid: str) -> Iterator[TraceLine]:
    at = dt.datetime.fromisoformat(line["at"]).replace(tzinfo=dt.UTC)
    text = line["text"]
    if text.startswith("sieve: "):
        words = text.partition(f"{msgid}: ")[2]
        for start, step in _SIEVE:
            if words.startswith(start):
                yield TraceLine(at, "dovecot", step, line["who"], words)
    elif (move := _MAILBOX_EVENT.match(text)) and not (line["service"] == "lmtp" and move["act"] == "save"):
        # a delivery has its Sieve line; the save of the same message is left out
        step = _ACTS.get(move["act"], Step.COPIED)
        yield TraceLine(at, "dovecot", step, line["who"], f"{move['act']} {move['box']}")
