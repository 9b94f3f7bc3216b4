"""Every role on every address, and on what is another's: each comes where it may and reads its own."""

from collections import Counter
from collections.abc import Iterator

import pytest
from django.http import HttpResponse
from tests.site.belonging import Belonging, belongings
from tests.site.doors import SIGNED, audiences
from tests.site.doorways import ROLES, Doorway, People, doorways, people

AWAY = {"anonymous": (401, 403, 404, 405), "others": (403, 404, 405)}


@pytest.fixture
def crowd(db: None) -> People:
    return people()


def test_every_address_says_whom_it_lets_in() -> None:
    known, told = {one.name for one in doorways()}, set(audiences())
    assert known - told == set(), "say who may come to these addresses, in tests/site/doors.py"
    assert told - known == set(), "these addresses are gone: remove them from tests/site/doors.py"


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
@pytest.mark.parametrize("role", ROLES)
def test_a_role_comes_where_it_may_and_nowhere_else(crowd: People, role: str) -> None:
    browser, breaches = crowd.browser(role), []
    for door, audience in _doors():
        address = door.address()
        answer = browser.get(address)
        if role in audience:
            if (
                _is_away(answer, role)
                and answer.status_code == 403
                and not door.parameters
                and audience <= SIGNED
            ):
                breaches.append(f"{door.name}: {role} should come in, got {answer.status_code}")
            if audience <= SIGNED and _asks_to_sign_in(answer):
                breaches.append(f"{door.name}: {role} is sent to sign in")
        else:
            answers = [answer, browser.post(address)]
            breaches += [
                f"{door.name}: {role} got {one.status_code}" for one in answers if not _is_away(one, role)
            ]
    assert breaches == []


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_nobody_reads_what_is_anothers_by_any_address_search_or_error(crowd: People) -> None:
    doors = list(doorways())
    things = list(belongings(crowd))
    readers: Counter[tuple[str, str, str]] = Counter()
    breaches = []
    for role in (*ROLES, "victim"):
        browser = crowd.browser(role)
        for thing in things:
            for address in _addresses(doors, thing):
                if thing.words not in _text(browser.get(address)):
                    continue
                readers[thing.room, thing.words, role] += 1
                if role not in thing.seen_by:
                    breaches.append(f"{role} reads « {thing.words} » at {address}")
    assert breaches == []
    unread = [
        f"{role} finds « {thing.words} » nowhere in {thing.room}: the test proves nothing"
        for thing in things
        for role in thing.seen_by
        if not readers[thing.room, thing.words, role]
    ]
    assert unread == []


def _doors() -> Iterator[tuple[Doorway, frozenset[str]]]:
    told = audiences()
    for door in doorways():
        if door.name in told:
            yield door, told[door.name]


def _addresses(doors: list[Doorway], thing: Belonging) -> Iterator[str]:
    """Of its room: with its ids where they are asked for, else with how its words begin searched for."""
    for door in doors:
        if door.name.partition(":")[0] != thing.room:
            continue
        address = door.address(**thing.ids)
        yield address if door.parameters else f"{address}?q={thing.words[:-2]}"


def _text(answer: HttpResponse) -> str:
    content = b"".join(answer.streaming_content) if answer.streaming else answer.content
    return content.decode(errors="replace")


def _asks_to_sign_in(answer: HttpResponse) -> bool:
    return answer.status_code == 302 and answer["Location"].startswith("/alogin?next=")


def _is_shut(answer: HttpResponse, door: Doorway) -> bool:
    """Refused though nothing of anybody's was asked for."""
    return answer.status_code == 403 and not door.parameters


def _is_away(answer: HttpResponse, role: str) -> bool:
    if role == "anonymous" and _asks_to_sign_in(answer):
        return True
    return answer.status_code in AWAY["anonymous" if role == "anonymous" else "others"]
