"""Steps of messages in Dovecot's log: what Sieve did with a delivery, what a person did in a mailbox.

Also scripts that a program stored or activated by ManageSieve.

The Message-ID is its author's word; what follows it must be, to the end of the line, one of the acts known.
"""

import datetime as dt
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
# 2026-11-30T15:45:42+0000 sieve(mdurand@…)<3166213><…>: Debug: Activated script 'tri'  (0 warnings)
_SCRIPT_LINE = re.compile(
    r"(?P<at>\S+) sieve\((?P<who>[^()<> ]*)\)(?:<[^<>]*>)*: Debug: (?P<text>.*)", re.ASCII
)
_SCRIPT_ACTS = (
    (re.compile(r"Stored script '(?P<name>.*)' successfully \(\d+ warnings\)"), "PUTSCRIPT"),
    (re.compile(r"Activated script '(?P<name>.*)' +\(\d+ warnings.*\)"), "SETACTIVE"),
    (re.compile(r"Deactivated script(?P<name>)"), "SETACTIVE"),
)


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
    line = _SCRIPT_LINE.fullmatch(text)
    if line is None:
        return
    for pattern, command in _SCRIPT_ACTS:
        change = pattern.fullmatch(line["text"])
        if change and change["name"] not in OURS:
            yield Step(
                _moment(line["at"]), Engine.DOVECOT, StepKind.SCRIPTED, recipient=line["who"].lower(),
                detail=f"{command} {change['name']}",
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
