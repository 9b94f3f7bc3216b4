"""Whatever is killed while messages leave, the outside receives exactly one copy of each."""

import json
import os
import random
import secrets
import signal
from collections import Counter
from collections.abc import Callable
from functools import partial

import pytest
from playwright.sync_api import APIRequestContext, APIResponse, Error, Page
from tests.journeys.conftest import Instance, wait_until
from tests.journeys.seen import imap, sign_in

pytestmark = [pytest.mark.engines, pytest.mark.browser]
SEED = 20261125
VICTIMS = ("worker", "postfix", "dovecot", "web")


def kill(instance: Instance, name: str) -> None:
    running = json.loads((instance.home / "run" / "children.json").read_text())
    for child in running["children"]:
        if child["name"] == name and child["state"] == "ready":
            os.kill(child["pid"], signal.SIGKILL)


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


@pytest.mark.timeout(600)
def test_one_copy_whatever_is_killed(
    instance: Instance, page: Page, how_many: Callable[[int, int], int]
) -> None:
    drawn, tag, count = random.Random(SEED), secrets.token_hex(4), how_many(6, 200)
    teacher = instance.account("teacher")
    sign_in(page, instance.web, teacher["username"], teacher["password"])
    page.goto(f"{instance.web}/messagerie/ecrire/")
    token = page.locator('meta[name="csrf"]').get_attribute("content") or ""
    headers = {"Accept": "application/json", "X-CSRFToken": token, "Referer": instance.web}
    web: APIRequestContext = page.request
    keys = [secrets.token_hex(16) for _ in range(count)]

    def hand_over(number: int, key: str) -> APIResponse | None:
        fields = {
            "to": "parent@dehors.example",
            "subject": f"{tag} {number}",
            "html": "<p>x</p>",
            "attempt": "1",
        }
        address = f"{instance.web}/messagerie/ecrire/{key}/envoyer/"
        return asked(lambda: web.post(address, form=fields, headers=headers))

    for number, key in enumerate(keys):
        kill(instance, drawn.choice(VICTIMS))
        wait_until(partial(hand_over, number, key), 60)

    def state_of(key: str) -> str:
        address = f"{instance.web}/messagerie/ecrire/{key}/etat/?attempt=1"
        answer = asked(lambda: web.get(address, headers=headers))
        return str(answer.json()["state"]) if answer else "away"

    def states() -> Counter[str]:
        return Counter(state_of(key) for key in keys)

    for _ in range(how_many(3, 60)):
        kill(instance, drawn.choice(VICTIMS[:3]))
        page.wait_for_timeout(drawn.randrange(500, 4000))
    wait_until(lambda: states() == {"filed": count}, 240)
    expected = Counter({f"Subject: {tag} {number}": 1 for number in range(count)})
    assert wait_until(lambda: subjects(instance, "outside", "INBOX", tag) == expected, 60)
    assert subjects(instance, "teacher", "Sent", tag) == expected
    assert subjects(instance, "teacher", "Drafts", tag) == Counter()
