"""Steps of messages in Postfix's log. Every line is parsed from its beginning, field after field.

Parts of a line are strangers' words: addresses, Message-IDs, HELO names, replies of other servers. Postfix
writes addresses in their external form (`info_log_address_format`): `>` stands in a quoted string only. Where
a stranger's words could be taken for a field, the line is no step.
"""

import datetime as dt
import re
from collections.abc import Iterator
from typing import NamedTuple

from vaguemestre.post.trace.values import Engine, Step, StepKind

_LEEWAY = dt.timedelta(minutes=5)

# Nov 25 01:29:43 mail postfix/mx/smtpd[19002]: 4dgX2Q0mzkz1: client=…
_LINE = re.compile(
    r"(?P<at>[A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d) \S+ postfix(?:/(?P<door>[a-z-]+))?/"
    r"(?P<program>[a-z]+)\[\d+\]: (?P<queue_id>[0-9A-Za-z]{6,32}): (?P<text>.*)",
    re.ASCII,
)
_ADDRESS = r'<(?P<{}>(?:"(?:\\.|[^"\\])*"|[^"<>])*)>'
_DELIVERY = re.compile(
    rf"to={_ADDRESS.format('to')}, (?:orig_to={_ADDRESS.format('orig')}, )?relay=(?P<relay>[^,]*), "
    r"(?:conn_use=\d+, )?delay=[\d.]+, delays=[\d./]+, dsn=(?P<dsn>[245]\.\d{1,3}\.\d{1,3}), "
    r"status=(?P<status>[a-z]+) \((?P<words>.*)"  # its end is cut at 2,000 bytes
)
_QUEUED = re.compile(rf"from={_ADDRESS.format('sender')}, size=\d+, nrcpt=\d+ \(queue active\)")
_AT_START = re.compile(  # written by queue_at_start.py
    rf"from={_ADDRESS.format('sender')}, message-id=(?P<message_id><[!-;=?-~]+>) \(in the queue\)"
)
_EXPIRED = re.compile(rf"from={_ADDRESS.format('sender')}, status=(?:force-)?expired, returned to sender")
_CLIENT = re.compile(
    r"client=(?P<client>[^,]*)(?:, sasl_method=[^,]*)?(?:, sasl_username=(?P<login>[^,]*))?(?:,.*)?"
)
_REJECT = re.compile(
    r"(?:milter-)?reject: (?P<stage>[A-Z-]+) from (?P<client>[^ ]*): (?:[45]\d\d )?"
    r"(?P<dsn>[45]\.\d{1,3}\.\d{1,3}) .*; "
    rf"from={_ADDRESS.format('sender')},? to={_ADDRESS.format('to')},? proto=.*"
)
_UNEXAMINED = "info: header Vaguemestre-Unexamined:"  # lmtp_header_checks; strangers cannot write that field
# Of a demonstration: a mailbox plays the outside world, behind the socket of ours.
_PLAYED_OUTSIDE = "outside"
# Added by the filter or the gate, logged and taken away by `milter_header_checks`: no sender writes it.
_MARKS = re.compile(
    r"milter-header-strip: header Vaguemestre-Marks: (?P<verdict>[a-z-]+)(?P<marks>(?: [0-9a-f]{15}){0,11})"
    r" from .*"
)
_NO_VERDICT = frozenset({"clean", "more"})  # nothing to say; the line before said it
_HOLDS = ("milter-hold: ", "hold: ")
_DELIVERY_KINDS = {
    "sent": StepKind.DELIVERED,
    "deferred": StepKind.DEFERRED,
    "bounced": StepKind.REFUSED,
    "expired": StepKind.REFUSED,
}


class LogLine(NamedTuple):
    """A line about a message. `at`: as written, without a year; `door`: of the three smtpd, else empty."""

    at: str
    door: str
    program: str
    queue_id: str
    text: str


def postfix_steps(text: str, written_before: dt.datetime) -> Iterator[Step]:
    """The step of one line, if it tells one. `written_before`: the file's last change, for the year."""
    line = parse_line(text)
    if line is None:
        return
    at = log_moment(line.at, written_before)
    if step := _step(line, at, "" if line.queue_id == "NOQUEUE" else line.queue_id, line.text):
        yield step


def parse_line(text: str) -> LogLine | None:
    """The fields of a line about a message; None for any other line."""
    match = _LINE.fullmatch(text)
    return LogLine(*match.groups(default="")) if match else None


def _step(line: LogLine, at: dt.datetime, queue_id: str, words: str) -> Step | None:
    match line.program:
        case "smtpd" | "postscreen":
            return _at_the_door(line, at, queue_id, words)
        case "cleanup":
            return _while_read(at, queue_id, words)
        case "qmgr" | "postsuper":
            return _in_queue(at, queue_id, words)
        case "start":
            return _in_queue_at_start(at, queue_id, words)
        case "lmtp" if words.startswith(_UNEXAMINED):
            return Step(at, Engine.POSTFIX, StepKind.UNEXAMINED, queue_id)
        case _:
            return _delivery(line, at, queue_id, words)


def _at_the_door(line: LogLine, at: dt.datetime, queue_id: str, words: str) -> Step | None:
    if queue_id and (match := _CLIENT.fullmatch(words)):
        login = match["login"] or ""
        return Step(
            at, Engine.POSTFIX, StepKind.RECEIVED, queue_id, recipient=login, relay=line.door, detail=words
        )
    return _rejected(at, queue_id, words)


def _while_read(at: dt.datetime, queue_id: str, words: str) -> Step | None:
    if words.startswith("message-id="):
        message_id = words.removeprefix("message-id=")
        return Step(at, Engine.POSTFIX, StepKind.IDENTIFIED, queue_id, message_id)
    if words.startswith(_HOLDS):
        return Step(at, Engine.POSTFIX, StepKind.HELD, queue_id)
    if match := _MARKS.fullmatch(words):
        verdict = "" if match["verdict"] in _NO_VERDICT else match["verdict"]
        marks = tuple(int(mark, 16) for mark in match["marks"].split())
        return Step(at, Engine.POSTFIX, StepKind.JUDGED, queue_id, status=verdict, marks=marks)
    if words.startswith("removed ("):  # canceled: its client went away, or was refused
        return Step(at, Engine.POSTFIX, StepKind.ABANDONED, queue_id)
    return _rejected(at, queue_id, words)


def _rejected(at: dt.datetime, queue_id: str, words: str) -> Step | None:
    if words.count("; from=<") != 1:  # a client may say that of itself: in doubt, nobody was rejected
        return None
    match = _REJECT.fullmatch(words)
    if match is None:
        return None
    return Step(
        at, Engine.POSTFIX, StepKind.REJECTED, queue_id, "", match["sender"], match["to"].lower(),
        match["client"], match["dsn"], words,
    )  # fmt: skip


def _in_queue(at: dt.datetime, queue_id: str, words: str) -> Step | None:
    if match := _QUEUED.fullmatch(words):
        return Step(at, Engine.POSTFIX, StepKind.QUEUED, queue_id, sender=match["sender"], detail=words)
    if match := _EXPIRED.fullmatch(words):
        return Step(at, Engine.POSTFIX, StepKind.REFUSED, queue_id, sender=match["sender"], detail=words)
    return Step(at, Engine.POSTFIX, StepKind.DONE, queue_id) if words == "removed" else None


def _in_queue_at_start(at: dt.datetime, queue_id: str, words: str) -> Step | None:
    match = _AT_START.fullmatch(words)
    if match is None:
        return None
    return Step(
        at, Engine.POSTFIX, StepKind.QUEUED, queue_id, match["message_id"], match["sender"], detail=words
    )


def _delivery(line: LogLine, at: dt.datetime, queue_id: str, words: str) -> Step | None:
    match = _DELIVERY.fullmatch(words)
    if match is None or match["status"] not in _DELIVERY_KINDS:
        return None
    recipient, relay = (match["orig"] or match["to"]).lower(), match["relay"]
    if line.door == _PLAYED_OUTSIDE and "[/" in relay:
        relay = f"{recipient.rpartition('@')[2]}[{relay.partition('[')[0]}]"
    return Step(
        at, Engine.POSTFIX, _DELIVERY_KINDS[match["status"]], queue_id,
        recipient=recipient, relay=relay, status=match["dsn"],
        detail=match["words"].removesuffix(")"),
    )  # fmt: skip


def log_moment(text: str, written_before: dt.datetime) -> dt.datetime:
    """The moment of a log date (UTC, without a year): the latest that the file's last change allows."""
    latest = written_before.astimezone(dt.UTC)
    month_day = " ".join(text.split())
    for year in (latest.year + 1, latest.year, latest.year - 1):  # next year's first minutes: the leeway
        try:
            at = dt.datetime.strptime(f"{year} {month_day}", "%Y %b %d %H:%M:%S").replace(tzinfo=dt.UTC)
        except ValueError:  # 29 February of another year
            continue
        if at <= latest + _LEEWAY:
            return at
    return latest
