"""Which processes, in which order, with which pauses: pure."""

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vaguemestre.processes import main_beat
from vaguemestre.processes.supervisor import plan, restarts
from vaguemestre.processes.supervisor.companions import filter_memory
from vaguemestre.processes.supervisor.plan import Ask, Engine
from vaguemestre.site.config import Config, MailSection, OutgoingSection, WorkerSection

CONFIG = Config(home=Path("/srv/essai"), port_base=20_000)
DOVECOT = Engine("dovecot", ("/usr/sbin/dovecot", "-F"), {}, Path("/srv/essai/logs/dovecot.log"))
FRONT, SOCKETS = ("nginx", "-c", "x"), Path("/srv/essai/run/d/front")
POSTFIX = Engine("postfix", ("master", "-s"), {"MAIL_CONFIG": "/x"}, Path("/srv/essai/logs/postfix.log"))


def test_dovecot_starts_before_postfix_and_both_end_last() -> None:
    children = plan.engines(CONFIG, DOVECOT, POSTFIX)
    assert [child.name for child in children] == ["dovecot", "postfix"]
    assert all(child.ends_last for child in children)
    assert children[1].environment == (("MAIL_CONFIG", "/x"),)


def test_our_own_processes_come_in_order_and_end_first() -> None:
    children = plan.programs(CONFIG, "python", FRONT, SOCKETS)
    assert [child.name for child in children] == [
        "push", "web", "reading", "door", "carddav", "pictures", "front", "gate", "collector",
        "metrics",
    ]  # fmt: skip
    assert not any(child.ends_last for child in children)
    spares = [child.name for child in children if child.is_spare]
    assert spares == ["reading", "carddav", "pictures", "collector", "metrics"]


def test_as_many_workers_as_the_setting_says_each_with_a_number_of_its_own() -> None:
    children = plan.workers(replace(CONFIG, worker=WorkerSection(count=3)), "python")
    assert [child.name for child in children] == [
        "worker", "worker-2", "worker-3", "worker-long", "worker-imports", "worker-untrusted",
    ]  # fmt: skip
    numbers = [child.argv[child.argv.index("--number") + 1] for child in children]
    assert numbers == ["1", "2", "3", "1", "1", "1"]
    assert [child.is_spare for child in children] == [True] * 6
    assert not any(child.ends_last for child in children)


def test_an_instance_is_ready_without_its_filter() -> None:
    filter_, names = plan.content_filter(CONFIG, ("rspamd",)), plan.names(CONFIG, "python")
    assert filter_.is_optional
    assert names.is_optional
    memory = filter_memory(("valkey-server",), Path("/srv/essai/run/d/valkey/valkey"))
    assert memory.is_optional
    assert [question.ask for question in memory.ready] == [Ask.SOCKET]
    assert [question.port for question in filter_.ready] == [20_334, 20_332]


def test_every_child_is_asked_on_its_own_port() -> None:
    children = [
        *plan.engines(CONFIG, DOVECOT, POSTFIX),
        *plan.programs(CONFIG, "python", FRONT, SOCKETS),
        *plan.workers(CONFIG, "python"),
    ]
    asked = {child.name: [(q.ask, q.port) for q in child.ready] for child in children}
    assert asked["dovecot"] == [(Ask.GREETING, 20_143), (Ask.GREETING, 20_190)]
    assert asked["postfix"] == [(Ask.GREETING, 20_025), (Ask.GREETING, 20_587)]
    assert asked["front"] == [(Ask.PAGE, 20_000)]
    assert asked["push"] == [(Ask.PAGE, 20_001), (Ask.HEARTBEAT, 0)]
    assert asked["worker"] == [(Ask.HEARTBEAT, 0)]


def test_pools_listen_on_sockets_of_their_own_and_are_asked_there() -> None:
    children = {child.name: child for child in plan.programs(CONFIG, "python", FRONT, SOCKETS)}
    for name in ("web", "reading", "door", "carddav", "pictures"):
        child = children[name]
        assert child.argv[child.argv.index("--uds") + 1] == str(SOCKETS / name / "http")
        assert child.socket == SOCKETS / name / "http"
        page, heartbeat = child.ready
        assert page.socket == SOCKETS / name / "http"
        assert heartbeat.expect == dict(child.environment)[main_beat.VARIABLE]
        assert "--port" not in child.argv


@pytest.mark.parametrize("was_ready", [True, False])
def test_the_first_restart_does_not_wait(was_ready: bool) -> None:
    assert restarts.pause_before(1, was_ready=was_ready) == 0


@given(st.integers(min_value=1, max_value=1000), st.booleans())
def test_pauses_grow_and_stay_bounded(restart: int, was_ready: bool) -> None:
    first = restarts.pause_before(restart, was_ready=was_ready)
    then = restarts.pause_before(restart + 1, was_ready=was_ready)
    assert 0 <= first <= then <= 15


@given(st.integers(min_value=1, max_value=1000))
def test_a_service_that_was_ready_is_soon_back_however_often_it_is_killed(
    restart: int,
) -> None:
    assert restarts.pause_before(restart, was_ready=True) <= 2


@given(st.integers(min_value=1, max_value=63_000))
def test_no_two_services_share_a_port(base: int) -> None:
    ports = plan.listening_ports(Config(home=Path("/srv/essai"), port_base=base))
    assert len(ports) == len(set(ports)) == 15
    mail = MailSection(forward_outside=True, outgoing=OutgoingSection(mode="direct"))
    forwarding = plan.listening_ports(Config(home=Path("/srv/essai"), port_base=base, mail=mail))
    assert len(forwarding) == len(set(forwarding)) == 18
