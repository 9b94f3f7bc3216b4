"""A load on an académie: 30 pages and 20 deliveries a second, each on a connection of its own."""

import contextlib
import http.client
import itertools
import smtplib
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from tests.machines.academy import SITE, Client

_PAGE_SECONDS, _DELIVERY_SECONDS = 1 / 30, 1 / 20
_SENDERS = 200
# Served by the door, by the pages (somebody whose session is worth nothing is sent away), by address books.
_PAGES: tuple[tuple[str, str, dict[str, str]], ...] = (
    ("GET", "/alogin", {}),
    ("GET", "/messagerie/", {"Cookie": "__Host-vaguemestre=aucune"}),
    ("POST", "/alogin", {"Content-Type": "application/x-www-form-urlencoded"}),
    ("GET", "/dav/", {}),
)


@dataclass
class Outcome:
    """What became of the requests: failures in words, how many went well, when each success came."""

    failures: list[str] = field(default_factory=list)
    ends: list[float] = field(default_factory=list)

    @property
    def longest_pause(self) -> float:
        """Seconds between two successes, at most."""
        ends = sorted(self.ends)
        return max((after - before for before, after in itertools.pairwise(ends)), default=0.0)


@dataclass
class Load:
    """Pages asked and messages brought to the MX port, until the block ends."""

    client: Client
    recipients: list[str]  # in turn, so that none is flooded
    pages: Outcome = field(default_factory=Outcome)
    deliveries: Outcome = field(default_factory=Outcome)
    taken: set[str] = field(default_factory=set)  # Message-ID of what Postfix answered for

    @contextlib.contextmanager
    def running(self) -> Iterator["Load"]:
        stop = threading.Event()
        runners = [
            threading.Thread(target=self._repeat, args=(stop, *what))
            for what in (
                (self._ask, self.pages, _PAGE_SECONDS),
                (self._deliver, self.deliveries, _DELIVERY_SECONDS),
            )
        ]
        for runner in runners:
            runner.start()
        try:
            yield self
        finally:
            stop.set()
            for runner in runners:
                runner.join()

    def _repeat(
        self, stop: threading.Event, do: Callable[[int], str], outcome: Outcome, every: float
    ) -> None:
        def once(number: int) -> None:
            failure = do(number)
            if failure:
                outcome.failures.append(failure)
            else:
                outcome.ends.append(time.monotonic())

        threads: deque[threading.Thread] = deque()
        for number in itertools.count():
            if stop.wait(every):
                break
            threads.append(threading.Thread(target=once, args=(number,)))
            threads[-1].start()
            # one that ended keeps its stack until it is joined: of 32,000 the kernel starts no other
            while threads and not threads[0].is_alive():
                threads.popleft().join()
        for thread in threads:
            thread.join()

    def _ask(self, number: int) -> str:
        """Empty if a page came without a server's error, else what came."""
        method, path, headers = _PAGES[number % len(_PAGES)]
        connection = http.client.HTTPSConnection(SITE, timeout=60)
        try:
            connection.sock = self.client.secure(443, SITE, "http/1.1")
            connection.request(method, path, b"x=1" if method == "POST" else None, headers)
            answer = connection.getresponse()
            answer.read()
        except (OSError, http.client.HTTPException) as error:
            return f"{method} {path}: {error!r}"
        finally:
            connection.close()
        return f"{method} {path}: {answer.status}" if answer.status >= 500 else ""

    def _deliver(self, number: int) -> str:
        """Empty if Postfix took the message, else its words."""
        recipient = self.recipients[number % len(self.recipients)]
        sender = f"quelqu.un.{number % _SENDERS}@dehors.example"
        message_id = f"<{time.time_ns()}.{number}@dehors.example>"
        text = (
            f"From: {sender}\r\nTo: {recipient}\r\nSubject: charge {number}\r\n"
            f"Message-ID: {message_id}\r\n\r\nBonjour.\r\n"
        )
        try:
            with smtplib.SMTP(self.client.machine.address, 25, "dehors.example", timeout=60) as server:
                server.sendmail(sender, [recipient], text)
        except (OSError, smtplib.SMTPException) as error:
            return repr(error)
        self.taken.add(message_id)
        return ""
