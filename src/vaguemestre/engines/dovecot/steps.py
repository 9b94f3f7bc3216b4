"""Steps of messages in Dovecot's log: what Sieve did with a delivery, what a person did in a mailbox.

Also scripts that ManageSieve changed, as the exporter of events writes them.

The Message-ID is its author's word; what follows it must be, to the end of the line, one of the acts known.
"""

import datetime as dt
import json
import re
from collections.abc import Iterator

from vaguemestre.mailbox.sorting.values import OURS
from vaguemestre.post.trace.values import Engine, Step, StepKind

# 2026-11-25T01:30:13+0000 lmtp(mdurand@…)<19353><…>: Info: sieve: msgid=<…>: stored mail into mailbox 'INBOX'
_LINE = re.compile(
    r"(?P<at>\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:[+-]\d{4})?) (?P<service>[a-z-]+)\((?P<who>[^()<> ]*)\)"
    r"(?:<[^<>]*>)*: Info: (?P<text>.*)",
    re.ASCII,
)
_SIEVE = re.compile(r"sieve: msgid=(?P<msgid><[^<>]*>|[^<>\s]*): (?:[a-z]+ action: )?(?P<act>.*)")
_ADDRESS = r'<(?:"(?:\\.|[^"\\])*"|[^"<>])*>'
_SIEVE_ACTS = (
    (re.compile(r"stored mail into mailbox '.*'"), StepKind.FILED),
    (re.compile(rf"forwarded to {_ADDRESS}"), StepKind.FORWARDED),
    (re.compile(rf"sent vacation response to {_ADDRESS}"), StepKind.ANSWERED),
    (
        re.compile(r"[Mm]arked message to be discarded if not explicitly delivered(?: \(discard action\))?"),
        StepKind.DISCARDED,
    ),
    (re.compile(rf"rejected message from {_ADDRESS}(?: \([a-z]+\))?"), StepKind.REFUSED),
)
_MAILBOX_EVENT = re.compile(
    r"Mailbox .*?: (?P<act>save|append|copy from .*?|expunge): box=(?P<box>.*?), uid=\d+, "
    r"msgid=(?P<msgid><[^<>]*>|[^<>\s]*), size=\d+"
)
_MAILBOX_KINDS = {"save": StepKind.FILED, "append": StepKind.FILED, "expunge": StepKind.DELETED}
_FILTER_STATUS = {StepKind.REFUSED: "filter-rejected", StepKind.DISCARDED: "filter-discarded"}
_REJECTED_SENDER = re.compile(r"rejected message from <(?P<sender>[^<>]*)>")


_EVENT = re.compile(r"(?P<at>\S+) stats: Info: (?P<event>\{.*\})", re.ASCII)
_SCRIPT_COMMANDS = {"PUTSCRIPT", "SETACTIVE"}


def dovecot_steps(text: str, written_before: dt.datetime) -> Iterator[Step]:
    """The steps of one line. `written_before` is not needed: a line has its year and zone."""
    line = _LINE.fullmatch(text)
    if line is None:
        yield from _of_script(text)
        return
    at = _moment(line["at"])
    if match := _SIEVE.fullmatch(line["text"]):
        yield from _by_sieve(at, line["who"].lower(), match["msgid"], match["act"])
    elif match := _MAILBOX_EVENT.fullmatch(line["text"]):
        if line["service"] == "lmtp" and match["act"] == "save":
            return  # a delivery has its Sieve line
        kind = _MAILBOX_KINDS.get(match["act"], StepKind.COPIED)
        detail = f"{match['act']} {match['box']}"
        yield Step(at, Engine.DOVECOT, kind, "", match["msgid"], "", line["who"].lower(), detail=detail)


def _of_script(text: str) -> Iterator[Step]:
    """A script that a program stored or activated; without a name: ours was deactivated. None if refused."""
    line = _EVENT.fullmatch(text)
    if line is None:
        return
    event = json.loads(line["event"])
    fields = event["fields"]
    is_change = event["event"] == "managesieve_command_finished" and fields["cmd_name"] in _SCRIPT_COMMANDS
    name = fields.get("script_name", "")
    if is_change and "error" not in fields and name not in OURS:
        detail = f"{fields['cmd_name']} {name}"
        yield Step(
            _moment(line["at"]), Engine.DOVECOT, StepKind.SCRIPTED, recipient=fields["user"].lower(),
            detail=detail,
        )  # fmt: skip


def _moment(text: str) -> dt.datetime:
    at = dt.datetime.fromisoformat(text)
    return (at if at.tzinfo else at.replace(tzinfo=dt.UTC)).astimezone(dt.UTC)


def _by_sieve(at: dt.datetime, mailbox: str, message_id: str, act: str) -> Iterator[Step]:
    for pattern, kind in _SIEVE_ACTS:
        if pattern.fullmatch(act):
            sender = _REJECTED_SENDER.match(act)
            yield Step(
                at, Engine.DOVECOT, kind, "", message_id, sender["sender"] if sender else "", mailbox,
                status=_FILTER_STATUS.get(kind, ""), detail=act,
            )  # fmt: skip
            return
