"""An instance whose every process ends at the same instant, and people who go on working on it."""

import email.message
import email.utils
import http.client
import imaplib
import itertools
import json
import os
import re
import secrets
import shutil
import signal
import smtplib
import ssl
import subprocess
import sys
import tempfile
import threading
import time
import urllib.error
import urllib.parse
import urllib.request
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from http.cookiejar import CookieJar
from pathlib import Path

from tests.engines.live import free_port_base, give_back_ports
from tests.journeys.conftest import PROJECT, Instance, are_ready, wait_until
from tests.journeys.seen import imap
from tests.own_database import give_database
from tests.own_filter import give_compiled, keep_compiled

from vaguemestre.site.config import Config

_STARTS_WITHIN_SECONDS = 300
# What an upgrade brings, and a way back takes from nobody here: nothing of these was in use yet.
_OLDER = (("sorting", "0002"), ("removals", "0001"), ("reports", "0001"))
_TAKEN = re.compile(r"by \S+ \(Postfix\) with \w+ id (\w+)")
_REFUSED = (OSError, http.client.HTTPException, smtplib.SMTPException, imaplib.IMAP4.error, AssertionError)


class Cuttable(Instance):
    """An instance in a PID namespace of its own: when its first process is killed, the kernel ends them all.

    As after a power cut, what starts then is given process ids that others had. Needs root.
    """

    def __init__(self, home: Path) -> None:
        self.home, self.base = home, free_port_base()
        self.log = home.parent / f"{home.name}.log"
        self._outer: subprocess.Popen[bytes] | None = None

    def begin(self) -> None:
        """Start it, without waiting."""
        (self.home / "run" / "ready.json").unlink(missing_ok=True)  # a cut leaves it
        environment = {k: v for k, v in os.environ.items() if not k.startswith("VAGUEMESTRE_")}
        up = [str(PROJECT / "bin" / "up"), "--home", str(self.home), "--port-base", str(self.base)]
        with self.log.open("ab") as log:
            self._outer = subprocess.Popen(
                ["unshare", "--pid", "--fork", "--kill-child", "--mount-proc", "--", *up, "--no-install"],
                stdout=log, stderr=log, stdin=subprocess.DEVNULL, start_new_session=True, env=environment,
            )  # fmt: skip

    def start_if_down(self) -> None:
        """Start it unless it runs: a campaign before may have failed half-way."""
        if self._outer is None or self._outer.poll() is not None:
            self.start()

    def start(self) -> None:
        """Start it and wait until it is ready."""
        self.begin()
        wait_until(self._is_ready, _STARTS_WITHIN_SECONDS)
        self.ready = json.loads((self.home / "run" / "ready.json").read_text())

    def _is_ready(self) -> bool:
        assert self._outer is not None
        assert self._outer.poll() is None, self.log.read_text(errors="replace")[-3000:]
        return (self.home / "run" / "ready.json").exists()

    def cut(self) -> None:
        """End every process at once."""
        assert self._outer is not None
        wait_until(self._first, 30)
        os.kill(self._first(), signal.SIGKILL)
        self._outer.wait(60)

    def make_older(self) -> None:
        """Give its tables the state of a version before, which its next start has to bring up to date."""
        ended = self.django(f"[call_command('migrate', *words, verbosity=0) for words in {_OLDER!r}]")
        assert ended.returncode == 0, ended.stderr[-2000:]

    def begin_upgrade(self, seconds: float) -> None:
        """Start it, and come back that long after it began to bring its tables up to date."""
        before = self.log.stat().st_size
        self.begin()

        def began() -> bool:
            with self.log.open("rb") as log:
                log.seek(before)
                return "Base de données".encode() in log.read()

        wait_until(began, _STARTS_WITHIN_SECONDS)
        time.sleep(seconds)  # the moment is drawn: no event is awaited

    def assert_up_to_date(self) -> None:
        """Its tables are those of this version."""
        ended = self.django("call_command('migrate', check_unapplied=True)")
        assert ended.returncode == 0, ended.stdout + ended.stderr

    def django(self, statement: str) -> "subprocess.CompletedProcess[str]":
        environment = {key: text for key, text in os.environ.items() if not key.startswith("VAGUEMESTRE_")}
        environment |= {
            "VAGUEMESTRE_HOME": str(self.home),
            "DJANGO_SETTINGS_MODULE": "vaguemestre.site.settings",
            "PYTHONPATH": str(PROJECT / "src"),
        }
        words = f"import django; django.setup(); from django.core.management import call_command; {statement}"
        return subprocess.run(
            [sys.executable, "-c", words],
            env=environment, capture_output=True, text=True, timeout=300, check=False,
        )  # fmt: skip

    def stop(self) -> None:
        if self._outer and self._outer.poll() is None:
            with suppress(ProcessLookupError):
                os.kill(self._first() or self._outer.pid, signal.SIGTERM)
            try:
                self._outer.wait(60)
            finally:
                self._outer.kill()

    def flush_queue(self) -> None:
        """Ask Postfix to try its waiting mail at once."""
        folder = self.home / "engines" / "postfix"
        subprocess.run(["postqueue", "-c", str(folder), "-f"], check=False, capture_output=True, timeout=60)

    def _first(self) -> int:
        """The first process of the namespace; 0 before it is there."""
        assert self._outer is not None
        children = Path(f"/proc/{self._outer.pid}/task/{self._outer.pid}/children")
        try:
            words = children.read_text().split()
        except OSError:
            return 0
        return int(words[0]) if words else 0

    def command(self, *arguments: str) -> "subprocess.CompletedProcess[str]":
        """Run a command of the CLI among the processes that are cut with the instance."""
        first = self._first()
        inside = ("nsenter", f"--pid=/proc/{first}/ns/pid", f"--mount=/proc/{first}/ns/mnt", "--")
        return subprocess.run(
            [*inside, str(PROJECT / "bin" / "vaguemestre"), *arguments],
            env={**os.environ, "VAGUEMESTRE_HOME": str(self.home)},
            capture_output=True, text=True, timeout=600, check=False,
        )  # fmt: skip


@contextmanager
def cuttable() -> Iterator[Cuttable]:
    """A demonstration that runs, removed at the end."""
    home = Path(tempfile.mkdtemp(prefix="vm-cuts-"))
    home.chmod(0o755)
    give_database(home, migrated=True)
    give_compiled(Config(home=home))
    instance = Cuttable(home)
    try:
        instance.start()
        # a filter that compiles anew after each cut would never be there to be cut
        wait_until(lambda: are_ready(home, {"rspamd"}), _STARTS_WITHIN_SECONDS)
        keep_compiled(Config(home=home))
        yield instance
    finally:
        instance.stop()
        give_back_ports(instance.base)
        shutil.rmtree(home, ignore_errors=True)


class Actor(threading.Thread):
    """Does one thing after another, each tried until it is answered. `promised`: those that were."""

    pause_seconds = 0.2

    def __init__(self, instance: Cuttable, tag: str) -> None:
        super().__init__(name=type(self).__name__, daemon=True)
        self.instance, self.tag = instance, tag
        self.promised: list[int] = []
        self.tried = 0
        self.failure: BaseException | None = None
        self._over = threading.Event()

    def run(self) -> None:
        try:
            for number in itertools.count():
                self.tried = number + 1
                while not self._over.is_set():
                    if self._tries(number):
                        self.promised.append(number)
                        break
                    self._over.wait(0.3)
                    if not self.tries_again:
                        break
                if self._over.wait(self.pause_seconds):
                    return
        except BaseException as failure:
            self.failure = failure
            raise

    tries_again = True

    def _tries(self, number: int) -> bool:
        try:
            return self.act(number)
        except _REFUSED:
            return False

    def act(self, number: int) -> bool:
        """Do it once more, whatever was done of it; whether it was answered « done »."""
        raise NotImplementedError

    def end(self) -> None:
        """Let it finish what it does, then say what went wrong in it."""
        self._over.set()
        self.join(600)
        if self.failure:
            raise self.failure

    def subject(self, number: int) -> str:
        return f"{self.name} {self.tag} {number}."


class Outsider(Actor):
    """Delivers on the MX port, as a server that sends the same message again until it is told 250."""

    def __init__(self, instance: Cuttable, tag: str) -> None:
        super().__init__(instance, tag)
        self._letters: dict[int, email.message.EmailMessage] = {}

    def act(self, number: int) -> bool:
        to = self.instance.account("teacher")["address"]
        message_id = f"{self.tag}.{number}@dehors.example"
        message = self._letters.setdefault(
            number, letter("parent@dehors.example", to, self.subject(number), message_id)
        )
        with smtplib.SMTP(
            "127.0.0.1", self.instance.port("mx"), timeout=20, local_hostname="mail.dehors.example"
        ) as smtp:
            smtp.send_message(message)
        return True


class Writer(Actor):
    """Sends from the composer, whose page asks again with the same key until the message is kept."""

    pause_seconds = 0.5

    def __init__(self, instance: Cuttable, tag: str) -> None:
        super().__init__(instance, tag)
        self._cookies = CookieJar()
        self._open = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(self._cookies)).open
        self._keys: dict[int, str] = {}
        account = instance.account("teacher")
        self._ask("/alogin")
        self._ask("/alogin", {"username": account["username"], "secret": account["password"]})

    def act(self, number: int) -> bool:
        key = self._keys.setdefault(number, secrets.token_hex(16))
        fields = {"to": "parent@dehors.example", "subject": self.subject(number), "html": "<p>x</p>"}
        try:
            self._ask(f"/messagerie/ecrire/{key}/envoyer/", {**fields, "attempt": "1", "now": "1"})
        except urllib.error.HTTPError as error:
            assert error.code >= 500 or error.code == 429, f"{error.code} {error.read()[:300]!r}"  # noqa: PT017
            return False
        return True

    def _ask(self, path: str, form: dict[str, str] | None = None) -> bytes:
        token = next((cookie.value or "" for cookie in self._cookies if cookie.name.startswith("csrf")), "")
        asked = urllib.request.Request(
            f"{self.instance.web}{path}",
            data=urllib.parse.urlencode(form).encode() if form else None,
            headers={"Accept": "application/json", "X-CSRFToken": token, "Origin": self.instance.web},
        )
        with self._open(asked, timeout=20) as answer:
            return bytes(answer.read())


class ListWriter(Actor):
    """Writes to a list by a mail program that gives up when it has no answer."""

    tries_again = False
    pause_seconds = 5.0

    def __init__(self, instance: Cuttable, tag: str, address: str) -> None:
        super().__init__(instance, tag)
        self._address = address

    def act(self, number: int) -> bool:
        head = self.instance.account("head")
        message = letter(
            head["address"], self._address, self.subject(number), f"{self.tag}.{number}@programme.example"
        )
        with smtplib.SMTP("localhost", self.instance.port("submission"), timeout=20) as client:
            client.starttls(context=ssl.create_default_context(cafile=self.instance.ready["ca"]))
            client.login(head["address"], head["app_password"])
            client.send_message(message)
        return True


class Mover(Actor):
    """Moves messages, a handful at a time, from a folder of a mail program to another and back."""

    FOLDERS = ("Ici", "Ailleurs")
    MESSAGES = 60
    pause_seconds = 0.1
    _PATIENCE_SECONDS = 180  # Dovecot's for a lock: whoever asks again before a first move ends has both

    def fill(self) -> None:
        account = self.instance.account("colleague")
        with imap(self.instance, account) as client:
            for folder in self.FOLDERS:
                client.delete(folder)  # of a campaign before
                client.create(folder)
            for number in range(self.MESSAGES):
                message = letter(
                    "a@b.example", account["address"], self.subject(number), f"{number}@b.example"
                )
                assert client.append(self.FOLDERS[0], "", "", message.as_bytes())[0] == "OK"

    def act(self, number: int) -> bool:
        with imap(self.instance, self.instance.account("colleague")) as client:
            client.sock.settimeout(self._PATIENCE_SECONDS)
            source, target = self.FOLDERS if number // 6 % 2 == 0 else self.FOLDERS[::-1]
            client.select(source)
            uids = client.uid("SEARCH", "ALL")[1][0].decode().split()[:10]
            return not uids or client.uid("MOVE", ",".join(uids), target)[0] == "OK"


class Officer(Actor):
    """Applies feeds, imports old mail and backs up, in turn; each command again until it ends well."""

    PEOPLE = 12  # of a feed
    LETTERS = 25  # of an import
    _DOSSIER = re.compile(r"^([^;]*);")

    def __init__(self, instance: Cuttable, tag: str, folder: Path, rounds: int) -> None:
        super().__init__(instance, tag)
        self.feeds: dict[Path, int] = {}
        self.structures, self.repository, self._folder = folder / "structures.csv", folder / "depot", folder
        self.refusals = Counter[str]()
        whole = folder / "whole.csv"
        instance.command(
            "feed", "sample", "--agents", str(self.PEOPLE * rounds), "--seed", "77",
            "--out", str(whole), "--structures-out", str(self.structures),
        )  # fmt: skip
        head, *lines = whole.read_text().splitlines()
        people = [list(of) for _, of in itertools.groupby(lines, lambda line: line.split(";")[0])]
        for place, some in enumerate(itertools.batched(people, self.PEOPLE)):
            file = folder / f"feed-{place}.csv"
            file.write_text("\n".join([head, *itertools.chain(*some)]) + "\n")
            self.feeds[file] = len(some)
        self.box = folder / "old.mbox"

    def act(self, number: int) -> bool:
        turn, kind = divmod(number, 3)
        if kind == 0:
            return self._does(
                "feed",
                "apply",
                str(self.feed(turn)),
                "--structures",
                str(self.structures),
                "--older",
                "--confirm-closures",
                "--confirm-refusals",
            )
        if kind == 1:
            return self._does(
                "mail",
                "import",
                self.instance.account("secretary")["username"],
                str(self._mbox(turn)),
                "--folder",
                "Anciens",
            )
        return self._does("backup", str(self.repository))

    def feed(self, turn: int) -> Path:
        return list(self.feeds)[turn % len(self.feeds)]

    def _mbox(self, turn: int) -> Path:
        file = self._folder / f"old-{turn}.mbox"
        if not file.exists():
            some = range(turn * self.LETTERS, (turn + 1) * self.LETTERS)
            file.write_text(
                "".join(
                    f"From a@b.example Sat Nov 28 10:00:00 2026\n{self._old(number).as_string()}\n"
                    for number in some
                )
            )
        return file

    def _old(self, number: int) -> email.message.EmailMessage:
        return letter("a@b.example", "c@d.example", self.subject(number), f"{self.tag}-{number}@b.example")

    def _does(self, *command: str) -> bool:
        ended = self.instance.command(*command)
        if ended.returncode:
            self.refusals[f"{command[0]} {ended.returncode} {ended.stderr.strip()[-160:]}"] += 1
        return ended.returncode == 0


def letter(sender: str, to: str, subject: str, message_id: str) -> email.message.EmailMessage:
    made = email.message.EmailMessage()
    made["From"], made["To"], made["Subject"] = sender, to, subject
    made["Date"], made["Message-ID"] = email.utils.formatdate(), f"<{message_id}>"
    made.set_content("Bonjour à tous.\n")
    return made


def counted_subjects(instance: Instance, role: str, folder: str, mark: str) -> Counter[str]:
    """How often each subject with that mark stands in a folder."""
    return counted(instance, role, folder, mark, header_subject)


def counted[Key](
    instance: Instance, role: str, folder: str, mark: str, key: Callable[[bytes], Key]
) -> Counter[Key]:
    """How often each key, made of a header, stands in a folder, of messages whose subject has that mark."""
    answers: list[Counter[Key]] = []

    def is_answered() -> bool:
        with suppress(*_REFUSED):  # a machine that is busy, just after a start
            answers.append(_counted(instance, role, folder, mark, key))
        return bool(answers)

    wait_until(is_answered, 120)
    return answers[-1]


def _counted[Key](
    instance: Instance, role: str, folder: str, mark: str, key: Callable[[bytes], Key]
) -> Counter[Key]:
    """No search: it would wait for the index."""
    fields = "(BODY.PEEK[HEADER.FIELDS (SUBJECT DELIVERED-TO RECEIVED)])"
    with imap(instance, instance.account(role)) as client:
        status, answer = client.select(f'"{folder}"', readonly=True)
        if status != "OK":
            assert b"NONEXISTENT" in b" ".join(answer), answer  # otherwise a server that has just started
            return Counter()
        status, fetched = client.uid("FETCH", "1:*", fields)
        assert status == "OK", fetched
    headers = (part[1] for part in fetched if isinstance(part, tuple))
    marked = re.compile(rf"\b{re.escape(mark)} ")  # « Writer » is no « ListWriter »
    return Counter(key(header) for header in headers if marked.search(header_subject(header)))


def header_subject(header: bytes) -> str:
    return str(email.message_from_bytes(header)["Subject"]).replace("\r\n", "").strip()


def taken_as(header: bytes) -> str:
    """The queue identifier under which our Postfix took a message, empty if it came another way."""
    match = _TAKEN.search(" ".join(header.decode().split()))
    return match[1] if match else ""
