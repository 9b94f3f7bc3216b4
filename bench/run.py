"""What the webmail costs beside the bare engine doing the same work, in one run. See README.md.

.venv/bin/python bench/run.py --home DIR [--port-base N] [--messages 50000] [--rounds 60] [--json FILE]
"""

import argparse
import itertools
import json
import os
import random
import re
import secrets
import signal
import smtplib
import ssl
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email import policy
from email.message import EmailMessage
from pathlib import Path
from statistics import median
from typing import Any

PROJECT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(PROJECT), str(PROJECT / "src")]

from bench import loading, people  # noqa: E402
from bench.bare import LIST_ITEMS, OPEN_ITEMS, Bare  # noqa: E402
from bench.web import Browser  # noqa: E402

_DAY = "25-Nov-2026 12:00:00 +0100"
LIST = "/messagerie/INBOX/lignes/"
WEB = "granian vaguemestre.processes.web"  # not the address books nor the demonstration’s applications
CLIENTS = 8
USERS = 10


@dataclass
class Measure:
    """One operation: our milliseconds and, where there is an equal, the bare engine's."""

    name: str
    ours: Callable[[], object]
    bare: Callable[[], object] | None
    before: Callable[[], object] | None = None
    ours_ms: list[float] = field(default_factory=list)
    bare_ms: list[float] = field(default_factory=list)

    def once(self, *, ours_first: bool) -> None:
        if self.before:
            self.before()
        pairs = [(self.ours, self.ours_ms), (self.bare, self.bare_ms)]
        for act, times in pairs if ours_first else pairs[::-1]:
            if act:
                start = time.perf_counter()
                act()
                times.append((time.perf_counter() - start) * 1000)

    def figures(self) -> dict[str, float]:
        told = {"median": median(self.ours_ms), "p95": _p95(self.ours_ms)}
        if self.bare_ms:
            told |= {"bare_median": median(self.bare_ms), "bare_p95": _p95(self.bare_ms)}
        return told

    def line(self) -> str:
        told = self.figures()
        text = f"{self.name:<44}{told['median']:>8.2f}{told['p95']:>8.2f}"
        if self.bare_ms:
            bare = told["bare_median"]
            ratio, more = told["median"] / bare, told["median"] - bare
            text += f"{bare:>9.2f}{told['bare_p95']:>8.2f}{ratio:>8.2f} ×{more:>+8.2f}"
        return text


def main() -> None:
    asked = _arguments()
    with _instance(asked.home, asked.port_base) as ready:
        os.environ.update(
            VAGUEMESTRE_HOME=str(asked.home), DJANGO_SETTINGS_MODULE="vaguemestre.site.settings"
        )
        os.environ.pop("VAGUEMESTRE_PORT_BASE", None)
        everybody = people.ready(datetime.now(UTC), 1 + USERS)
        _load(everybody, ready, asked.messages)
        told = Bench(everybody, ready, asked).run()
    if asked.json:
        asked.json.write_text(json.dumps(told, indent=1, ensure_ascii=False))


class Bench:
    def __init__(self, everybody: list[people.Measured], ready: dict[str, Any], asked: Any) -> None:
        self.everybody, self.ready, self.asked = everybody, ready, asked
        self.big = everybody[0]
        self.imap = ready["host"], ready["ports"]["imap"]
        self.port = int(ready["web"].rpartition(":")[2])
        self.bare = Bare(self.imap, self.big.mailbox, self.big.app_password)
        self.other = Bare(self.imap, self.big.mailbox, self.big.app_password)
        self.web = self._browser(self.big)
        self.draw = random.Random()  # other messages each time: an instance that runs remembers

    def run(self) -> dict[str, Any]:
        print(f"{'milliseconds':<44}{'median':>8}{'p95':>8}{'bare':>9}{'p95':>8}{'ratio':>10}{'more':>8}")
        told: dict[str, Any] = {}
        for measure in self._measures():
            if self.asked.only not in measure.name:
                continue
            for number in range(-3, self.asked.rounds):
                measure.once(ours_first=bool(number % 2))
                if number < 0:  # warm
                    measure.ours_ms.clear()
                    measure.bare_ms.clear()
            print(measure.line(), flush=True)
            told[measure.name] = measure.figures()
        if self.asked.only:
            return told
        told["lists per second"] = self._throughput()
        told["memory"] = self._memory()
        return told

    # what is measured

    def _measures(self) -> Iterator[Measure]:
        count = self.asked.messages
        first = self.web.request(LIST, HX_Request="true")
        deep = self.web.request(f"{LIST}?offset={count // 2 // 50 * 50}", HX_Request="true")
        uids = self._uids()
        yield Measure("list, first page, nothing changed", lambda: self._get(first), self._bare_list(count))
        yield Measure(
            "list, first page, a flag changed before",
            lambda: self._get(first),
            self._bare_list(count),
            before=self._change(count),
        )
        yield Measure(
            "list, deep page, nothing changed", lambda: self._get(deep), self._bare_list(count // 2)
        )
        yield self._cold("list, 50 rows new to the web process (cold)", warm_engine=True)
        yield self._cold("list, 50 rows new to Dovecot too", warm_engine=False)
        page = self.web.request("/messagerie/")
        yield Measure("whole page, folders included", lambda: self._get(page), None)
        for kind, found in (("text", uids["text"]), ("HTML", uids["html"])):
            fresh = itertools.cycle(found)
            yield Measure(
                f"open {kind}, first time",
                lambda fresh=fresh: self._open(next(fresh)),
                self._bare_open(itertools.cycle(found)),
            )
            once = found[0]
            yield Measure(
                f"open {kind}, again",
                lambda once=once: self._open(once),
                self._bare_open(itertools.repeat(once)),
            )
        for words, name in (
            ("conseil", "many hits"),
            ("accompagnement personnalise", "accents"),
            ("zinzolin", "none"),
        ):
            request = self.web.request(f"{LIST}?q={words.replace(' ', '+')}", HX_Request="true")
            yield Measure(
                f"search, {name}", lambda request=request: self._get(request), self._bare_search(words)
            )
        marked, bare_marked = itertools.cycle(uids["text"]), itertools.cycle(uids["html"])
        yield Measure(
            "mark read", lambda: self._mark(next(marked)[0]), lambda: self._bare_mark(next(bare_marked)[0])
        )
        yield Measure("send", self._send, self._bare_send())

    def _cold(self, name: str, *, warm_engine: bool) -> Measure:
        """Pages never asked for before, each once. `warm_engine`: Dovecot has just read them for another."""
        count = self.asked.messages
        offsets = self.draw.sample(
            range(100, count - 100, 50), min(2 * self.asked.rounds + 10, count // 50 - 4)
        )
        pages = iter(offsets)
        now = [0, 0]

        def turn() -> None:
            now[:] = next(pages), next(pages)
            if warm_engine:
                self.other.run(b"SELECT INBOX")
                for offset in now:
                    self.other.run(b"FETCH %d:%d %b" % (count - offset - 49, count - offset, LIST_ITEMS))

        return Measure(
            name,
            lambda: self._get(self.web.request(f"{LIST}?offset={now[0]}", HX_Request="true")),
            lambda: self._bare_list(count - now[1])(),
            before=turn,
        )

    def _uids(self) -> dict[str, list[tuple[int, bytes]]]:
        """Recent messages by kind, with the number of the part that a reader shows."""
        self.bare.run(b"SELECT INBOX")
        count = self.asked.messages
        answer = self.bare.run(b"FETCH %d:%d (UID BODYSTRUCTURE)" % (max(1, count - 3000), count))
        found: dict[str, list[tuple[int, bytes]]] = {"text": [], "html": []}
        for line in answer.split(b"\r\n"):
            if uid := re.search(rb"UID (\d+) BODYSTRUCTURE \((.*)", line):
                if uid[2].startswith(b'"text" "plain"'):
                    found["text"].append((int(uid[1]), b"1"))
                elif uid[2].startswith(b'"text" "html"'):
                    found["html"].append((int(uid[1]), b"1"))
                elif b'"alternative"' in uid[2] and uid[2].startswith(b'("text" "plain"'):
                    found["html"].append((int(uid[1]), b"2"))
        assert all(len(kind) > 20 for kind in found.values()), {k: len(v) for k, v in found.items()}
        for kind in found.values():
            self.draw.shuffle(kind)
        validity = re.search(rb"UIDVALIDITY (\d+)", self.bare.run(b"STATUS INBOX (UIDVALIDITY)"))
        assert validity
        self.validity = int(validity[1])
        return found

    def _get(self, request: bytes) -> None:
        answer = self.web.again(request)
        assert answer.status == 200, answer.status

    def _open(self, message: tuple[int, bytes]) -> None:
        """What a click asks for: the pane, then the text for its frame."""
        path = f"/messagerie/INBOX/{self.validity}/{message[0]}/"
        assert self.web.get(path, HX_Request="true").status == 200

    def _mark(self, uid: int) -> None:
        form = {"ref": f"INBOX/{self.validity}/{uid}"}
        act = self.draw.choice(("read", "unread"))
        assert self.web.post(f"/messagerie/actes/{act}/", form, HX_Request="true").status == 200

    def _send(self) -> None:
        form = {
            "to": self.everybody[1].address,
            "subject": "Mesure",
            "text": "Bonjour,\n\nMesure.\n",
            "plain": "1",
        }
        answer = self.web.post(
            f"/messagerie/ecrire/{secrets.token_hex(16)}/envoyer/", form, Accept="application/json"
        )
        assert answer.status in {200, 302}, (answer.status, answer.body[:300])

    # the same work, bare

    def _bare_list(self, newest: int) -> Callable[[], object]:
        command = b"FETCH %d:%d %b" % (newest - 49, newest, LIST_ITEMS)
        return lambda: (self.bare.run(b"SELECT INBOX"), self.bare.run(command))

    def _bare_open(self, messages: Iterator[tuple[int, bytes]]) -> Callable[[], object]:
        def act() -> None:
            uid, part = next(messages)
            self.bare.run(b"SELECT INBOX")
            self.bare.run(b"UID FETCH %d %b" % (uid, OPEN_ITEMS % part))

        return act

    def _bare_search(self, words: str) -> Callable[[], object]:
        keys = b" ".join(b'TEXT "%b"' % word.encode() for word in words.split())

        def act() -> None:
            self.bare.run(b"SELECT INBOX")
            answer = self.bare.run(b"UID SEARCH RETURN (COUNT ALL) CHARSET UTF-8 " + keys)
            if found := re.search(rb" ALL ([0-9:,]+)", answer):
                last = found[1].rsplit(b",", 50)[-50:]
                self.bare.run(b"UID FETCH %b %b" % (b",".join(last), LIST_ITEMS))

        return act

    def _bare_mark(self, uid: int) -> None:
        self.bare.run(b"SELECT INBOX")
        self.bare.run(b"UID STORE %d %cFLAGS.SILENT (\\Seen)" % (uid, self.draw.choice(b"+-")))

    def _bare_send(self) -> Callable[[], object]:
        message = EmailMessage()
        message["From"], message["To"] = self.big.address, self.everybody[1].address
        message["Subject"] = "Mesure"
        message.set_content("Bonjour,\n\nMesure.\n")
        service = smtplib.SMTP("localhost", self.ready["ports"]["submission"], timeout=30)
        service.starttls(context=ssl.create_default_context(cafile=self.ready["ca"]))
        service.login(self.big.mailbox, self.big.app_password)
        copy = message.as_bytes(policy=policy.SMTP)

        def act() -> None:
            service.send_message(message)
            self.bare.append_all("Sent", [(("\\Seen",), _DAY, copy)])

        return act

    def _change(self, count: int) -> Callable[[], object]:
        signs = itertools.cycle(b"+-")

        def act() -> None:
            self.other.run(b"SELECT INBOX")
            self.other.run(b"STORE %d %cFLAGS.SILENT (\\Flagged)" % (count - 3, next(signs)))
            self.other.run(b"UNSELECT")

        return act

    # many at once

    def _throughput(self) -> dict[str, float]:
        cookies = []
        for person in self.everybody[1:]:
            browser = self._browser(person)
            browser.get(LIST)
            cookies.append(browser.cookie)
        script = Path(tempfile.mkdtemp()) / "lists.lua"
        script.write_text(_LUA % (",".join(f'"{cookie}"' for cookie in cookies), self.port, LIST))
        before = _cpu(self._session(WEB)), _cpu(self._session("dovecot"))
        self._wrk(script, 2)
        before = _cpu(self._session(WEB)), _cpu(self._session("dovecot"))
        figures = self._wrk(script, 6)
        after = _cpu(self._session(WEB)), _cpu(self._session("dovecot"))
        total = max(1, figures.pop("requests"))
        figures["web_cpu_ms"] = (after[0] - before[0]) / total
        figures["dovecot_cpu_ms"] = (after[1] - before[1]) / total
        figures["bare_lists_per_second"] = self._bare_throughput()
        print(
            f"\nlists per second, {CLIENTS} clients, {USERS} mailboxes of 2,000: {figures['per_second']:.0f}"
            f" (p50 {figures['p50']}, p99 {figures['p99']}; CPU a list: web {figures['web_cpu_ms']:.2f} ms,"
            f" Dovecot {figures['dovecot_cpu_ms']:.2f} ms); bare, {CLIENTS} connections:"
            f" {figures['bare_lists_per_second']:.0f}"
        )
        return figures

    def _wrk(self, script: Path, seconds: int) -> dict[str, Any]:
        told = subprocess.run(
            ["wrk", "-t1", f"-c{CLIENTS}", f"-d{seconds}s", "--latency", "-s", str(script),
             f"http://127.0.0.1:{self.port}"],
            capture_output=True, text=True, check=True,
        ).stdout  # fmt: skip
        assert "refused" not in told, told[-500:]
        return {
            "per_second": float(_found(r"Requests/sec: *([\d.]+)", told)),
            "requests": int(_found(r"(\d+) requests in", told)),
            "p50": _found(r"50% +(\S+)", told),
            "p99": _found(r"99% +(\S+)", told),
        }

    def _bare_throughput(self, seconds: float = 4) -> float:
        """The same lists, bare, by as many connections in one process (a thread each)."""
        done = [0] * CLIENTS
        end = time.perf_counter() + seconds

        def client(number: int) -> None:
            person = self.everybody[1 + number % USERS]
            bare = Bare(self.imap, person.mailbox, person.app_password)
            while time.perf_counter() < end:
                bare.run(b"SELECT INBOX")
                bare.run(b"FETCH 1951:2000 " + LIST_ITEMS)
                done[number] += 1
            bare.close()

        threads = [threading.Thread(target=client, args=(n,)) for n in range(CLIENTS)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        return sum(done) / seconds

    def _memory(self) -> dict[str, float]:
        told = {}
        for name, mark in (("web", WEB), ("Dovecot", "dovecot"), ("everything", "")):
            pids = self._session(mark)
            told[name] = round(sum(map(pss, pids)) / 1024, 1)
        print("memory, MiB (PSS): " + ", ".join(f"{name} {mib}" for name, mib in told.items()))
        return told

    def _session(self, mark: str) -> list[int]:
        return pids_of(Path(self.asked.home), mark)

    def _browser(self, person: people.Measured) -> Browser:
        browser = Browser("127.0.0.1", self.port)
        browser.sign_in(person.username, people.PASSWORD)
        return browser


_LUA = """
local cookies = {%s}
local turn, refused = 0, 0
request = function()
  turn = turn %% #cookies + 1
  local head = {["Cookie"] = cookies[turn], ["Host"] = "localhost:%d", ["HX-Request"] = "true"}
  return wrk.format("GET", "%s", head)
end
response = function(status)
  if status ~= 200 then print("refused " .. status) end
end
"""


def _load(everybody: list[people.Measured], ready: dict[str, Any], messages: int) -> None:
    for number, person in enumerate(everybody):
        bare = Bare((ready["host"], ready["ports"]["imap"]), person.mailbox, person.app_password)
        loading.fill(
            bare, loading.Writer(person.name, person.address), messages if number == 0 else 2000, number + 1
        )
        _until_indexed(bare)
        bare.close()


def _until_indexed(bare: Bare) -> None:
    """The full-text index follows the import; a search in the middle of it would measure the import."""
    bare.run(b"SELECT INBOX")
    while True:
        start = time.perf_counter()
        try:
            bare.run(b'UID SEARCH RETURN (COUNT) BODY "zinzolin"')
        except AssertionError:
            continue
        if time.perf_counter() - start < 0.5:
            break
    bare.run(b"UNSELECT")


class _instance:  # noqa: N801 - used as a function
    """A running instance of that home; started, and stopped at the end, when there is none."""

    def __init__(self, home: Path, port_base: int) -> None:
        self._home, self._port_base = home, port_base
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> dict[str, Any]:
        file = self._home / "run" / "ready.json"
        if not file.exists():
            self._home.mkdir(parents=True, exist_ok=True)
            log = (self._home.parent / f"{self._home.name}.log").open("wb")
            self._process = subprocess.Popen(
                [PROJECT / "bin" / "up", "--home", self._home, "--port-base", str(self._port_base),
                 "--no-install"],
                stdout=log, stderr=log, stdin=subprocess.DEVNULL, start_new_session=True,
            )  # fmt: skip
            while not file.exists():
                assert self._process.poll() is None, f"see {log.name}"
                time.sleep(0.1)
        ready: dict[str, Any] = json.loads(file.read_text())
        return ready

    def __exit__(self, *_: object) -> None:
        if self._process:
            self._process.send_signal(signal.SIGTERM)
            self._process.wait(30)


def pids_of(home: Path, mark: str) -> list[int]:
    """Processes of the instance of that home whose command line holds the mark."""
    return [pid for pid in _family(set(_instance_pids(home))) if mark in _command(pid)]


def _instance_pids(home: Path) -> Iterator[int]:
    wanted = f"VAGUEMESTRE_HOME={home}".encode()
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                if wanted in (entry / "environ").read_bytes().split(b"\0") or str(home) in _command(
                    int(entry.name)
                ):
                    yield int(entry.name)
            except OSError:
                continue


def _family(roots: set[int]) -> set[int]:
    """Those processes and all their descendants, this one left out."""
    parents: dict[int, int] = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                parents[int(entry.name)] = int((entry / "stat").read_text().rpartition(")")[2].split()[1])
            except OSError:
                continue
    found = set(roots)
    while more := {pid for pid, parent in parents.items() if parent in found} - found:
        found |= more
    return found - {os.getpid()}


def _command(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
    except OSError:
        return ""


def _cpu(pids: list[int]) -> float:
    """Milliseconds of processor used so far."""
    total = 0
    for pid in pids:
        try:
            fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        except OSError:
            continue
        total += int(fields[11]) + int(fields[12])
    return total * 1000 / os.sysconf("SC_CLK_TCK")


def pss(pid: int) -> int:
    """KiB, shared pages divided among those who share them."""
    try:
        found = re.search(r"\nPss: +(\d+)", Path(f"/proc/{pid}/smaps_rollup").read_text())
    except OSError:
        return 0
    return int(found[1]) if found else 0


def _found(pattern: str, text: str) -> str:
    found = re.search(pattern, text)
    assert found, text
    return found[1]


def _p95(times: list[float]) -> float:
    return sorted(times)[int(len(times) * 0.95)]


def _arguments() -> Any:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--home", type=lambda text: Path(text).resolve(), required=True)
    parser.add_argument("--port-base", type=int, default=9000)
    parser.add_argument("--messages", type=int, default=50_000)
    parser.add_argument("--rounds", type=int, default=60)
    parser.add_argument("--only", default="", help="measures whose name holds this")
    parser.add_argument("--json", type=Path)
    return parser.parse_args()


if __name__ == "__main__":
    main()
