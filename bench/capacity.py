"""What one delivery, list, opening, sign-in and waiting mail program cost an instance. See README.md.

PYTHONPATH=src .venv/bin/python bench/capacity.py --home HOME [--port-base N] [--count 300] [--programs 200]

HOME: a folder, filled the first time. It starts a PostgreSQL and an instance there (as root), HAProxy in
front of its pages and a Dovecot without mail in front of its mailboxes.
`vaguemestre model` computes with these figures.
"""

import argparse
import base64
import os
import re
import resource
import smtplib
import socket
import ssl
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

PROJECT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(PROJECT), str(PROJECT / "src")]

from bench import loading, people, run  # noqa: E402
from bench.bare import Bare  # noqa: E402
from bench.cluster import own_cluster  # noqa: E402
from bench.processor import Spent  # noqa: E402
from bench.web import Browser  # noqa: E402

from vaguemestre.demo.letters import Writer  # noqa: E402

PEOPLE = 20
_LETTERS, _OPENED = 200, 15
_PROGRAMS_EACH = 40  # Dovecot takes fifty from one address
_PROXY = """\
dovecot_config_version = 2.4.1
dovecot_storage_version = 2.4.1
base_dir = {home}/run
state_dir = {home}/state
log_path = {home}/dovecot.log
instance_name = capacity-proxy
listen = 127.0.0.1
protocols = imap
ssl = yes
ssl_server_cert_file = {home}/cert.pem
ssl_server_key_file = {home}/key.pem
ssl_client_require_valid_cert = no
verbose_proctitle = yes
passdb static {{
  fields {{
    nopassword = yes
    proxy = yes
    host = 127.0.0.1
    port = {imaps}
    ssl = any-cert
  }}
}}
service imap-login {{
  restart_request_count = unlimited
  process_min_avail = 2
  client_limit = 4000
  inet_listener imap {{
    port = 0
  }}
  inet_listener imaps {{
    port = {port}
    ssl = yes
  }}
}}
service auth {{
  client_limit = 16384
}}
"""
_ENTRY = """\
defaults
 mode tcp
 timeout connect 5s
 timeout client 10m
 timeout server 10m
listen pages
 bind 127.0.0.1:{port}
 server web 127.0.0.1:{web}
"""
_LIST = "/messagerie/INBOX/lignes/"
_QUIET_SECONDS, _SETTLED_SECONDS = 20.0, 90.0
_LETTER = (
    "From: Parent <parent{number}@dehors.example>\r\nTo: {to}\r\nSubject: Absence du {number}\r\n"
    "Message-ID: <capacity-{run}-{number}@dehors.example>\r\nDate: Thu, 26 Nov 2026 08:00:00 +0100\r\n"
    "MIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n{text}"
)
_TEXT = "Bonjour,\r\n" + "Mon enfant sera absent demain, il rattrapera son travail jeudi.\r\n" * 50  # 3.3 kB


class Capacity:
    """One instance, and what it spends when nobody asks anything."""

    def __init__(
        self, home: Path, ready: dict[str, Any], everybody: list[people.Measured], others: tuple[int, ...]
    ) -> None:
        self._home, self._ready, self._everybody, self._others = home, ready, everybody, others
        self._imap = ready["host"], ready["ports"]["imap"]
        self._port, self._site = ready["entry"], int(ready["web"].rpartition(":")[2])
        self._quiet: Counter[str] = Counter()  # processor seconds a second

    def rest(self) -> None:
        """Look at what is spent by itself, to take it off the rest."""
        with Spent(self._home, self._others) as spent:
            time.sleep(_QUIET_SECONDS)
        self._quiet = Counter({name: took / _QUIET_SECONDS for name, took in spent.seconds.items()})
        print(f"quiet: {sum(self._quiet.values()) * 1000:.0f} ms of processor a second")

    def tell(self, what: str, count: int, act: Callable[[], object]) -> None:
        """Print milliseconds of processor a piece, by family."""
        began = time.monotonic()
        with Spent(self._home, self._others) as spent:
            act()
        took = time.monotonic() - began
        own = {
            name: got - self._quiet[name] * took for name, got in spent.seconds.items() if name != "client"
        }
        costs = {name: 1000 * seconds / count for name, seconds in own.items() if seconds > 0.02}
        shown = ", ".join(f"{name} {cost:.2f}" for name, cost in sorted(costs.items(), key=lambda c: -c[1]))
        print(f"{what}: {sum(costs.values()):.2f} ms each, {count} in {took:.0f} s: {shown}", flush=True)

    def deliver(self, count: int) -> None:
        """By the MX, from outside; ends when each mailbox has them all."""
        before, mark = self._messages(), f"{time.time():.0f}"
        with smtplib.SMTP(self._ready["host"], self._ready["ports"]["mx"], timeout=60) as client:
            for number in range(count):
                to = self._everybody[number % len(self._everybody)].address
                letter = _LETTER.format(number=number, to=to, run=mark, text=_TEXT)
                client.sendmail(f"parent{number}@dehors.example", [to], letter.encode())
        deadline = time.monotonic() + _SETTLED_SECONDS
        while self._messages() - before < count and time.monotonic() < deadline:
            time.sleep(1)
        time.sleep(5)  # words of the index: what indexes says nothing when it ends
        print(f"delivered {self._messages() - before} of {count}")

    def _messages(self) -> int:
        return sum(self._count_of(person) for person in self._everybody)

    def _count_of(self, person: people.Measured) -> int:
        bare = Bare(self._imap, person.mailbox, person.app_password)
        told = [bare.run(b"STATUS %b (MESSAGES)" % name) for name in (b"INBOX", b"Junk")]
        bare.close()
        return sum(int(answer.split(b"MESSAGES ")[1].split(b")")[0]) for answer in told)

    def sign_in(self, count: int) -> None:
        for number in range(count):
            person = self._everybody[number % len(self._everybody)]
            browser = self._browser(number)
            browser.sign_in(person.username, people.PASSWORD)
            browser.leave()

    def _browser(self, number: int) -> Browser:
        return Browser(
            "127.0.0.1", self._port, source=f"127.3.{number // 250}.{number % 250 + 1}", site=self._site
        )

    def signed_in(self) -> list[Browser]:
        browsers = [self._browser(1000 + number) for number in range(len(self._everybody))]
        for browser, person in zip(browsers, self._everybody, strict=True):
            browser.sign_in(person.username, people.PASSWORD)
            assert browser.get(_LIST, HX_Request="true").status == 200
        return browsers

    def look(self, browsers: list[Browser], path: str, count: int) -> None:
        requests = [browser.request(path, HX_Request="true") for browser in browsers]
        for number in range(count):
            answer = browsers[number % len(browsers)].again(requests[number % len(browsers)])
            assert answer.status == 200, answer.head

    def open(self, browsers: list[Browser]) -> int:
        """Each person opens fifteen letters for the first time; how many were opened."""
        count = 0
        for browser, person in zip(browsers, self._everybody, strict=True):
            bare = Bare(self._imap, person.mailbox, person.app_password)
            validity = bare.run(b"SELECT INBOX").split(b"[UIDVALIDITY ")[1].split(b"]")[0].decode()
            bare.close()
            for uid in range(60, 60 + _OPENED):
                path = f"/messagerie/INBOX/{validity}/{uid}/"
                assert browser.get(path, HX_Request="true").status == 200, path
                count += 1
        return count

    def idle(self, programs: int, proxy: "Proxy") -> None:
        """Mail programs that wait, by TLS, through a proxy, as with pods: memory and processor of both."""
        before = self._memory(), proxy.memory()
        waiting = [
            _Waiting(proxy.port, self._everybody[number % len(self._everybody)]) for number in range(programs)
        ]
        self._wait_until_hibernated()
        mailboxes, front = (
            now - then for now, then in zip((self._memory(), proxy.memory()), before, strict=True)
        )
        print(
            f"{programs} programs in IDLE: {mailboxes / programs:.0f} KiB each where mailboxes are, "
            f"{front / programs:.0f} in the proxy (PSS); {_Waiting.stopped} connections stopped on the way"
        )
        self.tell("a minute of a program in IDLE", programs, lambda: time.sleep(60))
        for one in waiting:
            one.close()

    def room(self) -> None:
        """Bytes on disk beside each letter: what Dovecot keeps about it, and its words."""
        letters = content = disk = 0
        for person in self._everybody:
            bare = Bare(self._imap, person.mailbox, person.app_password)
            told = bare.run(b'LIST "" "*" RETURN (STATUS (MESSAGES SIZE))').decode()
            bare.close()
            letters += sum(map(int, re.findall(r"MESSAGES (\d+)", told)))
            content += sum(map(int, re.findall(r"SIZE (\d+)", told)))
            name, _, domain = person.mailbox.partition("@")
            du = ["du", "-s", "-B1", str(self._home / "mail" / domain / name)]
            disk += int(subprocess.run(du, capture_output=True, text=True, check=True).stdout.split()[0])
        print(f"{(disk - content) / letters:.0f} bytes beside each letter of {content / letters:.0f}")

    def come(self, programs: int, proxy: "Proxy") -> None:
        """Mail programs that come, open INBOX and leave."""
        for number in range(programs):
            _Waiting(proxy.port, self._everybody[number % len(self._everybody)]).close()

    def _wait_until_hibernated(self) -> None:
        """Processes of those who wait are given back after half a minute, and end after another minute."""
        deadline = time.monotonic() + 300
        while (left := sum(1 for pid in run.pids_of(self._home, "dovecot") if _name(pid) == "imap")) > 8:
            if time.monotonic() > deadline:
                print(f"{left} processes still there after five minutes")
                return
            time.sleep(2)

    def _memory(self) -> int:
        return sum(run.pss(pid) for pid in run.pids_of(self._home, "dovecot"))


def _name(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/comm").read_text().strip()
    except OSError:
        return ""


class _Waiting:
    """A mail program by TLS, in IDLE on INBOX.

    It connects again when Dovecot stops in the middle of an answer (docs/operations/several-machines.md).
    """

    stopped = 0

    def __init__(self, port: int, person: people.Measured) -> None:
        while True:
            self._socket = self._connected(port)
            try:
                self._wait(person)
                return
            except TimeoutError:
                self._socket.close()
                type(self).stopped += 1

    def _connected(self, port: int) -> ssl.SSLSocket:
        plain = socket.create_connection(("127.0.0.1", port), timeout=15)
        context = ssl.create_default_context()
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        return context.wrap_socket(plain)

    def _wait(self, person: people.Measured) -> None:
        said = base64.b64encode(f"\0{person.mailbox}\0{person.app_password}".encode()).decode()
        for line, awaited in (
            (f"a AUTHENTICATE PLAIN {said}", "a OK"), ("b SELECT INBOX", "b OK"), ("c IDLE", "+ ")
        ):  # fmt: skip
            self._socket.sendall(f"{line}\r\n".encode())
            self._until(awaited.encode())

    def _until(self, awaited: bytes) -> None:
        data = b""
        while awaited not in data:
            chunk = self._socket.recv(65_536)
            assert chunk, data
            data += chunk

    def close(self) -> None:
        self._socket.close()


class Proxy:
    """A Dovecot without mail in front of the instance's, by TLS on both sides."""

    def __init__(self, home: Path, imaps: int) -> None:
        self._home = home / "proxy"
        for folder in ("run", "state"):
            (self._home / folder).mkdir(parents=True, exist_ok=True)
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = int(probe.getsockname()[1])
        subprocess.run(
            ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=proxy", "-days", "2",
             "-keyout", str(self._home / "key.pem"), "-out", str(self._home / "cert.pem")],
            check=True, capture_output=True,
        )  # fmt: skip
        file = self._home / "dovecot.conf"
        file.write_text(_PROXY.format(home=self._home, port=self.port, imaps=imaps), encoding="ascii")
        self._process = subprocess.Popen(["dovecot", "-F", "-c", str(file)])
        wait_until_open(self.port)

    @property
    def pid(self) -> int:
        return self._process.pid

    def memory(self) -> int:
        children = subprocess.run(
            ["pgrep", "-P", str(self.pid)], capture_output=True, text=True, check=True
        ).stdout.split()
        return sum(run.pss(int(pid)) for pid in children)

    def close(self) -> None:
        self._process.terminate()
        self._process.wait()


def main() -> None:
    asked = _arguments()
    asked.home.mkdir(parents=True, exist_ok=True)
    with own_cluster(asked.home) as data, run._instance(asked.home, asked.port_base) as ready:
        os.environ.update(
            VAGUEMESTRE_HOME=str(asked.home), DJANGO_SETTINGS_MODULE="vaguemestre.site.settings"
        )
        everybody = people.ready(datetime.now(UTC), max(PEOPLE, -(-asked.programs // _PROGRAMS_EACH)))
        for person in everybody[:PEOPLE]:
            bare = Bare((ready["host"], ready["ports"]["imap"]), person.mailbox, person.app_password)
            loading.fill(bare, Writer(person.name, person.address), _LETTERS, seed=11)
            bare.close()
        files = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
        resource.setrlimit(resource.RLIMIT_NOFILE, (files, files))
        proxy = Proxy(asked.home, ready["ports"]["imaps"])
        postmaster = int((data / "postmaster.pid").read_text().split("\n", 1)[0])
        with _entry(asked.home, int(ready["web"].rpartition(":")[2])) as (entry, port):
            roots = (postmaster, entry, proxy.pid)
            _measure(Capacity(asked.home, ready | {"entry": port}, everybody, roots), asked, proxy)
        proxy.close()


def wait_until_open(port: int) -> None:
    """Return once somebody listens there. Raises OSError after twenty seconds."""
    deadline = time.monotonic() + 20
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=5).close()
        except ConnectionRefusedError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.1)
        else:
            return


def _measure(bench: Capacity, asked: argparse.Namespace, proxy: Proxy) -> None:
    """One after the other; `--only` takes those whose name begins so."""
    time.sleep(_SETTLED_SECONDS)
    bench.rest()
    count, programs = asked.count, asked.programs
    if "delivery".startswith(asked.only):
        bench.tell("a delivery", count, lambda: bench.deliver(count))
    if "pages".startswith(asked.only):
        bench.tell("a sign-in", count // 3, lambda: bench.sign_in(count // 3))
        browsers = bench.signed_in()
        bench.tell("a list", 10 * count, lambda: bench.look(browsers, _LIST, 10 * count))
        bench.tell("a mail page", count, lambda: bench.look(browsers, "/messagerie/", count))
        bench.tell("an opening", PEOPLE * _OPENED, lambda: bench.open(browsers))
    if "room".startswith(asked.only):
        bench.room()
    if "programs".startswith(asked.only):
        bench.tell("a mail program that comes", programs, lambda: bench.come(programs, proxy))
    if "programs".startswith(asked.only) or asked.only == "waiting":
        bench.idle(programs, proxy)


@contextmanager
def _entry(home: Path, web: int) -> Iterator[tuple[int, int]]:
    """HAProxy in front of the pages: its process, and its port."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    file = home / "entry.cfg"
    file.write_text(_ENTRY.format(port=port, web=web), encoding="ascii")
    process = subprocess.Popen(["haproxy", "-f", str(file)])
    try:
        wait_until_open(port)
        yield process.pid, port
    finally:
        process.terminate()
        process.wait()


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    parser.add_argument("--home", type=Path, required=True)
    parser.add_argument("--port-base", type=int, default=45000)
    parser.add_argument("--count", type=int, default=300)
    parser.add_argument("--programs", type=int, default=200)
    parser.add_argument("--only", default="")
    return parser.parse_args()


if __name__ == "__main__":
    main()
