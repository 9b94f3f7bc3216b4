"""A whole instance for the tests of robustness: bin/up in a home of its own, seen from outside."""

import contextlib
import email.message
import email.utils
import imaplib
import json
import os
import signal
import smtplib
import ssl
import subprocess
import time
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

PROJECT = Path(__file__).resolve().parents[3]
OFFSETS = (0, 1, 25, 26, 143, 190, 465, 587, 993)


def wait_until(true: Callable[[], Any], seconds: float) -> Any:
    end = time.monotonic() + seconds
    while not (answer := true()):
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.02)
    return answer


class RefusedForGood(Exception):
    """A permanent answer (5xx)."""


def _later(codes: Iterable[int]) -> bool:
    if wrong := [code for code in codes if code >= 500]:
        raise RefusedForGood(wrong)
    return False


class Running:
    """One home, started and stopped as often as a test wants."""

    def __init__(self, home: Path, base: int) -> None:
        self.home, self.base = home, base
        self.log = home.parent / f"{home.name}.log"
        self.process: subprocess.Popen[bytes] | None = None

    def command(self, *arguments: str) -> list[str]:
        place = ["--home", str(self.home), "--port-base", str(self.base)]
        return [str(PROJECT / "bin" / "up"), *place, "--no-install", *arguments]

    def start(self, *arguments: str, seconds: float = 90) -> float:
        """Start and wait until ready; how long it took, in seconds."""
        began = time.monotonic()
        environment = {k: v for k, v in os.environ.items() if not k.startswith("VAGUEMESTRE_")}
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                self.command(*arguments), stdout=log, stderr=log, stdin=subprocess.DEVNULL,
                start_new_session=True, env=environment,
            )  # fmt: skip
        process = self.process

        def is_ready() -> bool:
            assert process.poll() is None, self.log.read_text(errors="replace")[-4000:]
            return self._ready_file.exists() and bool(self.ready)

        wait_until(is_ready, seconds)
        return time.monotonic() - began

    def stop(self) -> int:
        assert self.process is not None
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(60)

    @property
    def _ready_file(self) -> Path:
        return self.home / "run" / "ready.json"

    @property
    def ready(self) -> dict[str, Any]:
        try:
            told: dict[str, Any] = json.loads(self._ready_file.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return {}
        return told

    @property
    def is_ready(self) -> bool:
        return self._ready_file.exists()

    def children(self) -> dict[str, dict[str, Any]]:
        kept = json.loads((self.home / "run" / "children.json").read_text(encoding="utf-8"))
        return {child["name"]: child for child in kept["children"]}

    def kill(self, name: str) -> int:
        """Kill this child; its process number. Waits while it is between two lives: 0 would be all of us."""

        def victim() -> int:
            pid: int = self.children()[name]["pid"]
            if pid:
                with contextlib.suppress(ProcessLookupError):  # dead, and not yet told
                    os.kill(pid, signal.SIGKILL)
                    return pid
            return 0

        killed: int = wait_until(victim, 60)
        return killed

    def account(self, role: str) -> dict[str, Any]:
        return next(account for account in self.ready["accounts"] if account["role"] == role)

    def deliver(self, to: str, subject: str) -> bool:
        """One message on the MX port. True: accepted; False: « later » (4xx) or no connection.

        Raises RefusedForGood on 5xx.
        """
        message = email.message.EmailMessage()
        message["From"], message["To"], message["Subject"] = "a@dehors.example", to, subject
        message["Date"], message["Message-ID"] = email.utils.formatdate(), f"<{subject}@dehors.example>"
        message.set_content("Bonjour")
        try:
            with smtplib.SMTP("127.0.0.1", self.base + 25, timeout=10, local_hostname="dehors.example") as mx:
                mx.send_message(message)
        except smtplib.SMTPRecipientsRefused as error:
            return _later(code for code, _ in error.recipients.values())
        except smtplib.SMTPServerDisconnected:
            return False
        except smtplib.SMTPResponseException as error:
            return _later([error.smtp_code])
        except OSError:
            return False
        return True

    @contextlib.contextmanager
    def imap(self, account: dict[str, Any]) -> Iterator[imaplib.IMAP4_SSL]:
        trusted = ssl.create_default_context(cafile=self.home / "engines" / "tls" / "ca.pem")
        client = imaplib.IMAP4_SSL("localhost", self.base + 993, ssl_context=trusted, timeout=10)
        try:
            client.login(account["address"], account["app_password"])
            yield client
        finally:
            client.shutdown()

    def subjects(self, account: dict[str, Any]) -> set[str]:
        """Subjects of the last messages of the inbox; empty while it cannot be asked."""
        try:
            with self.imap(account) as client:
                client.select("INBOX", readonly=True)
                _, found = client.search(None, "FROM", "a@dehors.example")
                if not found[0]:
                    return set()
                numbers = found[0].replace(b" ", b",").decode()
                _, fetched = client.fetch(numbers, "(BODY.PEEK[HEADER.FIELDS (SUBJECT)])")
        except (OSError, imaplib.IMAP4.error):
            return set()
        return {part[1].decode().split(":", 1)[1].strip() for part in fetched if isinstance(part, tuple)}

    def flush_queue(self) -> None:
        """Ask Postfix to try its waiting mail at once."""
        folder = self.home / "engines" / "postfix"
        subprocess.run(["postqueue", "-c", str(folder), "-f"], check=False, capture_output=True, timeout=60)
