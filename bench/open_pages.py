"""What an open page costs while it waits, and when it hears of a letter. See README.md.

PYTHONPATH=src .venv/bin/python bench/open_pages.py --home HOME [--port-base N] [--pages 5000] [--letters 120]

HOME: a folder, filled the first time; an instance starts there (as root). In front of its push process a
nginx of the bench's own, by TLS and HTTP/2 as in production.
"""

import argparse
import asyncio
import os
import random
import re
import resource
import smtplib
import ssl
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(PROJECT), str(PROJECT / "src")]

from bench import people, run  # noqa: E402
from bench.capacity import wait_until_open  # noqa: E402
from bench.web import Browser  # noqa: E402

PEOPLE = 50
_EVERY_SECONDS = 0.5  # between two letters
_FRONT = """\
daemon off;
user nobody nogroup;
worker_processes auto;
worker_rlimit_nofile 65536;
pid {home}/nginx.pid;
error_log {home}/error.log;
events {{ worker_connections 16384; }}
http {{
  access_log off;
  upstream push {{ server 127.0.0.1:{push} max_fails=0; }}
  server {{
    listen 127.0.0.1:{port} ssl;
    http2 on;
    ssl_certificate {home}/cert.pem;
    ssl_certificate_key {home}/key.pem;
    ssl_session_cache shared:sessions:10m;
    ssl_session_tickets off;
    location /flux {{
{shipped}
      proxy_http_version 1.1;
      proxy_set_header Connection "";
      proxy_pass http://push;
    }}
  }}
}}
"""


def main() -> None:
    asked = _arguments()
    asked.home.mkdir(parents=True, exist_ok=True)
    files = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (files, files))
    with run._instance(asked.home, asked.port_base) as ready:
        os.environ.update(
            VAGUEMESTRE_HOME=str(asked.home), DJANGO_SETTINGS_MODULE="vaguemestre.site.settings"
        )
        everybody = people.ready(datetime.now(UTC), PEOPLE)
        tickets = [_ticket(ready, number, person) for number, person in enumerate(everybody)]
        port = asked.port_base + 890
        with _front(asked.home / "open-pages", port, asked.port_base + 1) as front:
            asyncio.run(_measure(asked, ready, everybody, tickets, front, port))


def _ticket(ready: dict[str, object], number: int, person: people.Measured) -> str:
    """The ticket that the mail page of that person holds."""
    browser = Browser("127.0.0.1", int(str(ready["web"]).rpartition(":")[2]), source=f"127.1.1.{number + 1}")
    browser.sign_in(person.username, people.PASSWORD)
    found = re.search(rb'data-ticket="([^"]+)"', browser.get("/messagerie/").body)
    assert found, person.username
    return found[1].decode("ascii")


@contextmanager
def _front(home: Path, port: int, push: int) -> Iterator[int]:
    """nginx with what the shipped configuration says of streams; the pid of its master."""
    home.mkdir(exist_ok=True)
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
         "-subj", "/CN=localhost", "-days", "2", "-keyout", home / "key.pem", "-out", home / "cert.pem"],
        check=True, capture_output=True,
    )  # fmt: skip
    template = (PROJECT / "src/vaguemestre/engines/nginx/nginx.conf.j2").read_text(encoding="utf-8")
    streams = template.partition("location /flux {")[2].partition("}\n        location")[0]
    shipped = [line.strip() for line in streams.splitlines() if line.strip().startswith("proxy_")]
    general = re.findall(r"^    (proxy_(?:buffer_size|buffers|busy_buffers_size) .*;)$", template, re.M)
    kept = [*general, *(line for line in shipped if not line.startswith("proxy_pass"))]
    names = {line.split()[0] for line in shipped}
    own = "\n".join(line for line in kept if line in shipped or line.split()[0] not in names)
    file = home / "nginx.conf"
    file.write_text(_FRONT.format(home=home, port=port, push=push, shipped=own), encoding="utf-8")
    process = subprocess.Popen(["nginx", "-c", str(file)])
    try:
        wait_until_open(port)
        yield process.pid
    finally:
        process.terminate()
        process.wait()


class _Page:
    """One open page: its stream, and when it was last told something."""

    def __init__(self, mailbox: str) -> None:
        self.mailbox = mailbox
        self.told_at = 0.0

    async def open(self, port: int, ticket: str, context: ssl.SSLContext) -> None:
        self._reader, self._writer = await asyncio.open_connection(
            "127.0.0.1", port, ssl=context, server_hostname="localhost", limit=4096
        )
        self._writer.write(f"GET /flux?t={ticket} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode("ascii"))
        head = await self._reader.readuntil(b"bonjour")
        assert b" 200 " in head.split(b"\r\n", 1)[0], head

    async def listen(self) -> None:
        while line := await self._reader.readline():
            if line.startswith(b"data:"):
                self.told_at = time.monotonic()

    def close(self) -> None:
        self._writer.close()


async def _measure(
    asked: argparse.Namespace, ready: dict[str, object], everybody: list[people.Measured],
    tickets: list[str], front: int, port: int,
) -> None:  # fmt: skip
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    push = run.pids_of(asked.home, "processes.push")
    before = _memory(push), _memory(_family(front))
    pages = [_Page(everybody[number % len(everybody)].mailbox) for number in range(asked.pages)]
    began = time.monotonic()
    for number, page in enumerate(pages):
        await page.open(port, tickets[number % len(tickets)], context)
    print(f"opened one after the other in {time.monotonic() - began:.0f} s", flush=True)
    listening = [asyncio.ensure_future(page.listen()) for page in pages]
    await asyncio.sleep(45)  # two heartbeats
    after = _memory(push), _memory(_family(front))
    each = [(now - then) / asked.pages for now, then in zip(after, before, strict=True)]
    print(f"{asked.pages} open pages: {each[0]:.0f} KiB each in push, {each[1]:.0f} in nginx (PSS)")
    delays = await _notices(asked.letters, ready, everybody, pages)
    delays.sort()
    print(
        f"{asked.letters} letters, {len(delays)} notices: median {statistics.median(delays):.2f} s, "
        f"95 % {delays[int(len(delays) * 0.95)]:.2f} s, worst {delays[-1]:.2f} s"
    )
    for task in listening:
        task.cancel()
    for page in pages:
        page.close()


async def _notices(
    letters: int, ready: dict[str, object], everybody: list[people.Measured], pages: list[_Page]
) -> list[float]:
    """Seconds from the MX's answer to each page of the mailbox that it was for."""
    draw, delays = random.Random(11), []
    for number in range(letters):
        person = draw.choice(everybody)
        own = [page for page in pages if page.mailbox == person.mailbox]
        accepted_at = await asyncio.to_thread(_deliver, ready, person, number)
        deadline = accepted_at + 20
        sent_at = accepted_at - 0.2  # a notice may come before the answer does
        while time.monotonic() < deadline and any(page.told_at < sent_at for page in own):
            await asyncio.sleep(0.02)
        delays += [max(page.told_at - accepted_at, 0.0) if page.told_at > sent_at else 20.0 for page in own]
        await asyncio.sleep(_EVERY_SECONDS)
    return delays


def _deliver(ready: dict[str, object], person: people.Measured, number: int) -> float:
    ports = ready["ports"]
    assert isinstance(ports, dict)
    with smtplib.SMTP("127.0.0.1", ports["mx"], timeout=30, local_hostname="dehors.example") as client:
        client.sendmail(
            "parent@dehors.example",
            [person.address],
            f"From: parent@dehors.example\r\nTo: {person.address}\r\nSubject: Page {number}\r\n"
            f"Message-ID: <pages-{os.getpid()}-{number}@dehors.example>\r\n\r\nBonjour.\r\n",
        )
        return time.monotonic()


def _family(pid: int) -> list[int]:
    children = subprocess.run(["pgrep", "-P", str(pid)], capture_output=True, text=True, check=False).stdout
    return [pid, *map(int, children.split())]


def _memory(pids: list[int]) -> int:
    return sum(map(run.pss, pids))


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    parser.add_argument("--home", type=Path, required=True)
    parser.add_argument("--port-base", type=int, default=31400)
    parser.add_argument("--pages", type=int, default=5000)
    parser.add_argument("--letters", type=int, default=120)
    return parser.parse_args()


if __name__ == "__main__":
    main()
