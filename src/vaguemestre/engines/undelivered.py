"""What was lately refused or put off for somebody, as Postfix and Dovecot logged it.

Only times, addresses and status codes leave from here: the engines' own words may quote a header.
"""

import datetime as dt
import re
from collections.abc import Collection, Iterator
from pathlib import Path

from vaguemestre.desks.helpdesk.values import Undelivered
from vaguemestre.engines.dovecot.configuration import log_file as dovecot_log
from vaguemestre.engines.instance import Instance
from vaguemestre.engines.postfix.configuration import log_file as postfix_log
from vaguemestre.engines.postfix.maillog import moment, parsed

READ_BACK = 4_000_000  # octets of each log: some ten thousand messages
_MOST = 10
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
    mine = frozenset(addresses)
    found = [*_by_postfix(postfix_log(instance), mine, now), *_by_sieve(dovecot_log(instance), mine)]
    return tuple(sorted(found, key=lambda one: one.at, reverse=True)[:_MOST])


def _by_postfix(path: Path, mine: frozenset[str], now: dt.datetime) -> Iterator[Undelivered]:
    senders: dict[str, str] = {}
    for text in _tail(path):
        if not (line := parsed(text)):
            continue
        said = line["text"]
        if found := _FROM.match(said):
            senders[line["queue_id"]] = found["sender"]
        elif (found := _STATUS.match(said)) and found["status"] in ("bounced", "deferred", "expired"):
            if mine & {found["to"].lower(), (found["alias"] or "").lower()}:
                sender = senders.get(line["queue_id"], "")
                is_final = found["status"] != "deferred"
                yield Undelivered(moment(line["at"], now), sender, found["dsn"], is_final=is_final)
        elif (found := _REJECT.match(said)) and found["to"].lower() in mine:
            is_final = found["dsn"].startswith("5")
            yield Undelivered(moment(line["at"], now), found["sender"], found["dsn"], is_final=is_final)


def _by_sieve(path: Path, mine: frozenset[str]) -> Iterator[Undelivered]:
    """What the person's own filters refused or threw away."""
    for text in _tail(path):
        if (found := _SIEVE.match(text)) and found["who"].lower() in mine:
            at = dt.datetime.fromisoformat(found["at"]).replace(tzinfo=dt.UTC)
            status = "filter-rejected" if found["act"].startswith("rejected") else "filter-discarded"
            yield Undelivered(at, found["sender"] or "", status, is_final=True)


def _tail(path: Path) -> Iterator[str]:
    """The last lines of a log, a bounded part of it."""
    if not path.exists():
        return
    with path.open("rb") as log:
        start = max(0, path.stat().st_size - READ_BACK)
        log.seek(start)
        if start:
            log.readline()  # a line cut in two
        for raw in log:
            yield raw.decode(errors="replace").rstrip("\n")
