"""A private Dovecot and Postfix for the tests: own home, own ports, people made on demand."""

import asyncio
import contextlib
import datetime as dt
import email.message
import email.utils
import fcntl
import hashlib
import http.client
import imaplib
import os
import re
import secrets
import shutil
import signal
import smtplib
import socket
import ssl
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import astuple, dataclass, field, replace
from pathlib import Path
from typing import Any

from joserfc import jwt
from joserfc.jwk import ECKey
from tests import own_database, own_filter

from vaguemestre.engines.dovecot import configuration as dovecot
from vaguemestre.engines.dovecot import mail_agent
from vaguemestre.engines.dovecot.doveadm import Doveadm
from vaguemestre.engines.dovecot.steps import dovecot_steps
from vaguemestre.engines.home_alias import arrivals_socket, filter_memory_socket, open_home, remove_alias
from vaguemestre.engines.instance import OUTSIDE
from vaguemestre.engines.log_tail import LogTail
from vaguemestre.engines.postfix import configuration as postfix
from vaguemestre.engines.postfix import milter
from vaguemestre.engines.postfix.log.steps import postfix_steps
from vaguemestre.engines.postfix.script_owner import ScriptOwners
from vaguemestre.engines.projection import backend as projection
from vaguemestre.engines.rspamd import configuration as rspamd
from vaguemestre.engines.rspamd.environment import ENVIRONMENT
from vaguemestre.engines.system_users import postfix_group, set_owner
from vaguemestre.engines.tls import certificates
from vaguemestre.engines.valkey import configuration as valkey
from vaguemestre.foundation.kernel.addresses import has_list_form
from vaguemestre.foundation.kernel.errors import Refusal
from vaguemestre.people.provisioning.values import AppKey, ExpectedMailbox
from vaguemestre.post.outbox.rules.authors import check_authors, correct_names
from vaguemestre.post.outbox.rules.automatic import check_automatic
from vaguemestre.post.outbox.rules.replies import smtp_reply
from vaguemestre.post.outbox.values import Decision, Origin, SignerName, SubmissionRequest, Verdict
from vaguemestre.post.trace.rules.marks import marks_key
from vaguemestre.post.trace.rules.order import in_order
from vaguemestre.post.trace.values import LogPosition, Step, StepKind
from vaguemestre.processes.duties import DUTIES
from vaguemestre.processes.supervisor import process_table, rights
from vaguemestre.processes.supervisor.companions import arrivals
from vaguemestre.site import secrets as site_secrets
from vaguemestre.site.config import PROJECT, Config, MailSection, load
from vaguemestre.site.config.ports import Ports

TRUSTED_FORWARDERS = ("signe.test",)
_OFFSETS = (*astuple(Ports.counted_from(0, usual=False)), 300, 900)  # those of tests beside an instance's own
_SHIFTS = (0, 71, 408, 479)  # no port of one base is that of another


def wait_until(true: Callable[[], Any], seconds: float = 60) -> Any:
    """Ask again until the answer is true; the last answer otherwise fails the test.

    Between two questions as long as the last one took: they are not to slow down what they wait for.
    """
    end = time.monotonic() + seconds
    pause = threading.Event()
    began = time.monotonic()
    while not (answer := true()):
        asked = time.monotonic()
        assert asked < end, "waited in vain"
        pause.wait(min(max(0.05, asked - began), 0.5))
        began = time.monotonic()
    return answer


_claims: dict[int, int] = {}  # bases of this process, and the locks that keep them


def free_port_base() -> int:
    """A base whose ports are all free on this machine, kept against other runs until it is given back.

    Never among the ports lent to outgoing connections: what is stopped there may not start again.
    """
    for base in (base + shift for base in range(10000, 31000, 1100) for shift in _SHIFTS):
        claim = Path(tempfile.gettempdir()) / f"vm-test-ports-{base}.lock"
        descriptor = os.open(claim, os.O_WRONLY | os.O_CREAT, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(descriptor)
            continue
        if all(is_free(base + offset) for offset in _OFFSETS):
            _claims[base] = descriptor  # the lock goes with the process at the latest
            return base
        os.close(descriptor)
    raise AssertionError("no free ports")


def give_back_ports(base: int) -> None:
    """What listened there has stopped."""
    if descriptor := _claims.pop(base, None):
        os.close(descriptor)


def is_free(port: int) -> bool:
    """Whether nothing listens there on this machine."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
        return True


def digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def letter(
    sender: str, to: str, subject: str, text: str = "Bonjour, à bientôt.", **headers: str
) -> email.message.EmailMessage:
    message = email.message.EmailMessage()
    message["From"], message["To"], message["Subject"] = sender, to, subject
    message["Date"], message["Message-ID"] = (
        email.utils.formatdate(),
        email.utils.make_msgid(domain="x.example"),
    )
    for name, value in headers.items():
        message[name.replace("_", "-")] = value
    message.set_content(text)
    return message


@dataclass(frozen=True)
class Someone:
    """A person of the engines: `password` is an application password."""

    expected: ExpectedMailbox
    password: str

    @property
    def mailbox(self) -> str:
        return self.expected.mailbox

    @property
    def address(self) -> str:
        return self.expected.receives[0]


class _Client(imaplib.IMAP4):
    def create(self, mailbox: str) -> tuple[str, list[Any]]:
        """As the product does where Dovecot's answer cannot be true: see `creation_race`."""
        is_new = super().list('""', mailbox)[1] == [None]
        for _ in range(4):
            kind, said = super().create(mailbox)
            if is_new and said[0].startswith(b"[ALREADYEXISTS]"):
                return "OK", said
            if kind == "OK" or not said[0].startswith(b"[NONEXISTENT]"):
                break
        return kind, said


@dataclass
class LiveEngines:
    """Dovecot and Postfix of one instance. `start()` then `stop()`; fixtures do it."""

    config: Config
    children: dict[str, "subprocess.Popen[bytes]"] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.directory = projection.mail_directory(self.config)
        self.doveadm = Doveadm(self.config)
        self.scripts_sent: list[tuple[str, Origin]] = []  # whose, and how, as the gate saw it
        self.signers: dict[str, SignerName] = {}  # by mailbox: no directory of people stands here
        self.end_gate: Callable[[], None] = lambda: None

    # life

    def prepare(self) -> None:
        site_secrets.make_missing(self.config.secrets_dir)
        open_home(self.config)
        certificates.make_missing(self.config, now=dt.datetime.now(dt.UTC))
        projection.prepare(self.config)
        dovecot.prepare(self.config)
        self.set_failure_delay("0")
        postfix.prepare(self.config)

    def start(self) -> None:
        self.prepare()
        self.start_gate()
        self.start_dovecot()
        self.start_postfix()
        self.outside = self.someone(OUTSIDE)

    async def _judge_script(self, submission: SubmissionRequest) -> tuple[Verdict, str]:
        mailbox = ScriptOwners(self.directory.held_names)(submission.mailbox)
        self.scripts_sent.append((mailbox, submission.origin))
        outside = [one for one in submission.recipients if not self.directory.is_ours(one.rpartition("@")[2])]
        verdict = Verdict(Decision.TAKE)
        try:
            check_automatic(
                submission,
                self.directory.addresses_of(mailbox) | {mailbox},
                leaves_academy=bool(outside),
                reaches_list=any(has_list_form(address) for address in submission.recipients),
            )
        except Refusal as refusal:
            verdict = Verdict(Decision.REFUSE, refusal.code)
        return verdict, smtp_reply(verdict)

    def _with_names(self, verdict: Verdict, submission: SubmissionRequest) -> Verdict:
        if (signer := self.signers.get(submission.mailbox)) is None:
            return verdict
        return replace(verdict, corrections=correct_names((*submission.authors, *submission.senders), signer))

    def start_gate(self) -> None:
        """The real door with the rules about authors and withdrawn access; limits need the database."""
        loop = asyncio.new_event_loop()

        async def judge(submission: SubmissionRequest) -> tuple[Verdict, str]:
            verdict = Verdict(Decision.TAKE)
            if submission.origin is not Origin.SUBMITTED:
                return await self._judge_script(submission)
            if submission.signed_in_between[0] < self.directory.withdrawn_at(
                submission.mailbox, by_token=submission.by_token
            ):
                verdict = Verdict(Decision.REFUSE, "outbox.access-ended")
                return verdict, smtp_reply(verdict)
            try:
                check_authors(
                    submission.authors,
                    submission.senders,
                    self.directory.sending_addresses(submission.mailbox),
                )
            except Refusal as refusal:
                verdict = Verdict(Decision.REFUSE, refusal.code)
            return self._with_names(verdict, submission), smtp_reply(verdict)

        path = postfix.gate_socket(self.config)
        path.unlink(missing_ok=True)
        server = loop.run_until_complete(
            milter.serve(
                str(path), judge, f"mail.{self.config.academy.domain}", self.seal_key(), self.marks_key()
            )
        )
        path.chmod(0o666)
        thread = threading.Thread(target=loop.run_forever, daemon=True)
        thread.start()

        def end() -> None:
            async def finish() -> None:
                server.close()
                others = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
                for task in others:
                    task.cancel()
                await asyncio.gather(*others, return_exceptions=True)

            asyncio.run_coroutine_threadsafe(finish(), loop).result(60)
            loop.call_soon_threadsafe(loop.stop)
            thread.join(60)
            loop.close()

        self.end_gate = end

    def start_arrivals(self) -> None:
        """What counts the parts of what arrives, before the filter reads it."""
        if "arrivals" in self.children:
            return
        path = arrivals_socket(self.config)
        child = arrivals(self.config, sys.executable, path)
        set_owner(path.parent, 0, postfix_group(), 0o2750)
        path.unlink(missing_ok=True)
        self.children[child.name] = self._launch(child.argv, {"PYTHONPATH": str(PROJECT / "src")})
        wait_until(path.exists)

    def start_dovecot(self) -> None:
        self.children["dovecot"] = self._launch(dovecot.command(self.config), {})
        wait_until(lambda: dovecot.is_ready(self.config))

    def set_failure_delay(self, delay: str) -> None:
        """How long Dovecot, from its next start, waits before it refuses somebody: no time in most tests."""
        file = dovecot.folder(self.config) / "dovecot.conf"
        text = file.read_text(encoding="utf-8")
        text, count = re.subn(r"(?m)^auth_failure_delay = .*$", f"auth_failure_delay = {delay}", text)
        assert count == 1
        file.write_text(text, encoding="utf-8")

    def start_postfix(self) -> None:
        self.children["postfix"] = self._launch(
            postfix.command(self.config), postfix.environment(self.config)
        )
        wait_until(lambda: postfix.is_ready(self.config))

    def start_filter(self, name_server: str, *, with_memory: bool = True, clamd: str = "") -> None:
        """rspamd, for the tests about it: mail arrives all the same while it is not there."""
        own_filter.give_compiled(self.config)
        self.start_arrivals()
        if with_memory:
            self.start_filter_memory()
        mail = replace(self.config.mail, trusted_forwarders=TRUSTED_FORWARDERS)
        files = replace(self.config.files, clamd=clamd)
        rspamd.prepare(replace(self.config, mail=mail, files=files), name_server)
        self.children["rspamd"] = self._launch(rspamd.command(self.config), dict(ENVIRONMENT))
        wait_until(lambda: not is_free(self.config.ports.filter), 300)  # its expressions are compiled
        wait_until(self._filter_answers, 60)
        own_filter.keep_compiled(self.config)

    def start_filter_memory(self) -> None:
        """Valkey, which the filter goes on without, as the user that it has in an instance."""
        if "valkey" in self.children:
            return
        valkey.prepare(self.config)
        argv = (*rights.prefix(DUTIES["valkey"]), *valkey.command(self.config))
        path = filter_memory_socket(self.config)
        path.unlink(missing_ok=True)  # of a killed one, as the supervisor does
        self.children["valkey"] = self._launch(argv, {})
        wait_until(lambda: _is_opened(path))

    def _filter_answers(self) -> bool:
        client = http.client.HTTPConnection("127.0.0.1", self.config.ports.filter_controller, timeout=5)
        try:
            client.request("GET", "/ping")
            return client.getresponse().status == 200
        except OSError:
            return False
        finally:
            client.close()

    def stop(self) -> None:
        for name in list(self.children):
            self.end(name)
        self.end_gate()
        self.directory.close()
        remove_alias(self.config)

    def end(self, name: str, how: signal.Signals = signal.SIGTERM) -> None:
        child = self.children.pop(name)
        # postscreen and what writes its map have sessions of their own: a killed master leaves them its port
        family = process_table.descendants(child.pid)
        child.send_signal(how)
        child.wait(60)
        for orphan in descendants(child.pid):  # as the supervisor does before it starts another
            with contextlib.suppress(ProcessLookupError):
                os.kill(orphan, signal.SIGKILL)
        process_table.end(family, patience=2)
        wait_until(lambda: not descendants(child.pid))

    def _launch(self, argv: Sequence[str], environment: dict[str, str]) -> "subprocess.Popen[bytes]":
        return subprocess.Popen(
            argv,
            env={"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "TZ": "UTC", **environment},
            stdin=subprocess.DEVNULL,
            start_new_session=True,
        )

    def seal_key(self) -> bytes:
        return (self.config.secrets_dir / "seal_key").read_bytes().strip()

    def marks_key(self) -> str:
        return marks_key((self.config.secrets_dir / "django_key").read_text().strip())

    # logs

    def logged_steps(self) -> list[Step]:
        """The steps of messages in the logs of both engines."""
        steps: list[Step] = []
        for path, parse_line in (
            (postfix.log_file(self.config), postfix_steps),
            (dovecot.log_file(self.config), dovecot_steps),
        ):
            read, position, reached_end = LogTail(path, parse_line), LogPosition(), False
            while not reached_end:
                piece = read(position)
                position, reached_end = piece.end, piece.reached_end
                steps += piece.steps
        return steps

    def steps_of(self, message_id: str) -> list[StepKind]:
        """What was logged of one message, in order."""
        bracketed, steps = f"<{message_id.strip('<>')}>", self.logged_steps()
        queue_ids = {step.queue_id for step in steps if step.message_id == bracketed} - {""}
        own = [step for step in steps if step.message_id == bracketed or step.queue_id in queue_ids]
        return [step.kind for step in in_order(own)]

    # people

    def someone(self, mailbox: str = "", **changes: Any) -> Someone:
        """A new person with a username, an address, an address that only receives, and an app password."""
        domain = self.config.academy.domain
        username = f"u{secrets.token_hex(4)}"
        mailbox = mailbox or f"{username}@{domain}"
        address, former = f"marie.{username}@{domain}", f"ancien.{username}@{domain}"
        password = secrets.token_hex(10)
        foreign = mailbox == OUTSIDE
        expected = ExpectedMailbox(
            mailbox=mailbox,
            active=True,
            quota_mb=50,
            names=(mailbox,) if foreign else (mailbox, username, address, former),
            receives=(mailbox,) if foreign else (address, former),
            sends=() if foreign else (address,),
            app_keys=(AppKey(digest(password), 0),),
        )
        person = Someone(replace(expected, **changes), password)
        self.directory.put([person.expected])
        if "dovecot" in self.children:
            self.make(person)
        return person

    def make(self, person: Someone) -> None:
        """Make the mailbox as provisioning does, by what the agent runs."""
        mail_agent.verbs(self.config, (), ())["make"].run(person.mailbox)

    def change(self, person: Someone, **changes: Any) -> Someone:
        changed = replace(person, expected=replace(person.expected, **changes))
        self.directory.put([changed.expected])
        return changed

    def token(self, mailbox: str, *, allowed: bool = True, life: int = 300, **claims: Any) -> str:
        key = ECKey.import_key((self.config.secrets_dir / "token_key.pem").read_bytes())
        now = int(time.time())
        claims = {
            "iss": self.config.public_url, "sub": mailbox, "azp": "webmail",
            "iat": now - 5,  # Dovecot's clock may be a tick behind: what is issued in its future is refused
            "exp": now + life, "jti": secrets.token_hex(8), **claims,
        }  # fmt: skip
        token = jwt.encode({"alg": "ES256", "kid": key.thumbprint()}, claims, key)
        if allowed:
            self.directory.allow_token(mailbox, digest(token), now + max(life, 300))
        return token

    # doors

    def tls(self) -> ssl.SSLContext:
        context = ssl.create_default_context(cafile=str(certificates.paths(self.config).ca))
        context.verify_flags |= ssl.VERIFY_X509_STRICT
        return context

    def imap(self) -> imaplib.IMAP4:
        return _Client("127.0.0.1", self.config.ports.imap, timeout=60)

    def signed_in(self, person: Someone) -> imaplib.IMAP4:
        client = self.imap()
        try:
            client.login(person.mailbox, person.password)
        except imaplib.IMAP4.error:
            client.shutdown()
            raise
        return client

    def with_token(self, mailbox: str, token: str) -> imaplib.IMAP4:
        client = self.imap()
        try:
            client.authenticate(
                "OAUTHBEARER", lambda _: f"n,a={mailbox},\x01auth=Bearer {token}\x01\x01".encode()
            )
        except imaplib.IMAP4.error:
            client.shutdown()
            raise
        return client

    def mx(self) -> smtplib.SMTP:
        return smtplib.SMTP("127.0.0.1", self.config.ports.mx, timeout=60, local_hostname="dehors.example")

    def submission(self) -> smtplib.SMTP:
        client = smtplib.SMTP("localhost", self.config.ports.submission, timeout=60)
        client.starttls(context=self.tls())
        return client

    def submit(self, person: Someone, sender: str, to: str | list[str], message: Any) -> None:
        with self.submission() as client:
            client.login(person.mailbox, person.password)
            client.send_message(message, sender, to)

    def arrive(self, to: str, message: Any, sender: str = "jean@dehors.example") -> None:
        with self.mx() as client:
            client.send_message(message, sender, [to])

    def deliver(self, to: str, message: Any) -> None:
        """Have a message arrive, and come back once the queue has let it go.

        Dovecot delivers to the inbox, about once in a hundred times, when somebody looks for a
        folder, or reads the list of folders, just as the delivery makes that folder.
        """
        log = postfix.log_file(self.config)
        before = log.stat().st_size
        self.arrive(to, message)
        name = re.escape(str(message["Message-ID"]).encode())

        def is_done() -> bool:
            lines = log.read_bytes()[before:]
            queued = re.search(rb"(\w+): message-id=" + name, lines)
            return queued is not None and queued[1] + b": removed" in lines

        wait_until(is_done)

    def flush_queue(self) -> None:
        """Have Postfix try again all that it deferred, now."""
        argv = ["postqueue", "-c", str(self.config.engines_dir / "postfix"), "-f"]
        subprocess.run(argv, capture_output=True, check=True)

    def messages(self, person: Someone, subject: str, folder: str = "INBOX") -> list[bytes]:
        """The messages of that subject, headers and text, as they are now."""
        client = self.signed_in(person)
        try:
            if client.select(folder, readonly=True)[0] != "OK":
                return []
            numbers = client.search(None, "SUBJECT", f'"{subject}"')[1][0].split()
            return [client.fetch(n.decode(), "(BODY.PEEK[])")[1][0][1] for n in numbers]
        except imaplib.IMAP4.abort:  # cut with a server that the test before had stopped
            return []
        finally:
            client.shutdown()

    def found(self, person: Someone, subject: str, folder: str = "INBOX", seconds: float = 60) -> list[bytes]:
        """The messages of that subject, once there is one."""
        return wait_until(lambda: self.messages(person, subject, folder), seconds)


def make(parent: Path | None = None) -> LiveEngines:
    """A new instance, in a home of its own. The caller starts, stops and removes it."""
    home = Path(tempfile.mkdtemp(prefix="vm-engines-", dir=parent))
    database = load().database  # the run's own: SQLite, or PostgreSQL with bin/test --postgres
    if database.password_file:
        absolute = str(load().home / database.password_file)
        # its own: two processes of a run have a mailbox of the same name, that of the world outside
        database = replace(database, password_file=absolute, name=own_database.make_empty())
    mail = MailSection(lent_domains=("ailleurs.ac-amiens.test",))
    return LiveEngines(Config(home=home, port_base=free_port_base(), database=database, mail=mail))


def remove(engines: LiveEngines) -> None:
    give_back_ports(engines.config.port_base)
    shutil.rmtree(engines.config.home, ignore_errors=True)


def descendants(pid: int) -> set[int]:
    """Processes whose session is that of `pid`, itself included."""
    found = set()
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                if os.getsid(int(entry.name)) == pid:
                    found.add(int(entry.name))
            except OSError:
                continue
    return found


def _is_opened(path: Path) -> bool:
    with socket.socket(socket.AF_UNIX) as client:
        return client.connect_ex(str(path)) == 0
