"""Recent bounces, deferrals and filter rejections of a person's mail, from the logs of Postfix and Dovecot.

Only times, addresses and status codes are returned: the engines' own words may quote a header.
"""

import datetime as dt
import re
from collections.abc import Collection, Iterator
from pathlib import Path

from vaguemestre.desks.helpdesk.values import Undelivered
from vaguemestre.engines.dovecot.configuration import log_file as dovecot_log
from vaguemestre.engines.instance import Instance
from vaguemestre.engines.postfix.configuration import log_file as postfix_log
from vaguemestre.engines.postfix.maillog import log_moment, parse_line

TAIL_BYTES = 4_000_000  # of each log: some ten thousand messages
_MAX_ENTRIES = 10
_STATUS = re.compile(
    r"to=<(?P<to>[^>]*)>(?:, orig_to=<(?P<alias>[^>]*)>)?.*? dsn=(?P<dsn>[245]\.\d+\.\d+)"
    r".* status=(?P<status>\w+)"
)
_REJECT = re.compile(
    r"(?:milter-)?reject: (?P<stage>\S+) from [^:]*: (?:(?P<code>[45]\d\d) )?(?P<dsn>[45]\.\d+\.\d+) .*"
    r"from=<(?P<sender>[^>]*)> to=<(?P<to>[^>]*)>"
)
_FROM = re.compile(r"from=<(?P<sender>[^>]*)>, size=")
_SIEVE = re.compile(
    r"(?P<at>\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d) lmtp\((?P<who>[^)]*)\)\S*: Info: sieve: msgid=.*?: "
    r"(?P<act>rejected message from|marked message to be discarded)(?: <(?P<sender>[^>]*)>)?"
)


def undelivered(
    instance: Instance, addresses: Collection[str], *, now: dt.datetime
) -> tuple[Undelivered, ...]:
    """The last ten messages those addresses did not get, newest first. `addresses` in lower case."""
    own = frozenset(addresses)
    entries = [*_by_postfix(postfix_log(instance), own, now), *_by_sieve(dovecot_log(instance), own)]
    return tuple(sorted(entries, key=lambda entry: entry.at, reverse=True)[:_MAX_ENTRIES])


def _by_postfix(path: Path, own: frozenset[str], now: dt.datetime) -> Iterator[Undelivered]:
    senders: dict[str, str] = {}
    for text in _tail(path):
        if not (line := parse_line(text)):
            continue
        if match := _FROM.match(line.text):
            senders[line.queue_id] = match["sender"]
        elif (match := _STATUS.match(line.text)) and match["status"] in ("bounced", "deferred", "expired"):
            if own & {match["to"].lower(), (match["alias"] or "").lower()}:
                sender = senders.get(line.queue_id, "")
                is_final = match["status"] != "deferred"
                yield Undelivered(log_moment(line.at, now), sender, match["dsn"], is_final=is_final)
        elif (match := _REJECT.match(line.text)) and match["to"].lower() in own:
            is_final = match["dsn"].startswith("5")
            yield Undelivered(log_moment(line.at, now), match["sender"], match["dsn"], is_final=is_final)


def _by_sieve(path: Path, own: frozenset[str]) -> Iterator[Undelivered]:
    """Messages that the person's own filters rejected or discarded."""
    for text in _tail(path):
        if (match := _SIEVE.match(text)) and match["who"].lower() in own:
            at = dt.datetime.fromisoformat(match["at"]).replace(tzinfo=dt.UTC)
            status = "filter-rejected" if match["act"].startswith("rejected") else "filter-discarded"
            yield Undelivered(at, match["sender"] or "", status, is_final=True)


def _tail(path: Path) -> Iterator[str]:
    """The lines of the last TAIL_BYTES of a log."""
    if not path.exists():
        return
    with path.open("rb") as log:
        start = max(0, path.stat().st_size - TAIL_BYTES)
        log.seek(start)
        if start:
            log.readline()  # a line cut in two
        for raw in log:
            yield raw.decode(errors="replace").rstrip("\n")
