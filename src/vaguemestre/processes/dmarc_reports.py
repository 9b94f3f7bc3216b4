"""The process named `dmarc-reports`: once a day it tells other domains what came here in their name (DMARC).

`python -m vaguemestre.processes.dmarc_reports CONFIGURATION PORT HEARTBEAT`. The filter keeps what there is
to tell in its memory; rspamd's own program makes the reports of the day before and hands them to the door of
Postfix at PORT. It runs as the filter's user, who alone opens that memory. No Django.
"""

import contextlib
import logging
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

log = logging.getLogger("dmarc-reports")

_PROGRAM = "/usr/bin/rspamadm"
_NIGHT = timedelta(minutes=40)  # after midnight, UTC: not when everybody else reports
_BEAT_SECONDS = 5.0
_RETRY = timedelta(minutes=5)
_PATIENCE_SECONDS = 3600.0  # of one run: domains are asked for their records one after the other


def day_due(now: datetime, reported: date | None) -> date | None:
    """The last day that ended (UTC), some minutes after midnight; None if it is the one reported."""
    day = (now.astimezone(UTC) - _NIGHT).date() - timedelta(days=1)
    return None if reported == day else day


def send_reports(configuration: Path, port: int, day: date) -> bool:
    """Send the reports of a day. False if nothing was tried, as Postfix does not answer.

    What rspamadm has read it deletes, sent or not. A day that was reported has nothing left to tell.
    """
    if not _answers(port):
        return False
    argv = [_PROGRAM, "dmarc_report", "-c", str(configuration), f"{day:%Y%m%d}"]
    try:
        ended = subprocess.run(
            argv, env=_environment(), capture_output=True, text=True, timeout=_PATIENCE_SECONDS, check=False
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        log.warning("the reports of %s: %s", day, type(error).__name__)
        return True
    for line in (ended.stdout + ended.stderr).splitlines():
        log.log(logging.WARNING if ended.returncode else logging.INFO, "%s", line.strip())
    return True


def serve(configuration: Path, port: int, stop: threading.Event) -> None:
    """Report each day until told to stop."""
    reported: date | None = None
    again_at = datetime.now(UTC)
    while not stop.is_set():
        now = datetime.now(UTC)
        day = day_due(now, reported) if now >= again_at else None
        if day is not None:
            if send_reports(configuration, port, day):
                reported = day
            again_at = now + _RETRY
        stop.wait(_BEAT_SECONDS)


def _beat(heartbeat: Path) -> None:
    """Beat in a thread of its own, since a run lasts; how long is bounded."""
    while True:
        with contextlib.suppress(OSError):
            os.utime(heartbeat)
        time.sleep(_BEAT_SECONDS)


def _answers(port: int) -> bool:
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=5) as peer:
            return peer.recv(3) == b"220"
    except OSError:
        return False


def _environment() -> Mapping[str, str]:
    """The filter names days in UTC."""
    return {"PATH": "/usr/bin:/bin", "TZ": "UTC", "LC_ALL": "C.UTF-8"}


def main() -> None:
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    threading.Thread(target=_beat, args=(Path(sys.argv[3]),), daemon=True).start()
    serve(Path(sys.argv[1]), int(sys.argv[2]), stop)


if __name__ == "__main__":
    main()
