"""Two machines with pages and doors before one that keeps the mail, by bin/install; one loses its power."""

import contextlib
import http.client
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

import pytest
from tests.machines import academy, conftest, nodes
from tests.machines.academy import Agent, Client
from tests.machines.cluster_file import ClusterFile, Node
from tests.machines.machine import Machine
from tests.machines.visitor import Visitor

from vaguemestre.engines.tls.certificates import Certificates
from vaguemestre.site.config import PROJECT

pytestmark = [pytest.mark.machines, pytest.mark.timeout(7200)]

POD, SHARED = "10.78.0.70", "10.78.0.75"
NODES = (
    Node("b1", "10.78.0.71", ("database", "pod")),
    Node("w1", "10.78.0.72", ("web", "proxy", "mx")),
    Node("w2", "10.78.0.73", ("web", "proxy", "mx")),
    Node("e1", "10.78.0.74", ("entry",)),
)
FRONTS = ("w1", "w2")
FILE = ClusterFile(NODES, entry=SHARED, pod=POD)
WITHIN_SECONDS = 120
PAGES_AWAY_SECONDS = 20  # an entry notices within six; these cores are shared


@dataclass
class Fronts:
    machines: dict[str, Machine]
    authority: Certificates
    agents: tuple[Agent, ...] = field(default=())

    def client(self, name: str = "") -> Client:
        """A client of that front; of the entry for ""."""
        machine = self.machines[name] if name else Machine("shared", SHARED)
        return Client(machine, self.authority)


def comes(holds: Callable[[], bool]) -> None:
    """Wait until it holds; the test fails after a while."""
    deadline = time.monotonic() + WITHIN_SECONDS
    while not holds():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.2)


@pytest.fixture(scope="module")
def fronts(authority: Certificates) -> Iterator[Fronts]:
    machines = {node.name: Machine(node.name, node.address) for node in NODES}
    fronts = Fronts(machines, authority)
    try:
        for machine in machines.values():
            machine.cut() if conftest.KEPT else machine.destroy()
            machine.boot()
            machine.bring(PROJECT, academy.SOURCES, academy.LEFT_OUT)
            machine.must("tee", academy.SETTINGS, text=FILE.text)
        for name, machine in machines.items():
            if name in FRONTS:
                machine.bring(authority.ca.parent, "/srv/tls")
                nodes.bring_keys(machines["b1"], machine)
            code, said = nodes.install(machine)
            assert code == 0, said[-3000:]
        fronts.agents = academy.open_agents(machines["w1"])
        for agent in fronts.agents:
            fronts.client("w2").wait_until_signed_in(agent)
        yield fronts
    finally:
        for machine in machines.values():
            machine.cut() if conftest.KEPT else machine.destroy()


def test_each_machine_is_what_the_file_says(fronts: Fronts) -> None:
    for name, machine in fronts.machines.items():
        assert nodes.left_to_do(machine) == [], name


def test_the_machine_of_the_mail_has_no_page_and_a_front_has_no_mail(fronts: Fronts) -> None:
    assert fronts.machines["b1"].run("systemctl", "is-active", "vaguemestre-web").stdout.strip() == "inactive"
    for name in FRONTS:
        assert fronts.machines[name].must("find", "/var/lib/vaguemestre/mail", "-name", "sdbox") == ""
    assert fronts.machines["b1"].must("find", "/var/lib/vaguemestre/mail", "-name", "sdbox") != ""


@pytest.mark.parametrize("name", FRONTS)
def test_mail_sent_at_either_front_is_read_at_the_other(fronts: Fronts, name: str) -> None:
    author, reader = fronts.agents
    other = next(one for one in FRONTS if one != name)
    fronts.client(name).send(author, reader.address, f"Par {name}")
    assert fronts.client(other).received(reader, f"Par {name}")["From"] == author.address


def test_what_a_script_sends_on_leaves_by_a_front(fronts: Fronts) -> None:
    author, reader = fronts.agents
    academy.forward(fronts.machines["b1"], reader, author.address)
    fronts.client("w1").send(author, reader.address, "Transmis")
    assert fronts.client("w1").received(author, "Transmis")["To"] == reader.address
    academy.forward_no_more(fronts.machines["b1"], reader)


def test_both_fronts_sign_with_the_same_keys(fronts: Fronts) -> None:
    digests = ("sh", "-c", "cd /var/lib/vaguemestre/engines/dkim && sha256sum *.key")
    expected = fronts.machines["w1"].must(*digests)
    assert expected.count(".key") == 2
    comes(lambda: fronts.machines["w2"].run(*digests).stdout == expected)


def test_a_session_opened_at_one_front_is_open_at_the_other_until_it_ends(fronts: Fronts) -> None:
    reader = fronts.agents[1]
    here = Visitor(fronts.client("w1"))
    there = here.at(fronts.client("w2"))
    assert here.sign_in(reader) == 302
    assert here.reads_mail()
    assert there.reads_mail()
    assert here.ask("/deconnexion", {}) == 302
    ended = time.monotonic()
    while there.reads_mail():
        assert time.monotonic() - ended < 2
    sys.stdout.write(f"\nrefused by the other front {time.monotonic() - ended:.3f} s after\n")


def test_pages_and_mail_go_on_when_the_power_of_a_front_is_cut(fronts: Fronts) -> None:
    author, reader = fronts.agents
    visitor = Visitor(fronts.client())
    assert visitor.sign_in(reader) == 302
    assert visitor.reads_mail()
    fronts.machines["w1"].cut()
    longest = longest_silence(visitor, seconds=40)
    sys.stdout.write(f"\npages away for {longest:.1f} s\n")
    assert longest < PAGES_AWAY_SECONDS
    fronts.client().send(author, reader.address, "Sans la premiere")
    assert fronts.client().received(reader, "Sans la premiere")
    fronts.machines["w1"].boot()
    comes(lambda: shows(visitor.at(fronts.client("w1"))))


def test_a_front_that_starts_while_no_database_writes_says_so_and_serves_once_one_does(
    fronts: Fronts,
) -> None:
    front, database = fronts.machines["w1"], fronts.machines["b1"]
    visitor = Visitor(fronts.client("w2"))
    assert visitor.sign_in(fronts.agents[1]) == 302
    front.cut()
    database.must("systemctl", "stop", "patroni")
    with ThreadPoolExecutor(1) as pool:
        try:
            booting = pool.submit(front.boot)  # systemd is not up while a unit of its target waits
            comes(lambda: "aucune base qui écrit ne répond" in said_at_start(front))
            assert front.run("systemctl", "is-active", "vaguemestre-prepare").stdout.strip() == "activating"
        finally:
            database.must("systemctl", "start", "patroni")
        began = time.monotonic()
        comes(lambda: shows(visitor.at(fronts.client("w1"))))
        sys.stdout.write(f"\nserves {time.monotonic() - began:.1f} s after the database\n")
        booting.result()


def said_at_start(machine: Machine) -> str:
    return machine.run("journalctl", "--boot", "--unit=vaguemestre-prepare", "--output=cat").stdout


def longest_silence(visitor: Visitor, seconds: float) -> float:
    """The longest time between two pages; somebody signed in stays so."""
    began = last = time.monotonic()
    longest = 0.0
    while time.monotonic() - began < seconds:
        with contextlib.suppress(OSError, http.client.HTTPException):
            status = visitor.ask("/messagerie/")
            assert status not in (302, 403), "signed out"
            if status == 200:
                longest, last = max(longest, time.monotonic() - last), time.monotonic()
        time.sleep(0.1)
    return max(longest, time.monotonic() - last)


def shows(visitor: Visitor) -> bool:
    with contextlib.suppress(OSError, http.client.HTTPException):
        return visitor.reads_mail()
    return False
