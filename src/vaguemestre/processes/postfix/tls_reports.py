"""The process named `tls-reports`: counts what Postfix tells of TLS, and reports it to who asks (RFC 8460).

`python -m vaguemestre.processes.postfix.tls_reports SOCKET FOLDER PORT HEARTBEAT ORGANISATION SENDER`.
Its folder holds a file a day: what was counted, until it is reported. Reports leave by the door of Postfix at
PORT. No Django.
"""

import contextlib
import json
import logging
import os
import signal
import smtplib
import socket
import sys
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from vaguemestre.engines.outgoing.report_door import greeting_of
from vaguemestre.processes.postfix.tls_tally import Reporter, Tally, add, message, recipients
from vaguemestre.site import secrets

log = logging.getLogger("tls-reports")

_NIGHT = timedelta(minutes=50)  # after midnight, UTC: what was under way then is counted
_BEAT_SECONDS = 5.0
_SAVE_SECONDS, _RETRY_SECONDS = 30.0, 300.0
_DATAGRAM_BYTES = 65_536
_DAYS_KEPT = 2  # of what could not be reported


class Counts:
    """What was counted, a file a day."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._day = datetime.now(UTC).date()
        self._tally: Tally = self.of(self._day)

    def take(self, datagram: bytes) -> None:
        today = datetime.now(UTC).date()
        if today != self._day:
            self.save()
            self._day, self._tally = today, self.of(today)
        add(self._tally, datagram)

    def save(self) -> None:
        self.write(self._day, self._tally)

    def of(self, day: date) -> Tally:
        try:
            tally: Tally = json.loads(self._file(day).read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return {}
        return tally

    def write(self, day: date, tally: Tally) -> None:
        fresh = self._file(day).with_suffix(".new")
        fresh.write_text(json.dumps(tally), encoding="utf-8")
        fresh.replace(self._file(day))

    def days_before(self, day: date) -> list[date]:
        days = (date.fromisoformat(file.stem) for file in self._folder.glob("????-??-??.json"))
        return sorted(other for other in days if other < day)

    def forget(self, day: date) -> None:
        self._file(day).unlink(missing_ok=True)

    def _file(self, day: date) -> Path:
        return self._folder / f"{day}.json"


def report_days(counts: Counts, reporter: Reporter, port: int, name: str, *, before: date) -> bool:
    """Send what is due about each day before that one. False if Postfix did not take all of it."""
    is_done = True
    for day in counts.days_before(before):
        tally = counts.of(day)
        for domain in list(tally):
            if recipients(tally[domain]["record"]) and not _send(tally, domain, reporter, port, name, day):
                is_done = False
                continue
            del tally[domain]
            counts.write(day, tally)  # killed now, it tells nobody twice
        if not tally or day < before - timedelta(days=_DAYS_KEPT):
            counts.forget(day)
    return is_done


def _send(tally: Tally, domain: str, reporter: Reporter, port: int, name: str, day: date) -> bool:
    """Hand one report to Postfix. What it refuses for good is given up."""
    try:
        with smtplib.SMTP("127.0.0.1", port, timeout=60) as peer:
            peer.helo(name)
            peer.send_message(message(reporter, domain, tally[domain], day))
    except smtplib.SMTPRecipientsRefused as refused:
        codes = [code for code, _ in refused.recipients.values()]
        return all(code >= 500 for code in codes)
    except (OSError, smtplib.SMTPException) as error:
        log.warning("a report waits: %s", type(error).__name__)
        return False
    return True


def listen(path: Path) -> socket.socket:
    path.unlink(missing_ok=True)
    door = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    door.bind(str(path))
    path.chmod(0o660)
    door.settimeout(_BEAT_SECONDS)
    return door


def serve(door: socket.socket, counts: Counts, reporter: Reporter, port: int, beat: Path, name: str) -> None:
    """Count and report until told to stop."""
    saved_at = tried_at = beaten_at = datetime.now(UTC) - timedelta(days=1)
    while True:
        with contextlib.suppress(TimeoutError):
            counts.take(door.recv(_DATAGRAM_BYTES))
        now = datetime.now(UTC)
        if (now - beaten_at).total_seconds() >= _BEAT_SECONDS:
            beaten_at = now
            with contextlib.suppress(OSError):
                os.utime(beat)
        if (now - saved_at).total_seconds() >= _SAVE_SECONDS:
            saved_at = now
            counts.save()
        if (now - tried_at).total_seconds() >= _RETRY_SECONDS:
            tried_at = now
            report_days(counts, reporter, port, name, before=(now - _NIGHT).date())


def main() -> None:
    logging.basicConfig(level=logging.WARNING)
    path, folder, port, beat, organisation, sender = sys.argv[1:]
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    name = greeting_of(secrets.path_of(Path(folder).parents[1] / "secrets", "filter_key").read_bytes())
    counts = Counts(Path(folder))
    try:
        serve(listen(Path(path)), counts, Reporter(organisation, sender), int(port), Path(beat), name)
    finally:
        counts.save()


if __name__ == "__main__":
    main()
