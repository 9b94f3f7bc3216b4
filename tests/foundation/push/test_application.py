"""The process itself, spoken to as Dovecot and browsers do."""

import asyncio
import json
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

import pytest
from django.db import OperationalError

from vaguemestre.foundation.kernel import tickets
from vaguemestre.foundation.push.application import PushApplication
from vaguemestre.foundation.push.hub import Hub
from vaguemestre.foundation.push.values import Change, ChangeKind

MAILBOX = "nmarin@ac-amiens.test"
PAGE = "http://localhost:8000"


class Server:
    """One Push and what may be asked of it, over the ASGI messages themselves."""

    def __init__(self) -> None:
        self.moved = 0
        self.ended: set[str] = set()
        self.push = PushApplication(
            ticket_key="k",
            notify_key="n",
            throttle_key="p",
            origins={PAGE},
            revocations=lambda: self.moved,
            ended=lambda keys: keys & self.ended,
        )

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
    asyncio.run(asyncio.wait_for(test(Server()), 20))  # type: ignore[arg-type]


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


def test_a_wrong_ticket_opens_nothing() -> None:
    async def test(server: Server) -> None:
        assert await server.ask("GET", "/flux", query="t=abc") == 403
        assert await server.ask("GET", "/flux") == 403

    run(test)


def test_a_ticket_of_an_ended_session_opens_nothing() -> None:
    async def test(server: Server) -> None:
        server.ended.add("s1")
        ticket = tickets.issue("k", tickets.Ticket(MAILBOX, "s1"), now=time.time())
        assert await server.ask("GET", "/flux", query=f"t={ticket}") == 403

    run(test)


def test_an_ended_session_loses_its_stream_and_no_other() -> None:
    async def test(server: Server) -> None:
        watching = asyncio.ensure_future(server.push.watch(every=0.01))
        async with server.page("s1") as one, server.page("s2") as two:
            server.ended.add("s1")
            server.moved += 1
            while (last := await one.next()).get("more_body"):
                pass
            assert last == {"type": "http.response.body", "body": b""}
            await server.notify()
            assert await two.event()
        watching.cancel()

    run(test)


def test_a_database_error_does_not_end_the_watch() -> None:
    async def test(server: Server) -> None:
        failing = [OperationalError("away"), RuntimeError("a defect")]
        answer = server.push.ended

        def over(keys: set[str]) -> set[str]:
            if failing:
                raise failing.pop()
            return answer(keys)

        async with server.page("s1") as one:
            server.push.ended = over
            watching = asyncio.ensure_future(server.push.watch(every=0.01))
            await asyncio.sleep(0)  # it takes note of the counter
            server.ended.add("s1")
            server.moved += 1
            while (await one.next()).get("more_body"):
                pass
            assert not failing
            assert not watching.done()
        watching.cancel()

    run(test)


def test_the_database_is_asked_about_some_sessions_at_a_time() -> None:
    async def test(server: Server) -> None:
        asked: list[set[str]] = []

        def over(keys: set[str]) -> set[str]:
            asked.append(keys)
            return keys & {"s1100"}

        streams = [server.push.hub.join(tickets.Ticket(MAILBOX, f"s{number}")) for number in range(1_200)]
        server.push.ended = over
        watching = asyncio.ensure_future(server.push.watch(every=0.01))
        await asyncio.sleep(0)  # it takes note of the counter
        server.moved += 1
        assert await asyncio.wait_for(streams[1_100].queue.get(), 10) is None
        while len(asked) < 3:
            await asyncio.sleep(0)
        assert max(map(len, asked)) <= 500
        assert set().union(*asked) == {f"s{number}" for number in range(1_200)}
        watching.cancel()

    run(test)


def test_a_page_that_leaves_is_forgotten() -> None:
    async def test(server: Server) -> None:
        async with server.page():
            assert len(server.push.hub) == 1
        assert len(server.push.hub) == 0

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
        stream = server.push.hub.join(tickets.Ticket(MAILBOX, "s1"))
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
