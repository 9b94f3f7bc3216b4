"""Nothing frozen: what an unrelated signed-in page takes while slow and hostile clients are at work.

.venv/bin/python bench/frozen.py --home DIR [--port-base N] [--seconds 12] [--only WORDS] [--json FILE]
"""

import argparse
import http.client
import json
import os
import re
import secrets
import smtplib
import socket
import subprocess
import sys
import threading
import time
import urllib.parse
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager, nullcontext, suppress
from datetime import UTC, datetime
from email import policy
from email.message import EmailMessage
from importlib import import_module
from pathlib import Path
from statistics import median
from typing import Any

PROJECT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(PROJECT), str(PROJECT / "src")]

from bench import people  # noqa: E402
from bench.bare import Bare  # noqa: E402
from bench.run import LIST, _instance  # noqa: E402
from bench.web import Browser  # noqa: E402
from tests.mailbox.webmail.hostile_html import PAYLOADS  # noqa: E402

PAUSE = 0.05  # seconds between two looks at the page
LARGEST_RATIO, ENOUGH_MS = 3, 100
LENT_BYTES = 30_000_000
HEAVY = {
    "500 kB of <div>": "<div>" * 100_000,
    "420 kB of <input ": "<input " * 60_000,
    "300 kB of nested tables": "<table><tr><td>" * 20_000,
    "a style of 400 kB": "<style>" + "a{color:red}" * 33_000 + "</style><p>x",
}


def main() -> None:
    asked = _arguments()
    with _instance(asked.home, asked.port_base) as ready:
        os.environ.update(
            VAGUEMESTRE_HOME=str(asked.home), DJANGO_SETTINGS_MODULE="vaguemestre.site.settings"
        )
        os.environ.pop("VAGUEMESTRE_PORT_BASE", None)
        everybody = people.ready(datetime.now(UTC), 3)
        told = Frozen(everybody, ready, asked).run()
    if asked.json:
        asked.json.write_text(json.dumps(told, indent=1, ensure_ascii=False))


class Frozen:
    """An instance, the reader of an unrelated page, and those who would freeze it."""

    def __init__(self, everybody: list[people.Measured], ready: dict[str, Any], asked: Any) -> None:
        self.reader, self.victim, self.sender = everybody
        self.ready, self.asked = ready, asked
        self.port = int(ready["web"].rpartition(":")[2])
        self.stop = threading.Event()
        self.page = Browser("127.0.0.1", self.port)
        self.page.sign_in(self.reader.username, people.PASSWORD)
        self.request = self.page.request(LIST, HX_Request="true")

    def run(self) -> dict[str, Any]:
        print(f"{'while':<44}{'pages':>6}{'median':>9}{'p95':>9}{'worst':>9}{'ratio':>8}  held")
        for _ in range(20):  # warm
            self._look()
        quiet = self._measure()
        told = {"quiet": self._tell("quiet", quiet, median(quiet))}
        for name, attack in self._attacks().items():
            if self.asked.only not in name:
                continue
            self.stop.clear()
            with attack():
                times = self._measure()
                self.stop.set()
            told[name] = self._tell(name, times, median(quiet))
        if self.asked.only in "500 idle connections at the MX":
            told["letter"] = self._honest_letter()
        return told

    def _look(self) -> float:
        start = time.perf_counter()
        status = self.page.again(self.request).status
        assert status == 200, status
        return (time.perf_counter() - start) * 1000

    def _measure(self) -> list[float]:
        times, end = [], time.monotonic() + self.asked.seconds
        while time.monotonic() < end or len(times) < 20:
            times.append(self._look())
            time.sleep(PAUSE)
        return times

    def _tell(self, name: str, times: list[float], quiet: float) -> dict[str, float | bool]:
        p95 = sorted(times)[int(len(times) * 0.95)]
        held = p95 <= max(LARGEST_RATIO * quiet, ENOUGH_MS)
        ratio = p95 / quiet
        print(
            f"{name:<44}{len(times):>6}{median(times):>9.1f}{p95:>9.1f}{max(times):>9.1f}{ratio:>7.1f}×"
            f"  {'yes' if held else 'NO'}",
            flush=True,
        )
        return {"pages": len(times), "median": median(times), "p95": p95, "worst": max(times), "held": held}

    def _attacks(self) -> dict[str, Callable[[], AbstractContextManager[object]]]:
        return {
            "24 slow bodies": self._slow_bodies,
            "10 readers of a lent file who read nothing": self._slow_readers,
            "8 half-sent cards on CardDAV": self._half_cards,
            "16 wrong sign-ins at once, again and again": self._wrong_sign_ins,
            "2 readers of 60 pictures of a tarpit": self._tarpit_letters,
            "hostile letters opened one after the other": self._hostile_letters,
            "40,000 links in a letter, asked 8 times at once": self._one_heavy_letter,
            "500 idle connections at the MX": self._idle_at_the_mx,
        }

    # those who would freeze it

    @contextmanager
    def _open(self, count: int, port: int, first: bytes, receive: int = 0) -> Iterator[list[socket.socket]]:
        with ExitStack() as stack:
            clients = []
            for _ in range(count):
                client = stack.enter_context(socket.socket())
                if receive:
                    client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive)
                client.settimeout(10)
                with suppress(OSError):  # a port that takes no more
                    client.connect(("127.0.0.1", port))
                    client.sendall(first)
                clients.append(client)
            yield clients

    @contextmanager
    def _idle_at_the_mx(self) -> Iterator[None]:
        """Connections begun together and left alone; what takes no more of them keeps some waiting."""
        with ExitStack() as stack:
            for _ in range(500):
                client = stack.enter_context(socket.socket())
                client.setblocking(False)  # noqa: FBT003
                client.connect_ex(("127.0.0.1", self.ready["ports"]["mx"]))
            self.stop.wait(1)
            yield

    @contextmanager
    def _threads(self, acts: list[Callable[[], None]]) -> Iterator[None]:
        """Each act again and again until told to stop."""

        def again(act: Callable[[], None]) -> None:
            while not self.stop.is_set():
                with suppress(OSError, http.client.HTTPException, AssertionError):
                    act()

        threads = [threading.Thread(target=again, args=(act,), daemon=True) for act in acts]
        for thread in threads:
            thread.start()
        yield
        self.stop.set()
        for thread in threads:
            thread.join(30)

    @contextmanager
    def _slow_bodies(self) -> Iterator[None]:
        head = (
            f"POST /alogin HTTP/1.1\r\nHost: localhost:{self.port}\r\nOrigin: http://localhost:{self.port}\r\n"
            f"Cookie: csrf_{self.port}={'a' * 32}\r\nContent-Type: application/x-www-form-urlencoded\r\n"
            "Content-Length: 1000000\r\n\r\n"
        )
        with self._open(24, self.port, head.encode()) as clients:

            def dribble() -> None:
                for client in clients:
                    client.sendall(b"a")
                self.stop.wait(2)

            with self._threads([dribble]):
                yield

    @contextmanager
    def _slow_readers(self) -> Iterator[None]:
        services = import_module("vaguemestre.post.filelinks.services")
        ports = import_module("vaguemestre.post.filelinks.ports")
        room = import_module("vaguemestre.post.filelinks.http").file_limits
        transaction = import_module("django.db.transaction")
        with transaction.atomic():
            lent = services.share_content(
                None, "film.bin", "", bytes(LENT_BYTES), ports.file_store.get(), ports.scan.get(), room(),
                now=datetime.now(UTC),
            )  # fmt: skip
        host = f"fichiers.localhost:{self.port}"
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        connection.request("POST", f"/{lent.token}/", headers={"Host": host, "Content-Length": "0"})
        place = connection.getresponse().headers["Location"]
        connection.close()
        take = f"GET {place} HTTP/1.1\r\nHost: {host}\r\n\r\n".encode()
        with self._open(10, self.port, take, receive=2_048):
            yield

    def _half_cards(self) -> AbstractContextManager[object]:
        port = self.port + 3
        head = f"PUT /dav/x HTTP/1.1\r\nHost: localhost:{port}\r\nContent-Length: 200000\r\n\r\n{'a' * 1000}"
        return self._open(8, port, head.encode())

    def _wrong_sign_ins(self) -> AbstractContextManager[object]:
        def try_in_vain() -> None:
            source = f"127.{secrets.randbelow(250) + 1}.{secrets.randbelow(250) + 1}.9"
            browser = Browser("127.0.0.1", self.port, source=source)
            browser.get("/alogin")
            browser.post("/alogin", {"username": f"x{secrets.token_hex(5)}", "secret": "pas le bon mot"})

        return self._threads([try_in_vain] * 16)

    @contextmanager
    def _tarpit_letters(self) -> Iterator[None]:
        """A public address of this very machine for a while: nothing else may be asked for a picture."""
        pictures = import_module("vaguemestre.mailbox.webmail.services.message.pictures")
        ref = import_module("vaguemestre.mailbox.webmail.values").MessageRef("INBOX", 1, 1)
        address = f"9.9.{secrets.randbelow(250) + 1}.{secrets.randbelow(250) + 1}"
        _ip("add", address)
        try:
            with socket.create_server((address, 80), backlog=512):
                acts = [
                    self._looker([signer(f"http://{address}/{number}.png") for number in range(line, 60, 6)])
                    for signer in (pictures.Signer(n, ref, "/messagerie/image/") for n in (1, 2))
                    for line in range(6)
                ]
                with self._threads(acts):
                    yield
        finally:
            _ip("del", address)

    def _looker(self, paths: list[str]) -> Callable[[], None]:
        def look() -> None:
            browser = Browser("127.0.0.1", self.port)
            for path in paths:
                if not self.stop.is_set():
                    browser.get(path)

        return look

    @contextmanager
    def _hostile_letters(self) -> Iterator[None]:
        paths = self._put([_hostile(name, html) for name, html in {**PAYLOADS, **HEAVY}.items()])
        browsers = [Browser("127.0.0.1", self.port) for _ in range(2)]
        for browser in browsers:
            browser.sign_in(self.victim.username, people.PASSWORD)

        def opener(browser: Browser, mine: list[str]) -> Callable[[], None]:
            def look() -> None:
                for path in mine:
                    if not self.stop.is_set():
                        browser.get(path, HX_Request="true")
                        browser.get(f"{path}corps/")

            return look

        with self._threads([opener(browser, paths[n::2]) for n, browser in enumerate(browsers)]):
            yield

    @contextmanager
    def _one_heavy_letter(self) -> Iterator[None]:
        """Eight requests at once for its text, each for another word to be marked: none is in a cache."""
        html = "".join(f"<a href='https://x{n}.example/'>lien {n}</a> " for n in range(40_000))
        (path,) = self._put([_hostile("40,000 links", html)])
        victim = Browser("127.0.0.1", self.port)
        victim.sign_in(self.victim.username, people.PASSWORD)
        answers = Counter[int]()

        def asker() -> Callable[[], None]:
            browser = Browser("127.0.0.1", self.port)

            def ask() -> None:
                request = victim.request(f"{path}corps/?mot={secrets.token_hex(3)}")
                answers[browser.again(request).status] += 1

            return ask

        with self._threads([asker() for _ in range(8)]):
            yield
        print(f"    the eight were answered: {dict(answers)}", flush=True)

    def _put(self, letters: list[bytes]) -> list[str]:
        """Add letters to the victim's inbox; their pages."""
        bare = Bare(
            (self.ready["host"], self.ready["ports"]["imap"]), self.victim.mailbox, self.victim.app_password
        )
        bare.append_all("INBOX", [((), "25-Nov-2026 12:00:00 +0100", letter) for letter in letters])
        bare.run(b"SELECT INBOX")
        found = re.search(rb"UIDVALIDITY (\d+)", bare.run(b"STATUS INBOX (UIDVALIDITY)"))
        assert found
        uids = re.findall(rb"UID (\d+)", bare.run(b"FETCH 1:* (UID)"))[-len(letters) :]
        bare.close()
        return [f"/messagerie/INBOX/{int(found[1])}/{int(uid)}/" for uid in uids]

    def _honest_letter(self) -> dict[str, float]:
        """From the connection to the word that it is taken, with 500 idle ones there."""
        seconds = []
        self.stop.clear()
        for crowd in (nullcontext(), self._idle_at_the_mx()):
            with crowd:
                start = time.perf_counter()
                message = EmailMessage()
                message["From"], message["To"] = "parent@dehors.example", self.reader.address
                message["Subject"] = f"Mesure {secrets.token_hex(4)}"
                message.set_content("Bonjour.\n")
                try:
                    with smtplib.SMTP("127.0.0.1", self.ready["ports"]["mx"], timeout=60) as client:
                        client.send_message(message)
                    seconds.append(time.perf_counter() - start)
                except (OSError, smtplib.SMTPException) as error:
                    print(f"an honest letter was not taken: {error}")
                    seconds.append(float("inf"))
        held = "yes" if seconds[1] <= 5 else "NO"
        print(
            f"an honest letter at the MX: {seconds[0]:.2f} s; among 500 idle ones: {seconds[1]:.2f} s  {held}"
        )
        return {"alone": seconds[0], "crowded": seconds[1]}


def _hostile(name: str, html: str) -> bytes:
    message = EmailMessage()
    message["From"], message["Subject"] = "a@dehors.example", f"Essai {urllib.parse.quote(name)[:60]}"
    message["Date"], message["Message-ID"] = (
        "Wed, 25 Nov 2026 12:00:00 +0100",
        f"<{secrets.token_hex(8)}@x.example>",
    )
    message.set_content("Texte.\n")
    html = html.replace("{away}", "dehors.example")
    message.add_alternative(html.encode("utf-8", "replace").decode(), subtype="html", cte="base64")
    return message.as_bytes(policy=policy.SMTP)


def _ip(act: str, address: str) -> None:
    subprocess.run(["ip", "address", act, f"{address}/32", "dev", "lo"], check=True, capture_output=True)


def _arguments() -> Any:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--home", type=Path, required=True)
    parser.add_argument("--port-base", type=int, default=8000)
    parser.add_argument("--seconds", type=float, default=12)
    parser.add_argument("--only", default="")
    parser.add_argument("--json", type=Path)
    given = parser.parse_args()
    given.home = given.home.resolve()
    return given


if __name__ == "__main__":
    main()
