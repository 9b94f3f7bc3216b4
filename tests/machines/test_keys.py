"""The keys that sign what leaves give way to others while people write: every letter is believed."""

import re
import threading
import time

import pytest
from tests.machines import academy
from tests.machines.academy import Agent, Client
from tests.machines.machine import Machine
from tests.machines.world import World

pytestmark = [pytest.mark.machines, pytest.mark.timeout(7200)]

EVERY_SECONDS = 1.0
WITHIN_SECONDS = 150  # a resolver remembers for a minute what was not there
# The day for which a record is seen before its key signs has passed.
A_DAY_LATER = "UPDATE dkim_dkimkey SET seen_at = seen_at - interval '25 hours' WHERE active_at IS NULL"
VERDICT = re.compile(r"\bdkim=(\w+)")
SIGNED_BY = re.compile(r"^DKIM-Signature:.*?\bd=ac-essai\.test;.*?\bs=(\w+);", re.M)


class Letters(threading.Thread):
    """One a second, by two agents in turn, to a server that verifies. `sent`: their subjects."""

    def __init__(self, client: Client, agents: tuple[Agent, ...]) -> None:
        super().__init__(daemon=True)
        self._client, self._agents, self._end = client, agents, threading.Event()
        self._leaves = threading.Condition()
        self.sent: list[str] = []
        self.failures: list[str] = []

    def run(self) -> None:
        while not self._end.wait(EVERY_SECONDS):
            subject = f"Cle {len(self.sent):03d}"
            try:
                self._client.send(self._agents[len(self.sent) % 2], "prof@monde.test", subject)
            except OSError as error:
                self.failures.append(repr(error))
            else:
                with self._leaves:
                    self.sent.append(subject)
                    self._leaves.notify_all()

    def __enter__(self) -> "Letters":
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._end.set()
        self.join()

    def wait_for_more(self, number: int) -> None:
        with self._leaves:
            wanted = len(self.sent) + number
            assert self._leaves.wait_for(lambda: len(self.sent) >= wanted, WITHIN_SECONDS), self.failures


def test_keys_give_way_to_others_and_every_letter_is_believed(
    published: World, installed: Machine, client: Client, agents: tuple[Agent, ...]
) -> None:
    former = in_use(installed)
    with Letters(client, agents) as letters:
        letters.wait_for_more(5)
        installed.must("vaguemestre", "dkim", "rotate")
        letters.wait_for_more(5)  # the next ones are published nowhere, and do not sign
        published.publish_anew(installed.must("vaguemestre", "dns"), installed)
        deadline = time.monotonic() + WITHIN_SECONDS
        while installed.run("vaguemestre", "dkim", "publish-check").returncode:
            assert time.monotonic() < deadline, "the records are not seen"
            time.sleep(2)  # a resolver tells nobody that it forgot
        assert in_use(installed) == former  # seen, not yet for a day
        installed.must(*academy.PSQL, A_DAY_LATER)
        installed.must("vaguemestre", "dkim", "publish-check")
        letters.wait_for_more(10)
    assert letters.failures == []
    newer = in_use(installed)
    assert len(newer) == len(former) == 2
    assert not newer & former
    messages = [published.received(subject) for subject in letters.sent]
    assert {verdict for message in messages for verdict in VERDICT.findall(message)} == {"pass"}
    assert {key for message in messages for key in SIGNED_BY.findall(message)} == former | newer


def in_use(machine: Machine) -> set[str]:
    """The selectors of the keys that sign."""
    listed = machine.must("vaguemestre", "dkim", "list")
    return set(re.findall(r"^  (\w+) \(\S+\) : en service", listed, re.M))
