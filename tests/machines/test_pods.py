"""A pod that two machines can serve: one loses its power, the other goes on with the mail."""

import contextlib
import imaplib
import smtplib
import sys
import threading
import time
from collections.abc import Iterator

import pytest
from tests.machines import academy, conftest, nodes, pods
from tests.machines.academy import Agent, Client
from tests.machines.pods import MAIL, MountWatch, Pods, comes
from tests.machines.power import PowerSwitch

from vaguemestre.engines.tls.certificates import Certificates

pytestmark = [pytest.mark.machines, pytest.mark.timeout(7200)]

AWAY_SECONDS = 60  # the mail of a pod, at most
EVERY_SECONDS = 0.5  # a message from outside
ARRIVE_SECONDS = 300


@pytest.fixture(scope="module")
def cluster(authority: Certificates) -> Iterator[Pods]:
    machines = pods.new_machines(is_kept=conftest.KEPT)
    with PowerSwitch(machines).answering() as switch:
        cluster = Pods(machines, switch, authority)
        try:
            pods.install_all(cluster)
            cluster.agents = academy.open_agents(cluster.front)
            for agent in cluster.agents:
                cluster.client.wait_until_signed_in(agent)
            yield cluster
        finally:
            for machine in machines.values():
                machine.cut() if conftest.KEPT else machine.destroy()


class Deliveries(threading.Thread):
    """Numbered messages from outside to people in turn. `taken`: those that the front answered for."""

    def __init__(self, client: Client, recipients: list[str]) -> None:
        super().__init__(daemon=True)
        self._client, self._recipients, self._end = client, recipients, threading.Event()
        self.taken: list[str] = []
        self.refused: list[str] = []

    def run(self) -> None:
        number = 0
        while not self._end.wait(EVERY_SECONDS):
            number += 1
            self._deliver(number)

    def _deliver(self, number: int) -> None:
        recipient = self._recipients[number % len(self._recipients)]
        message_id = f"<{time.time_ns()}.{number}@dehors.example>"
        text = (
            f"From: quelqu.un.{number % 50}@dehors.example\r\nTo: {recipient}\r\n"
            f"Subject: numero {number}\r\nMessage-ID: {message_id}\r\n\r\nBonjour.\r\n"
        )
        try:
            with smtplib.SMTP(self._client.machine.address, 25, "dehors.example", timeout=60) as server:
                server.sendmail(f"quelqu.un.{number % 50}@dehors.example", [recipient], text)
        except (OSError, smtplib.SMTPException) as error:
            self.refused.append(repr(error))
        else:
            self.taken.append(message_id)

    def __enter__(self) -> "Deliveries":
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._end.set()
        self.join()


def opens_mailbox(client: Client, reader: Agent) -> bool:
    """Whether a mail program that begins now sees its messages."""
    with contextlib.suppress(imaplib.IMAP4.error, OSError), academy.open_imaps(client) as server:
        server.sock.settimeout(10)
        server.login(reader.address, reader.password)
        return server.select(readonly=True)[0] == "OK"
    return False


def time_away(client: Client, reader: Agent, until: float) -> float:
    """Seconds between two mail programs that could read, at most, until that time has passed."""
    last, longest = time.monotonic(), 0.0
    while time.monotonic() < until or not longest:
        if opens_mailbox(client, reader):
            longest, last = max(longest, time.monotonic() - last), time.monotonic()
        time.sleep(0.2)  # how often a mail program tries
    return max(longest, time.monotonic() - last)


def test_each_machine_is_what_the_file_says(cluster: Pods) -> None:
    for name, machine in cluster.machines.items():
        assert nodes.left_to_do(machine) == [], name


def test_one_machine_has_the_mail_and_the_other_nothing_of_it(cluster: Pods) -> None:
    server = cluster.server()
    other = cluster.machines[cluster.other(server)]
    assert cluster.holders() == [server]
    assert other.must("ls", "-A", MAIL) == ""
    assert f" {pods.POD}/" not in other.must("ip", "-4", "-o", "address")
    for process in ("dovecot", "mail-agent", "push"):
        state = other.run("systemctl", "is-active", f"vaguemestre-{process}").stdout.strip()
        assert state == "inactive", process


def test_mail_is_sent_and_read(cluster: Pods) -> None:
    author, reader = cluster.agents
    cluster.client.send(author, reader.address, "Par le groupe")
    assert cluster.client.received(reader, "Par le groupe")["From"] == author.address


def test_nothing_of_the_pod_starts_by_hand_where_it_is_not(cluster: Pods) -> None:
    other = cluster.machines[cluster.other(cluster.server())]
    assert other.run("systemctl", "start", "vaguemestre-dovecot").returncode != 0
    assert other.run("systemctl", "is-active", "vaguemestre-storage").stdout.strip() != "active"
    assert cluster.holders() == [cluster.server()]


def test_a_second_machine_that_mounts_the_folder_is_refused_by_its_lock(cluster: Pods) -> None:
    """What fencing is there to prevent; only somebody's hand can do it here."""
    server = cluster.server()
    other = cluster.machines[cluster.other(server)]
    other.must("mount", "--bind", "/srv/shared/p1", MAIL)
    try:
        started = other.run("systemctl", "start", "vaguemestre-dovecot")
        assert started.returncode != 0
        assert f"another machine holds {MAIL}: {server} " in other.must(
            "journalctl", "-u", "vaguemestre-storage"
        )
        assert opens_mailbox(cluster.client, cluster.agents[1])
    finally:
        other.run("systemctl", "stop", "vaguemestre-storage")
        other.must("umount", MAIL)
        other.run("systemctl", "reset-failed")


def test_the_pod_goes_on_elsewhere_when_the_power_of_its_machine_is_cut(cluster: Pods) -> None:
    reader = cluster.agents[1]
    recipients = academy.addresses(cluster.front)
    first = cluster.server()
    second = cluster.other(first)
    with MountWatch(cluster) as watch, Deliveries(cluster.client, recipients) as deliveries:
        comes(lambda: len(deliveries.taken) > 10)
        cluster.switch.cut(first)
        away = time_away(cluster.client, reader, time.monotonic() + 90)
        comes(lambda: cluster.server() == second)
    sys.stdout.write(f"\nmail away for {away:.1f} s; {len(deliveries.taken)} messages taken meanwhile\n")
    assert [name for name, _ in cluster.switch.cuts] == [first], "another one was cut, or none before"
    assert watch.together == []
    assert deliveries.refused == []
    assert all_arrive_once(cluster, recipients, deliveries.taken)
    assert away < AWAY_SECONDS


def test_the_machine_comes_back_and_takes_nothing(cluster: Pods) -> None:
    server = cluster.server()
    back = cluster.machines[cluster.other(server)]
    with MountWatch(cluster) as watch:
        back.boot()
        comes(lambda: back.name in members(cluster))
        assert opens_mailbox(cluster.client, cluster.agents[1])
        assert cluster.server() == server
    assert watch.together == []
    assert nodes.left_to_do(back) == []


def members(cluster: Pods) -> list[str]:
    """The machines that Pacemaker sees, as the one with the pod tells."""
    asked = cluster.machines[cluster.server()].must("crm_node", "--partition")
    return asked.split()


def all_arrive_once(cluster: Pods, mailboxes: list[str], expected: list[str]) -> bool:
    """Whether each of these messages is in one mailbox, once, after a while."""
    machine = cluster.machines[cluster.server()]
    deadline = time.monotonic() + ARRIVE_SECONDS
    while True:
        copies = academy.message_ids(machine, mailboxes)
        counts = [copies[message_id] for message_id in expected]
        assert max(counts) <= 1, "doubled"
        if min(counts) == 1:
            return True
        assert time.monotonic() < deadline, f"{counts.count(0)} of {len(counts)} lost"
        time.sleep(5)  # each look asks the machine for every mailbox
