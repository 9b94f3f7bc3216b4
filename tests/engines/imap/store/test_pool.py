"""Connections are kept for the next request of the same session, and for nobody else."""

import socket
from collections.abc import Iterator
from typing import Any

import pytest

from vaguemestre.engines.imap.protocol.connection import Connection
from vaguemestre.engines.imap.store.pool import Pool
from vaguemestre.foundation.kernel.errors import EngineDown
from vaguemestre.post.mailstore.values import MailLogin

MARIE, MARIE_AT_HOME, PAUL = MailLogin("marie", "s1"), MailLogin("marie", "s2"), MailLogin("paul", "s3")


class World:
    def __init__(self) -> None:
        self.now, self.generation = 0.0, 0
        self.over: set[str] = set()
        self.servers: list[socket.socket] = []
        self.opened: list[Connection] = []
        self.forgotten: list[str] = []
        self.refuse = False

    def connect(self, login: MailLogin) -> Connection:
        if self.refuse:
            raise EngineDown("away")
        ours, theirs = socket.socketpair()
        self.servers.append(theirs)
        self.opened.append(Connection(ours))
        return self.opened[-1]

    def pool(self, **options: Any) -> Pool:
        return Pool(
            self.connect, generation=lambda: self.generation, ended=lambda keys: keys & self.over,
            on_forget=self.forgotten.append, idle_seconds=90, clock=lambda: self.now, **options,
        )  # fmt: skip


@pytest.fixture
def world() -> Iterator[World]:
    made = World()
    yield made
    for server in made.servers:
        server.close()
    for connection in made.opened:
        connection.close()


def use(pool: Pool, login: MailLogin) -> Connection:
    with pool.lend(login) as lease:
        return lease.connection


def test_a_connection_serves_the_same_session_again(world: World) -> None:
    pool = world.pool()
    assert use(pool, MARIE) is use(pool, MARIE)
    assert use(pool, MARIE_AT_HOME) is not use(pool, MARIE)
    assert use(pool, PAUL) is not use(pool, MARIE)
    pool.close_all()


def test_nothing_is_opened_when_nothing_is_asked(world: World) -> None:
    with world.pool().lend(MARIE):
        pass
    assert world.opened == []


def test_a_lent_connection_is_lent_to_nobody_else_and_the_last_back_goes_first(world: World) -> None:
    pool = world.pool()
    with pool.lend(MARIE) as first, pool.lend(MARIE) as second:
        one, two = first.connection, second.connection
        assert one is not two
    assert use(pool, MARIE) is one
    pool.close_all()


def test_at_most_two_wait_for_a_session(world: World) -> None:
    pool = world.pool()
    with pool.lend(MARIE) as a, pool.lend(MARIE) as b, pool.lend(MARIE) as c:
        for lease in (a, b, c):
            assert not lease.connection.broken
    assert pool.idle_count == 2
    pool.close_all()


@pytest.mark.parametrize("fault", ["selected", "unread", "broken", "hung up"])
def test_a_connection_that_is_not_clean_is_closed(world: World, fault: str) -> None:
    pool = world.pool()
    with pool.lend(MARIE) as lease:
        connection = lease.connection
        match fault:
            case "selected":
                connection.selected = "INBOX"
            case "unread":
                world.servers[0].sendall(b"* 1 EXISTS\r\n")
            case "broken":
                connection.broken = True
            case "hung up":
                world.servers[0].close()
    assert use(pool, MARIE) is not connection
    assert connection.broken
    assert pool.idle_count == 1
    pool.close_all()


def test_idle_connections_are_closed_in_time(world: World) -> None:
    pool = world.pool()
    connection = use(pool, MARIE)
    world.now = 89
    pool.sweep()
    assert not connection.broken
    world.now = 91
    pool.sweep()
    assert connection.broken
    assert use(pool, MARIE) is not connection
    pool.close_all()


def test_an_old_connection_is_not_lent_even_before_the_sweep(world: World) -> None:
    pool = world.pool()
    connection = use(pool, MARIE)
    world.now = 200
    assert use(pool, MARIE) is not connection
    pool.close_all()


def test_the_oldest_make_room_and_too_many_at_once_are_refused(world: World) -> None:
    pool = world.pool(most=2)
    marie, paul = use(pool, MARIE), use(pool, PAUL)
    use(pool, MARIE_AT_HOME)
    assert marie.broken
    assert not paul.broken
    with pool.lend(MARIE) as a, pool.lend(PAUL) as b:
        assert a.connection is not b.connection
        with pytest.raises(EngineDown), pool.lend(MARIE_AT_HOME) as c:
            c.connection  # noqa: B018
    use(pool, MARIE)
    pool.close_all()


def test_a_failed_opening_leaves_its_place(world: World) -> None:
    pool = world.pool(most=1)
    world.refuse = True
    for _ in range(3):
        with pytest.raises(EngineDown):
            use(pool, MARIE)
    world.refuse = False
    use(pool, MARIE)
    pool.close_all()


def test_the_end_of_a_session_closes_what_it_had(world: World) -> None:
    pool = world.pool()
    marie, at_home = use(pool, MARIE), use(pool, MARIE_AT_HOME)
    world.over.add("s1")
    use(pool, PAUL)
    assert not marie.broken  # the counter has not moved
    world.generation += 1
    use(pool, PAUL)
    assert marie.broken
    assert not at_home.broken
    assert world.forgotten == ["marie"]
    pool.close_all()


def test_a_session_that_ends_while_its_connection_is_lent_loses_it(world: World) -> None:
    pool = world.pool()
    use(pool, PAUL)
    with pool.lend(MARIE) as lease:
        connection = lease.connection
        world.over.add("s1")
        world.generation += 1
        use(pool, PAUL)  # another thread notices first
    assert connection.broken
    pool.close_all()


def test_being_told_is_enough(world: World) -> None:
    pool = world.pool()
    connection = use(pool, MARIE)
    pool.forget("s1")
    assert connection.broken
    assert pool.idle_count == 0
    pool.close_all()


def test_after_a_dead_connection_all_of_that_session_are_renewed_once(world: World) -> None:
    pool = world.pool()
    with pool.lend(MARIE) as a, pool.lend(MARIE) as b:
        assert a.connection is not b.connection
    with pool.lend(MARIE) as lease:
        old = lease.connection
        assert lease.renew()
        assert pool.idle_count == 0
        assert lease.connection is not old
        assert not lease.renew()
    pool.close_all()
