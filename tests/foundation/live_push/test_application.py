"""The process itself, spoken to as Dovecot and browsers do."""

import asyncio
import json
import time
import zlib
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

import pytest
from django.db import OperationalError
from tests.processor import least_seconds

from vaguemestre.foundation.kernel import tickets
from vaguemestre.foundation.live_push.application import PushApplication
from vaguemestre.foundation.live_push.hub import Hub, Stream
from vaguemestre.foundation.live_push.session_watch import WHOLE_LOOK_SECONDS, SessionWatch
from vaguemestre.foundation.live_push.values import Change, ChangeKind, FolderMove

MAILBOX = "nmarin@ac-amiens.test"
PAGE = "http://localhost:8000"


def mark_of(session: str) -> int:
    return zlib.crc32(session.encode())


class Endings:
    """What other processes tell of sessions that end; `ring`: how many of them are told one by one."""

    def __init__(self, ring: int = 100) -> None:
        self.marks: list[int] = []
        self.ring = ring

    def end_count(self) -> int:
        return len(self.marks)

    def ended_since(self, seen: int) -> frozenset[int] | None:
        new = self.marks[seen:]
        return frozenset(new) if len(new) <= self.ring else None


class Server:
    """One Push and what may be asked of it, over the ASGI messages themselves."""

    def __init__(self) -> None:
        self.now = time.time()
        self.ends: dict[str, float] = {}  # of sessions that do not end in a day
        self.questions: list[set[str]] = []  # put to the database
        self.moves: list[FolderMove] = []
        self.endings = Endings()
        self.hub = Hub(marks_of=lambda session: (mark_of(session),))
        self.watch = SessionWatch(self.hub, self.endings, self.open_until, clock=lambda: self.now)
        self.push = PushApplication(
            ticket_key="k",
            notify_key="n",
            throttle_key="p",
            origins={PAGE},
            hub=self.hub,
            sessions=self.watch,
            folders_moved=self.moves.extend,
        )

    def open_until(self, keys: set[str]) -> dict[str, float]:
        self.questions.append(keys)
        ends = {key: self.ends.get(key, self.now + 86_400) for key in keys}
        return {key: end for key, end in ends.items() if end > self.now}

    def end(self, session: str) -> None:
        """As another process does: in the database, then told."""
        self.ends[session] = 0.0
        self.endings.marks.append(mark_of(session))

    def join(self, count: int) -> list[Stream]:
        return [self.hub.join(tickets.Ticket(MAILBOX, f"s{number}")) for number in range(count)]

    @asynccontextmanager
    async def watching(self) -> AsyncIterator["asyncio.Task[None]"]:
        task = asyncio.ensure_future(self.watch.run(every=0.001))
        await asyncio.sleep(0)  # it takes note of the count
        yield task
        task.cancel()

    async def ask(self, method: str, path: str, *, query: str = "", body: bytes = b"", **headers: str) -> int:
        said: list[dict[str, Any]] = []

        async def receive() -> dict[str, Any]:
            return {"type": "http.request", "body": body, "more_body": False}

        async def send(message: Any) -> None:
            said.append(message)

        await self.push(_scope(method, path, query, headers), receive, send)
        return int(said[0]["status"])

    async def notify(self, folder: str = "INBOX", bearer: str = "n") -> int:
        body = json.dumps([{"user": MAILBOX, "event": "MessageNew", "folder": folder}]).encode()
        return await self.ask("POST", "/dovecot", body=body, authorization=f"Bearer {bearer}")

    @asynccontextmanager
    async def page(self, session: str = "s1", origin: str = PAGE, ticket: str = "") -> AsyncIterator["Open"]:
        opened = Open()
        ticket = ticket or tickets.issue("k", tickets.Ticket(MAILBOX, session), now=time.time())
        scope = _scope("GET", "/flux", f"t={ticket}", {"origin": origin})
        task = asyncio.ensure_future(self.push(scope, opened.receive, opened.send))
        await opened.next()
        try:
            yield opened
        finally:
            opened.closed.set()
            await task


class Open:
    def __init__(self) -> None:
        self.closed = asyncio.Event()
        self.said: asyncio.Queue[Any] = asyncio.Queue()

    async def receive(self) -> dict[str, Any]:
        await self.closed.wait()
        return {"type": "http.disconnect"}

    async def send(self, message: Any) -> None:
        await self.said.put(message)

    async def next(self) -> Any:
        return await asyncio.wait_for(self.said.get(), 5)

    async def event(self) -> bytes:
        while not (body := (await self.next()).get("body", b"")).startswith(b"event"):
            pass
        return bytes(body)


def _scope(method: str, path: str, query: str, headers: dict[str, str]) -> dict[str, Any]:
    pairs = [(name.encode(), value.encode()) for name, value in headers.items()]
    return {"type": "http", "method": method, "path": path, "query_string": query.encode(), "headers": pairs}


def run(test: Callable[[Server], Awaitable[None]]) -> None:
    asyncio.run(asyncio.wait_for(test(Server()), 20))


def test_a_notification_reaches_every_page_of_that_mailbox() -> None:
    async def test(server: Server) -> None:
        async with server.page("s1") as one, server.page("s2") as two:
            assert await server.notify("4e B") == 204
            assert await one.event() == await two.event() == b'event: arrived\ndata: {"folder": "4e B"}\n\n'

    run(test)


def test_what_changed_between_a_page_and_its_stream_is_told() -> None:
    async def test(server: Server) -> None:
        before = tickets.issue("k", tickets.Ticket(MAILBOX, "s1"), now=time.time())
        await server.notify("4e B")
        async with server.page("s1", ticket=before) as late:
            assert await late.event() == b'event: arrived\ndata: {"folder": "4e B"}\n\n'
        long_after = tickets.issue("k", tickets.Ticket(MAILBOX, "s1"), now=time.time() + 30)
        async with server.page("s1", ticket=long_after) as fresh:
            await server.notify("6e A")
            assert b"6e A" in await fresh.event()

    run(test)


def test_what_was_told_long_ago_is_forgotten() -> None:
    now = [1_000.0]
    hub = Hub(clock=lambda: now[0])
    hub.notify([Change("a@x", "INBOX", ChangeKind.ARRIVED)])
    now[0] += 100
    hub.notify([Change("b@x", "INBOX", ChangeKind.ARRIVED)])
    now[0] += 100
    hub.notify([Change("c@x", "INBOX", ChangeKind.ARRIVED)])
    assert hub.join(tickets.Ticket("a@x", "s")).queue.empty()
    assert not hub.join(tickets.Ticket("b@x", "s")).queue.empty()


def test_a_stranger_cannot_notify() -> None:
    async def test(server: Server) -> None:
        assert await server.notify(bearer="wrong") == 403
        assert await server.ask("POST", "/dovecot") == 403

    run(test)


def test_folders_that_moved_are_handed_on() -> None:
    async def test(server: Server) -> None:
        body = json.dumps([{"user": MAILBOX, "event": "MailboxDelete", "folder": "Paren"}]).encode()
        assert await server.ask("POST", "/dovecot", body=body, authorization="Bearer wrong") == 403
        assert await server.ask("POST", "/dovecot", body=body, authorization="Bearer n") == 204
        assert server.moves == [FolderMove(MAILBOX, "Paren", "")]

    run(test)


def test_a_wrong_ticket_opens_nothing() -> None:
    async def test(server: Server) -> None:
        assert await server.ask("GET", "/flux", query="t=abc") == 403
        assert await server.ask("GET", "/flux") == 403

    run(test)


def test_a_ticket_of_an_ended_session_opens_nothing() -> None:
    async def test(server: Server) -> None:
        server.end("s1")
        ticket = tickets.issue("k", tickets.Ticket(MAILBOX, "s1"), now=time.time())
        assert await server.ask("GET", "/flux", query=f"t={ticket}") == 403

    run(test)


async def last_word(page: Open) -> Any:
    while (word := await page.next()).get("more_body"):
        pass
    return word


def test_an_ended_session_loses_its_stream_and_no_other() -> None:
    async def test(server: Server) -> None:
        async with server.page("s1") as one, server.page("s2") as two, server.watching():
            server.end("s1")
            assert await last_word(one) == {"type": "http.response.body", "body": b""}
            await server.notify()
            assert await two.event()

    run(test)


def test_a_session_that_ends_while_its_stream_opens_is_refused_or_ended() -> None:
    """Between the answer of the database and the opening nothing is missed: the stream is known before."""

    async def test(server: Server) -> None:
        answer = server.open_until

        def open_until(keys: set[str]) -> dict[str, float]:
            ends = answer(keys)
            if len(server.questions) == 1:
                server.end("s1")
            return ends

        server.watch.open_until = open_until
        async with server.watching(), server.page("s1") as one:
            assert (await last_word(one))["body"] == b""

    run(test)


def test_a_database_error_does_not_end_the_watch() -> None:
    async def test(server: Server) -> None:
        failing = [OperationalError("away"), RuntimeError("a defect")]
        answer = server.open_until

        def open_until(keys: set[str]) -> dict[str, float]:
            if failing:
                raise failing.pop()
            return answer(keys)

        async with server.page("s1") as one, server.watching() as task:
            server.watch.open_until = open_until
            server.end("s1")
            await last_word(one)
            assert not failing
            assert not task.done()

    run(test)


def test_of_5_000_sessions_those_that_ended_are_asked_about_alone() -> None:
    async def test(server: Server) -> None:
        streams = server.join(5_000)
        async with server.watching():
            server.end("s1100")
            assert await asyncio.wait_for(streams[1_100].queue.get(), 10) is None
            assert server.questions == [{"s1100"}]
            server.end("elsewhere")  # no page of that session is open
            server.end("s1101")
            assert await asyncio.wait_for(streams[1_101].queue.get(), 10) is None
        assert server.questions[1:] == [{"s1101"}]
        assert len([stream for stream in streams if stream.queue.empty()]) == 5_000

    run(test)


def test_more_endings_than_are_told_have_all_sessions_looked_at_some_at_a_time() -> None:
    async def test(server: Server) -> None:
        streams = server.join(1_200)
        async with server.watching():
            for number in range(101):
                server.endings.marks.append(number)
            server.ends["s1100"] = 0.0
            assert await asyncio.wait_for(streams[1_100].queue.get(), 10) is None
            while len(server.questions) < 3:
                await asyncio.sleep(0)
        assert max(map(len, server.questions)) <= 500
        assert set().union(*server.questions) == {f"s{number}" for number in range(1_200)}

    run(test)


def test_a_session_that_expires_loses_its_stream_without_being_told_of() -> None:
    async def test(server: Server) -> None:
        server.ends["s1"] = server.now + 90
        async with server.page("s1") as one, server.page("s2") as two, server.watching():
            server.now += 91
            assert (await last_word(one))["body"] == b""
            await server.notify()
            assert await two.event()

    run(test)


def test_a_session_that_was_used_since_goes_on() -> None:
    async def test(server: Server) -> None:
        server.ends["s1"] = server.now + 30
        async with server.page("s1") as one, server.watching():
            server.ends["s1"] = server.now + 3_600
            server.now += 31
            while {"s1"} not in server.questions[1:]:
                await asyncio.sleep(0.001)
            await server.notify()
            assert await one.event()

    run(test)


def test_an_end_that_nobody_told_is_seen_within_a_minute() -> None:
    """Whoever deleted the session was killed before it said so."""

    async def test(server: Server) -> None:
        async with server.page("s1") as one, server.watching():
            server.ends["s1"] = 0.0
            server.now += WHOLE_LOOK_SECONDS
            assert (await last_word(one))["body"] == b""

    run(test)


def test_a_page_that_leaves_is_forgotten() -> None:
    async def test(server: Server) -> None:
        async with server.page():
            assert len(server.hub) == 1
        assert len(server.hub) == 0

    run(test)


def test_only_our_own_pages_may_read_a_stream() -> None:
    async def head(server: Server, origin: str) -> dict[bytes, bytes]:
        said: list[Any] = []
        opened = Open()

        async def send(message: Any) -> None:
            said.append(message)
            opened.closed.set()

        ticket = tickets.issue("k", tickets.Ticket(MAILBOX, "s1"), now=time.time())
        await server.push(_scope("GET", "/flux", f"t={ticket}", {"origin": origin}), opened.receive, send)
        return dict(said[0]["headers"])

    async def test(server: Server) -> None:
        assert (await head(server, PAGE))[b"access-control-allow-origin"] == PAGE.encode()
        assert b"access-control-allow-origin" not in await head(server, "http://ailleurs.example")

    run(test)


def test_a_page_that_does_not_read_is_closed_rather_than_kept_in_memory() -> None:
    async def test(server: Server) -> None:
        stream = server.hub.join(tickets.Ticket(MAILBOX, "s1"))
        for _ in range(200):
            await server.notify()
        assert stream.queue.qsize() <= 101
        kept = [stream.queue.get_nowait() for _ in range(stream.queue.qsize())]
        assert None in kept

    run(test)


@pytest.mark.parametrize(("path", "right"), [("/dovecot", "n"), ("/porte", "p")])
def test_each_door_opens_to_its_own_key_only(path: str, right: str) -> None:
    async def walk() -> None:
        server = Server()
        for key in ("k", "n", "p", ""):
            status = await server.ask("POST", path, body=b"[]", authorization=f"Bearer {key}")
            assert (status == 403) is (key != right), (path, key)

    asyncio.run(walk())


def test_a_ticket_is_signed_by_the_key_of_streams_only() -> None:
    async def walk() -> None:
        server = Server()
        for key in ("n", "p"):
            ticket = tickets.issue(key, tickets.Ticket(MAILBOX, "s1"), now=time.time())
            assert await server.ask("GET", "/flux", query=f"t={ticket}") == 403

    asyncio.run(walk())


def test_a_mailbox_where_much_happens_is_remembered_shortly() -> None:
    """Folders made and deleted without end by a program, each with a name of its own."""
    hub = Hub(clock=lambda: 1_000.0)
    busy = [Change(MAILBOX, f"Projet {number}", ChangeKind.FOLDERS) for number in range(30_000)]
    assert least_seconds(lambda: hub.notify(busy), 0.5) < 0.5
    stream = hub.join(tickets.Ticket(MAILBOX, "s", issued_at=999))
    assert stream.queue.get_nowait() is None  # a page that missed so many reloads everything


def test_a_stream_of_one_folder_tells_of_no_other() -> None:
    hub = Hub()
    stream = hub.join(tickets.Ticket("a@x", "s", only="INBOX"))
    hub.notify([Change("a@x", folder, ChangeKind.ARRIVED) for folder in ("Privé/INBOX", "INBOX", "Divorce")])
    later = hub.join(tickets.Ticket("a@x", "s", only="INBOX"))
    for joined in (stream, later):
        assert joined.queue.get_nowait() == b'event: arrived\ndata: {"folder": "INBOX"}\n\n'
        assert joined.queue.empty()
