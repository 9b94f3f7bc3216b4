"""Whatever is killed at whatever step of a sending, the outside receives each message, taken by Postfix once.

What a server outside is handed again under that one queue identifier, nobody can spare it (RFC 1047).
"""

import json
import os
import random
import secrets
import signal
import subprocess
import time
from collections import Counter
from collections.abc import Callable, Iterator
from functools import partial

import pytest
from playwright.sync_api import APIRequestContext, APIResponse, Error, Page
from tests.journeys.conftest import Instance, wait_until
from tests.journeys.cuts import counted, counted_subjects, header_subject, taken_as
from tests.journeys.seen import sign_in

pytestmark = [pytest.mark.engines, pytest.mark.browser]
SEED = 20261125
VICTIMS = ("worker", "postfix", "dovecot", "web")
STEPS = ("asked", "held", "queued", "submitted")  # « asked »: while « Envoyer » is on its way


@pytest.fixture
def battered(instance: Instance) -> Iterator[Instance]:
    """The instance, handed on to the next test only once it stands again."""
    yield instance
    wait_until((instance.home / "run" / "ready.json").exists, 90)


def kill(instance: Instance, name: str) -> bool:
    """Whether somebody of that name died of it: one dead already may not be known as such yet."""
    running = json.loads((instance.home / "run" / "children.json").read_text())
    for child in running["children"]:
        if child["name"] == name and child["state"] == "ready":
            try:
                os.kill(child["pid"], signal.SIGKILL)
            except ProcessLookupError:
                return False
            return True
    return False


def asked(act: Callable[[], APIResponse]) -> APIResponse | None:
    """The answer, or None while the web server is away or says that an engine is."""
    try:
        answer = act()
    except Error:
        return None
    return answer if answer.ok else None


def copies_outside(instance: Instance, tag: str) -> Counter[tuple[str, str]]:
    """How many copies of each subject were delivered, by the queue identifier under which Postfix took it."""
    return counted(
        instance, "outside", "INBOX", tag, lambda header: (header_subject(header), taken_as(header))
    )


def is_quiet(instance: Instance) -> bool:
    """Whether everything stands again, and nothing of the teacher's waits that would arrive later."""
    children = json.loads((instance.home / "run" / "children.json").read_text())["children"]
    stands = all(child["state"] == "ready" for child in children if child["name"] in VICTIMS)
    argv = ["postqueue", "-c", str(instance.home / "engines" / "postfix"), "-j"]
    listed = subprocess.run(argv, capture_output=True, text=True, check=False)
    is_listed = stands and listed.returncode == 0
    return is_listed and instance.account("teacher")["address"] not in listed.stdout


class Sender:
    """Somebody whose composer sends again until it is told that its message is kept."""

    def __init__(self, instance: Instance, page: Page, tag: str) -> None:
        self.instance, self.tag, self.keys = instance, tag, list[str]()
        teacher = instance.account("teacher")
        sign_in(page, instance.web, teacher["username"], teacher["password"])
        page.goto(f"{instance.web}/messagerie/ecrire/")
        token = page.locator('meta[name="csrf"]').get_attribute("content") or ""
        self.headers = {"Accept": "application/json", "X-CSRFToken": token, "Referer": instance.web}
        self.web: APIRequestContext = page.request

    def send(self) -> str:
        key = secrets.token_hex(16)
        self.keys.append(key)
        wait_until(partial(self._hand_over, len(self.keys), key), 60)
        return key

    def state_of(self, key: str) -> str:
        address = f"{self.instance.web}/messagerie/ecrire/{key}/etat/?attempt=1"
        answer = asked(lambda: self.web.get(address, headers=self.headers))
        return str(answer.json()["state"]) if answer else "away"

    def _hand_over(self, number: int, key: str) -> APIResponse | None:
        fields = {
            "to": "parent@dehors.example",
            "subject": f"{self.tag} {number}",
            "html": "<p>x</p>",
            "attempt": "1",
            "now": "1",
        }
        address = f"{self.instance.web}/messagerie/ecrire/{key}/envoyer/"
        return asked(lambda: self.web.post(address, form=fields, headers=self.headers))  # type: ignore[arg-type]


class Deaths:
    """How many are still owed to each step, dealt out as messages are seen there: one a step and a round.

    Killed over and over, the next try is put off further each time, and all one would see is patience.
    """

    def __init__(self, instance: Instance, each: int) -> None:
        self._instance, self._drawn = instance, random.Random(SEED)
        self.owed = Counter(dict.fromkeys(STEPS, each))
        self.told: list[str] = []  # each death, for whoever reads a failure
        self._struck: set[str] = set()

    def next_round(self) -> None:
        self._struck.clear()

    def strike(self, step: str) -> None:
        if step in self._struck or self.owed[step] < 1:
            return
        victim = self._drawn.choice(VICTIMS)
        if kill(self._instance, victim):
            self.told.append(f"{time.strftime('%H:%M:%S')} {victim} at « {step} »")
            self._struck.add(step)
            self.owed[step] -= 1

    def all_filed(self, sender: Sender, keys: list[str]) -> bool:
        states = [sender.state_of(key) for key in keys]
        for step in set(states) & set(STEPS):
            self.strike(step)
        return set(states) == {"filed"}


def assert_few_handed_again(copies: Counter[tuple[str, str]], deaths: Deaths) -> None:
    """What was being delivered when an engine died may be handed over again, once."""
    again = {key: count for key, count in copies.items() if count > 1}
    engines = [death for death in deaths.told if " postfix " in death or " dovecot " in death]
    assert len(again) <= len(engines), f"{again} {deaths.told}"
    assert set(again.values()) <= {2}, f"{again} {deaths.told}"


@pytest.mark.timeout(3600)
def test_one_copy_whatever_is_killed(
    battered: Instance, page: Page, how_many: Callable[[int, int], int]
) -> None:
    tag = secrets.token_hex(4)
    sender, deaths = Sender(battered, page, tag), Deaths(battered, how_many(1, 50))
    most = how_many(2, 200)
    while +deaths.owed and len(sender.keys) < 4 * most:
        keys = []
        deaths.next_round()
        for _ in range(4):
            deaths.strike("asked")
            keys.append(sender.send())
        wait_until(partial(deaths.all_filed, sender, keys), how_many(240, 600))
    assert most == 2 or not +deaths.owed  # in the long campaign each step has its fifty
    expected = Counter({f"{tag} {number + 1}": 1 for number in range(len(sender.keys))})
    wait_until(lambda: {subject for subject, _ in copies_outside(battered, tag)} >= expected.keys(), 90)
    wait_until(lambda: is_quiet(battered), 90)
    copies = copies_outside(battered, tag)
    assert Counter(subject for subject, _ in copies) == expected, f"taken twice: {copies}; {deaths.told}"
    # killed before it notes the word of Dovecot, Postfix asks again; Dovecot keeps one, if it noted the first
    assert_few_handed_again(copies, deaths)
    assert counted_subjects(battered, "teacher", "Sent", tag) == expected, deaths.told
    assert counted_subjects(battered, "teacher", "Drafts", tag) == Counter(), deaths.told
