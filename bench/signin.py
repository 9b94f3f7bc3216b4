"""Monday morning, somebody who guesses, and how long answers take. See README.md.

PYTHONPATH=src .venv/bin/python bench/signin.py storm|spray|times --home HOME [--count N] [--minutes M]

HOME: an instance that runs, with the demonstration's people; some of them are activated, some suspended.
"""

import argparse
import json
import os
import re
import secrets
import sys
import threading
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib import import_module
from pathlib import Path
from statistics import median, quantiles

PROJECT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(PROJECT), str(PROJECT / "src")]

from bench import people  # noqa: E402
from bench.web import Answer, Browser  # noqa: E402

AT_ONCE = 64  # browsers waiting together
WRONG = "ce-n-est-pas-le-bon-mot-27"


@dataclass(frozen=True)
class Took:
    """One try: what came of it, and milliseconds."""

    kind: str
    outcome: str
    ms: float


def wrong() -> str:
    """A secret nobody tried before: the same one again would be seen as a spray."""
    return f"{WRONG}-{secrets.token_hex(4)}"


class Desk:
    """The sign-in page of one instance, asked from any of the addresses of the loopback."""

    def __init__(self, port: int) -> None:
        self._port = port

    def browser(self, number: int = 0) -> Browser:
        """`number`: another network each."""
        source = f"127.{10 + number // 62_500}.{number // 250 % 250}.{1 + number % 250}" if number else ""
        return Browser("127.0.0.1", self._port, source=source)

    def enter(self, browser: Browser, name: str, secret: str) -> Answer:
        browser.get("/alogin")
        return browser.post("/alogin", {"username": name, "secret": secret})

    def identify(self, browser: Browser, numen: str, born: str) -> Answer:
        browser.get("/assistant/")
        return browser.post("/assistant/", {"numen": numen, "birth_date": born})


def outcome(answer: Answer) -> str:
    if answer.status == 302:
        return "in"
    text = answer.body.decode("utf-8", "replace")
    return "wait" if re.search(r"Trop d|[Rr]éessayez dans|[Pp]atientez", text) else f"refused {answer.status}"


def timed(kind: str, act: object) -> Took:
    start = time.perf_counter()
    try:
        said = outcome(act())  # type: ignore[operator]
    except (OSError, AssertionError) as error:
        said = f"error {type(error).__name__}"
    return Took(kind, said, (time.perf_counter() - start) * 1000)


def shown(taken: list[Took]) -> None:
    for kind in dict.fromkeys(one.kind for one in taken):
        own = sorted(one.ms for one in taken if one.kind == kind)
        cuts = quantiles(own, n=20) if len(own) > 1 else own * 19
        came = dict(Counter(one.outcome for one in taken if one.kind == kind))
        print(
            f"{kind:<34} {len(own):>5}  median {median(own):7.1f} ms  5 % {cuts[0]:7.1f}"
            f"  95 % {cuts[-1]:7.1f}  max {own[-1]:7.1f}  {came}"
        )


def storm(desk: Desk, count: int, minutes: float) -> None:
    """`count` people sign in over that time, evenly: each from a browser of their own."""
    held = people.ready(datetime.now(UTC), 150)
    browsers = [(threading.Lock(), desk.browser(1 + number)) for number in range(len(held))]
    pause, began = minutes * 60 / count, time.perf_counter()

    def one(number: int) -> Took:
        person = held[number % len(held)]
        turn, browser = browsers[number % len(held)]
        with turn:
            took = timed("sign-in", lambda: desk.enter(browser, person.username, people.PASSWORD))
            browser.leave()
        return took

    with ThreadPoolExecutor(AT_ONCE) as pool:
        waiting = []
        for number in range(count):
            late = began + number * pause - time.perf_counter()
            if late > 0:
                time.sleep(late)
            waiting.append(pool.submit(one, number))
        taken = [future.result() for future in waiting]
    took = time.perf_counter() - began
    shown(taken)
    wrong = sum(one.outcome != "in" for one in taken)
    print(f"{count} sign-ins in {took:.0f} s, {wrong} not in: {100 * wrong / count:.3f} %")


def spray(desk: Desk, count: int) -> None:
    """One secret tried on many accounts from one network; meanwhile their owners sign in from their own."""
    held = people.ready(datetime.now(UTC), 150)
    owners = [desk.browser(2_000 + number) for number in range(5)]
    for browser, person in zip(owners, held, strict=False):
        desk.enter(browser, person.username, people.PASSWORD)
    taken = []
    for number in range(count):
        name = held[number % len(held)].username
        taken.append(timed("guess", lambda name=name: desk.enter(desk.browser(1_999), name, WRONG)))
    for browser, person in zip(owners, held, strict=False):
        taken.append(
            timed(
                "owner, known browser", lambda b=browser, p=person: desk.enter(b, p.username, people.PASSWORD)
            )
        )
    shown(taken)
    looked = sum(one.kind == "guess" and one.outcome != "wait" for one in taken)
    print(f"{looked} guesses of {count} were looked at before the network had to wait")


def times(desk: Desk, count: int) -> None:
    """Refusals of every kind, interleaved, each from a network of its own: their times should be one."""
    now, each = datetime.now(UTC), count // 5
    active = people.ready(now, 150)[:100]
    strangers = [f"personne{secrets.token_hex(3)}" for _ in range(each)]
    pending, suspended, administrators, numens = _others(now, each)
    kinds = [
        (
            "wrong password",
            lambda n: desk.enter(desk.browser(5_000 + n), active[n % len(active)].username, wrong()),
        ),
        ("unknown name", lambda n: desk.enter(desk.browser(10_000 + n), strangers[n], wrong())),
        (
            "never activated",
            lambda n: desk.enter(desk.browser(15_000 + n), pending[n % len(pending)], wrong()),
        ),
        (
            "suspended",
            lambda n: desk.enter(desk.browser(20_000 + n), suspended[n % len(suspended)], wrong()),
        ),
        (
            "wrong password, administrator",
            lambda n: desk.enter(desk.browser(40_000 + n), administrators[n % len(administrators)], wrong()),
        ),
    ]
    shown([timed(kind, lambda a=act, n=n: a(n)) for n in range(each) for kind, act in kinds])
    kinds = [
        (f"NUMEN {kind}", lambda n, k=kind, own=own: desk.identify(
            desk.browser(25_000 + 3_000 * list(numens).index(k) + n),
            own[n % len(own)], "01/01/1901",
        ))
        for kind, own in numens.items()
    ]  # fmt: skip
    shown([timed(kind, lambda a=act, n=n: a(n)) for n in range(min(each, 90)) for kind, act in kinds])


def _others(now: datetime, each: int) -> tuple[list[str], list[str], list[str], dict[str, list[str]]]:
    """Names of people never activated, suspended, and made administrators; NUMEN of every kind."""
    queries = import_module("vaguemestre.people.credentials.queries")
    services = import_module("vaguemestre.people.credentials.services")
    directory = import_module("vaguemestre.people.directory.queries")
    keys = import_module("vaguemestre.people.directory.ports").numen_keys.get()
    transaction = import_module("django.db.transaction")
    academy = (
        import_module("vaguemestre.people.directory.models")
        .Academy.objects.values_list("pk", flat=True)
        .get()
    )
    known = sorted(queries.accounts_of_people(academy).items())
    pending = [(person, account) for person, (account, state) in known if state == "pending"]
    opened = [person for person, (_, state) in known if state == "active"]
    names = queries.usernames_of([account for _, account in pending])
    active = [account for _, (account, state) in known if state == "active"]
    chosen, made = active[-40:-20], active[-20:]
    with transaction.atomic(durable=True):
        services.change_states(chosen, "suspend", by="system", now=now)
        for account in made:
            services.give_role(account, "administrator", by="system", now=now)
    for account in made:  # the heavier hash, as their next sign-in would leave it
        password_hash = services.hash_password(people.PASSWORD, "administrator")
        with transaction.atomic(durable=True):
            services.save_rehash(account, password_hash)
    suspended = list(queries.usernames_of(chosen).values())
    administrators = list(queries.usernames_of(made).values())
    blocked = set(chosen)

    def numens_of(persons: list[int]) -> list[str]:
        read = (directory.current_numen(person, keys) for person in persons[-90:])
        return [one.text for one in read if one]

    shut = numens_of([person for person, (account, _) in known if account in blocked])
    never = numens_of([person for person, _ in pending])
    unknown = [text[:-3] + secrets.choice("ABCDEFGH") * 3 for text in never]
    return (
        [names[account] for _, account in pending],
        suspended,
        administrators,
        {"unknown": unknown, "never activated": never, "activated": numens_of(opened), "blocked": shut},
    )


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("what", choices=("storm", "spray", "times"))
    parser.add_argument("--home", type=Path, required=True)
    parser.add_argument("--count", type=int)
    parser.add_argument("--minutes", type=float, default=5)
    given = parser.parse_args()
    os.environ |= {
        "VAGUEMESTRE_HOME": str(given.home.resolve()),
        "DJANGO_SETTINGS_MODULE": "vaguemestre.site.settings",
    }
    port = int(json.loads((given.home / "run" / "ready.json").read_text())["web"].rpartition(":")[2])
    desk = Desk(port)
    match given.what:
        case "storm":
            storm(desk, given.count or 5000, given.minutes)
        case "spray":
            spray(desk, given.count or 150)
        case _:
            times(desk, given.count or 400)


if __name__ == "__main__":
    main()
