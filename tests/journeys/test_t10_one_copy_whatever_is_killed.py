"""Whatever is killed at whatever step of a sending, the outside receives exactly one copy of each message."""

import json
import os
import random
import re
import secrets
import signal
from collections import Counter
from collections.abc import Callable, Iterator
from functools import partial

import pytest
from playwright.sync_api import APIRequestContext, APIResponse, Error, Page
from tests.journeys.conftest import Instance, wait_until
from tests.journeys.seen import imap, sign_in

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


def subjects(instance: Instance, role: str, folder: str, tag: str) -> Counter[str]:
    with imap(instance, instance.account(role)) as client:
        client.select(folder)
        _, found = client.uid("SEARCH", "SUBJECT", f'"{tag}"')
        uids = found[0].decode().split()
        fetched = [client.uid("FETCH", uid, "(BODY.PEEK[HEADER.FIELDS (SUBJECT)])")[1][0][1] for uid in uids]
    return Counter(header.decode().strip() for header in fetched)


def queued_once(instance: Instance, keys: list[str]) -> bool:
    """Whether each message was handed to Postfix in one whole copy: one identifier its queue manager saw."""
    log = (instance.home / "logs" / "postfix.log").read_text(errors="replace")
    managed = set(re.findall(r"/qmgr\[\d+\]: (\w+): from=", log))
    read = re.findall(r"/cleanup\[\d+\]: (\w+): message-id=<(\w+)\.1@", log)
    whole = Counter(key for queue_id, key in set(read) if queue_id in managed)
    return all(whole[key] == 1 for key in keys)


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
        self._struck: set[str] = set()

    def next_round(self) -> None:
        self._struck.clear()

    def strike(self, step: str) -> None:
        if step in self._struck or self.owed[step] < 1:
            return
        victim = self._drawn.choice(VICTIMS)
        if kill(self._instance, victim):
            self._struck.add(step)
            self.owed[step] -= 1

    def all_filed(self, sender: Sender, keys: list[str]) -> bool:
        states = [sender.state_of(key) for key in keys]
        for step in set(states) & set(STEPS):
            self.strike(step)
        return set(states) == {"filed"}


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
    expected = Counter({f"Subject: {tag} {number + 1}": 1 for number in range(len(sender.keys))})
    assert wait_until(lambda: +(expected - subjects(battered, "outside", "INBOX", tag)) == Counter(), 90)
    assert queued_once(battered, sender.keys)
    # killed before it notes the word of Dovecot, Postfix asks again (RFC 1047): Dovecot keeps one
    assert subjects(battered, "outside", "INBOX", tag) == expected
    assert subjects(battered, "teacher", "Sent", tag) == expected
    assert subjects(battered, "teacher", "Drafts", tag) == Counter()
