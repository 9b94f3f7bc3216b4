"""What people and the world do meanwhile: messages, pages, mail programs. Each try leaves a sample."""

import contextlib
import http.client
import imaplib
import itertools
import secrets
import smtplib
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

from bench.drills.accounts import Outcome, Sent
from bench.drills.cluster import Cluster
from bench.drills.interruptions import Sample
from tests.machines.academy import Agent, Client, open_imaps
from tests.machines.visitor import Visitor

_PAGE_SECONDS, _MAIL_SECONDS, _COMPOSE_SECONDS, _LIST_SECONDS = 0.5, 1.0, 15.0, 60.0
_SENDERS, _AT_ONCE = 200, 60
_TIMEOUT = 30.0  # of a sender or a person who waits for an answer


@dataclass
class Load:
    """`rate`: messages from outside a second. `since`: when the first began (time.time)."""

    cluster: Cluster
    run: str
    rate: float
    visitors: int = 3
    idlers: int = 4
    sent: list[Sent] = field(default_factory=list)
    samples: dict[str, list[Sample]] = field(
        default_factory=lambda: {name: [] for name in ("mx", "pages", "mail", "idle", "compose")}
    )
    _end: threading.Event = field(default_factory=threading.Event)
    _threads: list[threading.Thread] = field(default_factory=list)
    _numbers: "itertools.count[int]" = field(default_factory=lambda: itertools.count(1))

    def __enter__(self) -> "Load":
        self._start("deliveries", self._deliver_all)
        for number in range(self.visitors):
            self._start(f"visitor{number}", self._visit, self.cluster.agents[number % 2])
        for number in range(self.idlers):
            self._start(f"idle{number}", self._idle, self.cluster.agents[number % 2])
        self._start("mail", self._read_mail, self.cluster.agents[1])
        self._start("compose", self._compose_all, self.cluster.agents[0])
        return self

    def __exit__(self, *_: object) -> None:
        self._end.set()
        for thread in self._threads:
            thread.join(timeout=90)

    def _start(self, name: str, what: Callable[..., None], *arguments: object) -> None:
        thread = threading.Thread(target=what, args=(name, *arguments), name=name, daemon=True)
        self._threads.append(thread)
        thread.start()

    def _number(self) -> str:
        return f"{self.run}-{next(self._numbers):06}"

    def _note(self, what: str, who: str, began: float, *, is_good: bool, word: str = "") -> None:
        self.samples[what].append(Sample(who, began, time.time(), is_good, word))

    # From outside

    def _deliver_all(self, who: str) -> None:
        recipients = itertools.cycle(self.cluster.recipients)
        began = time.monotonic()
        with ThreadPoolExecutor(_AT_ONCE) as pool:
            for count in itertools.count(1):
                if self._end.wait(max(0.0, began + count / self.rate - time.monotonic())):
                    return
                pool.submit(self._deliver, who, self._number(), next(recipients))

    def _deliver(self, who: str, number: str, recipient: str) -> None:
        began = time.time()
        outcomes = []
        for client in self.cluster.exchangers():  # each of its addresses, until one takes it (RFC 5321 §5.1)
            outcomes.append(deliver(client, number, recipient))
            if outcomes[-1] is not Outcome.REFUSED:
                break
        outcome = outcomes[-1]
        self.sent.append(Sent(number, (recipient,), began, outcome, address=len(outcomes) - 1))
        self._note("mx", who, began, is_good=outcome is Outcome.TAKEN)

    # Pages

    def _visit(self, who: str, agent: Agent) -> None:
        """Somebody signed in asks for the inbox; signs in again only when the pages say so."""
        visitor = Visitor(self.cluster.client(), timeout=_TIMEOUT)
        is_in = False
        while not self._end.wait(_PAGE_SECONDS):
            began, status, word = time.time(), 0, ""
            try:
                status = visitor.ask("/messagerie/") if is_in else visitor.sign_in(agent)
                word = f"{status}" if is_in else f"sign-in {status}"
            except (OSError, http.client.HTTPException, StopIteration) as error:
                word = type(error).__name__
            if is_in or status != 302:
                self._note("pages", who, began, is_good=is_in and status == 200, word=word)
            is_in = status not in (302, 403) if is_in else status == 302

    def _compose_all(self, who: str, agent: Agent) -> None:
        """One message after the other, each asked for with the same key until the pages have kept it."""
        visitor = Visitor(self.cluster.client(), timeout=_TIMEOUT)
        recipients = itertools.cycle(self.cluster.recipients)
        is_in = False
        while not self._end.wait(_COMPOSE_SECONDS):
            number, recipient, key = self._number(), next(recipients), secrets.token_hex(16)
            form = {"to": recipient, "subject": number, "html": "<p>Bonjour.</p>", "attempt": "1", "now": "1"}
            began, outcome = time.time(), Outcome.REFUSED
            while outcome is not Outcome.TAKEN and not (
                self._end.is_set() and time.time() - began > _TIMEOUT
            ):
                asked = time.time()
                with contextlib.suppress(OSError, http.client.HTTPException, StopIteration):
                    is_in = is_in or visitor.sign_in(agent) == 302
                    outcome = Outcome.UNANSWERED  # from here on it may have been kept
                    status = visitor.ask(
                        f"/messagerie/ecrire/{key}/envoyer/", form, accept="application/json"
                    )
                    is_in = status not in (302, 403)
                    outcome = Outcome.TAKEN if status < 300 else outcome
                self._note("compose", who, asked, is_good=outcome is Outcome.TAKEN)
                time.sleep(0.0 if outcome is Outcome.TAKEN else 1.0)  # as a page asks again
            self.sent.append(Sent(number, (recipient,), began, outcome, "compose"))

    # Mail programs

    def _read_mail(self, who: str, agent: Agent) -> None:
        while not self._end.wait(_MAIL_SECONDS):
            began = time.time()
            self._note("mail", who, began, is_good=opens_mailbox(self.cluster.client(), agent))

    def _idle(self, who: str, agent: Agent) -> None:
        """A telephone that waits: connects again whenever its connection ends."""
        while not self._end.is_set():
            began = time.time()
            with (
                contextlib.suppress(OSError, imaplib.IMAP4.error),
                open_imaps(self.cluster.client()) as server,
            ):
                server.login(agent.address, agent.password)
                server.select(readonly=True)
                self._note("idle", who, began, is_good=True)
                self._wait_in_idle(server, who)
                continue
            self._note("idle", who, began, is_good=False)
            self._end.wait(1.0)

    def _wait_in_idle(self, server: imaplib.IMAP4, who: str) -> None:
        """Each word of the server is a success; a minute without one, and the connection is tried."""
        server.sock.settimeout(60)
        while not self._end.is_set():
            began = time.time()
            server.send(b"z IDLE\r\n")
            server.readline()
            try:
                server.readline()  # of a message that came, or of « still here »
            except TimeoutError:
                raise OSError("silent") from None
            self._note("idle", who, began, is_good=True)
            server.send(b"DONE\r\n")
            while (line := server.readline()) and not line.startswith(b"z "):
                pass
            if not line:
                raise OSError("ended")


def deliver(client: Client, number: str, recipient: str) -> Outcome:
    """Bring one message to port 25, as any server of the world does. What its sender was told."""
    sender = f"quelqu.un.{int(number[-6:]) % _SENDERS}@dehors.example"
    text = (
        f"From: {sender}\r\nTo: {recipient}\r\nSubject: {number}\r\n"
        f"Message-ID: <{number}@dehors.example>\r\n\r\nBonjour.\r\n"
    )
    outcome = Outcome.REFUSED
    with contextlib.suppress(OSError, smtplib.SMTPException):
        server = smtplib.SMTP(client.machine.address, 25, "dehors.example", timeout=_TIMEOUT)
        with contextlib.closing(server):
            server.ehlo()
            if (server.mail(sender)[0], server.rcpt(recipient)[0]) != (250, 250):
                return outcome
            outcome = Outcome.UNANSWERED
            outcome = Outcome.TAKEN if server.data(text)[0] == 250 else Outcome.REFUSED
            server.quit()
    return outcome


def opens_mailbox(client: Client, reader: Agent) -> bool:
    """Whether a mail program can sign in and open the inbox."""
    with contextlib.suppress(OSError, imaplib.IMAP4.error), open_imaps(client) as server:
        server.login(reader.address, reader.password)
        return server.select(readonly=True)[0] == "OK"
    return False
