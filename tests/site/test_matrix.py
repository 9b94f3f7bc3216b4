"""Every role on every address, and on what is another's: each comes where it may and reads its own."""

from collections import Counter
from collections.abc import Iterable, Iterator
from urllib.parse import urlencode

import pytest
from django.db import transaction
from tests.answers import PageAnswer
from tests.drawn import some_of
from tests.mailbox.sorting.samples import memory_sieve
from tests.site.belonging import belongings
from tests.site.doors import OPEN, SIGNED, audiences
from tests.site.doorways import ROLES, Doorway, People, doorways, people
from tests.site.owned import SECRETS, VERBS, Belonging, as_ever

from vaguemestre.post.mailstore.ports import open_mailbox

AWAY = {"anonymous": (401, 403, 404, 405), "others": (403, 404, 405)}


TRIED = 2  # of those who have no business there, of each thing


@pytest.fixture
def crowd(db: None) -> Iterator[People]:
    before, made = open_mailbox.get(), people()
    open_mailbox.replace(made.boxes)
    with memory_sieve():
        yield made
    open_mailbox.replace(before)


def test_every_address_says_whom_it_lets_in() -> None:
    known, told = {one.name for one in doorways()}, set(audiences())
    assert known - told == set(), "say who may come to these addresses, in tests/site/doors.py"
    assert told - known == set(), "these addresses are gone: remove them from tests/site/doors.py"


@pytest.mark.heavy
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


@pytest.mark.heavy
def test_every_parameter_of_an_address_has_something_to_name(crowd: People) -> None:
    told, things = audiences(), list(belongings(crowd))
    bare = [
        f"{door.name}: {name}"
        for door in doorways()
        for name, _ in door.parameters
        if name not in VERBS
        and not (told[door.name] == OPEN and SECRETS & {one for one, _ in door.parameters})
        and not any(thing.fills(door, name) for thing in things)
    ]
    assert not bare, "give these something of somebody's to name, in tests/site/belonging*.py"


@pytest.mark.heavy
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
@pytest.mark.parametrize("role", [*ROLES, "victim"])
def test_nobody_reads_what_is_anothers_by_any_address_search_or_error(crowd: People, role: str) -> None:
    doors, browser = list(doorways()), crowd.browser(role)
    things = things_for(role, crowd)
    readings: Counter[tuple[str, str]] = Counter()
    breaches = []
    for address, asked_for in things_by_address(doors, things).items():
        answer = browser.get(address)
        if answer.status_code == 500:
            breaches.append(f"{address} fails for {role}")
        text = text_of(answer)
        for thing in asked_for:
            if thing.words == "" or thing.words not in text:
                continue
            readings[thing.room, thing.words] += 1
            if role not in thing.seen_by:
                breaches.append(f"{role} reads « {thing.words} » at {address}")
    assert breaches == []
    unread = [
        f"{role} finds « {thing.words} » nowhere in {thing.room}: the test proves nothing"
        for thing in things
        if role in thing.seen_by and thing.words and not readings[thing.room, thing.words]
    ]
    assert unread == []


@pytest.mark.heavy
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
@pytest.mark.parametrize("role", ROLES)
def test_nobody_changes_what_is_anothers_by_any_address_or_form(crowd: People, role: str) -> None:
    """Told that there is no such thing, or answered as ever: nothing of it is read, nothing of it changes."""
    doors, browser, breaches = list(doorways()), crowd.browser(role), []
    for thing in things_for(role, crowd):
        if role in thing.seen_by or thing.state is as_ever:
            continue
        for door in doors:
            if not thing.is_at(door):
                continue
            before = thing.state()
            answer = browser.post(address_of(door, thing), thing.sent)
            if thing.state() != before:
                breaches.append(f"{role} changes « {thing.words} » at {door.name} ({thing.ids})")
            if thing.words and thing.words in text_of(answer):
                breaches.append(f"{role} reads « {thing.words} » in the answer of {door.name}")
            if answer.status_code == 200 and thing.words == "" and door.parameters:
                breaches.append(f"{role} got {answer.status_code} from {door.name}")
    assert breaches == []


@pytest.mark.heavy
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_each_address_knows_its_things_when_their_own_ask(crowd: People) -> None:
    """Else the refusals of the other tests would be those of addresses that name nothing."""
    told, unknown = audiences(), []
    doors, things = list(doorways()), list(belongings(crowd))
    for door in doors:
        tried = [(one, role) for one in things if one.is_at(door) for role in sorted(one.seen_by)]
        met = {role for _, role in tried} & (told[door.name] | {"victim"})
        if tried and not any(_is_known(crowd, role, door, thing) for thing, role in tried if role in met):
            unknown.append(door.name)
    assert unknown == []


def things_for(role: str, crowd: People) -> list[Belonging]:
    """What that role is tried on: each thing meets one of those who see it, and some of the others."""
    everybody, tried = [*ROLES, "victim"], []
    for place, thing in enumerate(belongings(crowd)):
        seers = [one for one in everybody if one in thing.seen_by]
        others = [one for one in everybody if one not in thing.seen_by]
        if role in some_of(seers, 1, "seers", place) + some_of(others, TRIED, "others", place):
            tried.append(thing)
    return tried


def _doors() -> Iterator[tuple[Doorway, frozenset[str]]]:
    told = audiences()
    for door in doorways():
        if door.name in told:
            yield door, told[door.name]


def _is_known(crowd: People, role: str, door: Doorway, thing: Belonging) -> bool:
    """Whether the address finds it; what the answer to a form changed is put back."""
    browser, address = crowd.browser(role), address_of(door, thing)
    answer = browser.get(address)
    if answer.status_code != 405:
        return answer.status_code not in (403, 404)
    before, point = thing.state(), transaction.savepoint_create()
    answer = browser.post(address, thing.sent)
    is_known = answer.status_code not in (403, 404, 405) or thing.state() != before
    transaction.savepoint_rollback(point)
    return is_known


def address_of(door: Doorway, thing: Belonging) -> str:
    query = f"?{urlencode(thing.asked)}" if thing.asked else ""
    return f"{thing.within}{door.address(**thing.ids)}{query}"


def addresses_of(doors: list[Doorway], thing: Belonging) -> Iterator[str]:
    """Of its room: with its ids where they are asked for, else with how its words begin searched for."""
    for door in doors:
        if not thing.is_in_room_of(door):
            continue
        if door.parameters:
            yield address_of(door, thing)
            continue
        asked = urlencode({"q": thing.words[:-2], **thing.asked})
        yield f"{thing.within}{door.address()}?{asked}"


def things_by_address(doors: list[Doorway], things: Iterable[Belonging]) -> dict[str, list[Belonging]]:
    """Each address once, with all that may be read there: several things have one where neither is named."""
    found: dict[str, list[Belonging]] = {}
    for thing in things:
        for address in addresses_of(doors, thing):
            found.setdefault(address, []).append(thing)
    return found


def text_of(answer: PageAnswer) -> str:
    content = b"".join(answer) if answer.streaming else answer.content
    return content.decode(errors="replace")


def _asks_to_sign_in(answer: PageAnswer) -> bool:
    return answer.status_code == 302 and answer["Location"].startswith("/alogin?next=")


def _is_shut(answer: PageAnswer, door: Doorway) -> bool:
    """Refused though nothing of anybody's was asked for."""
    return answer.status_code == 403 and not door.parameters


def _is_away(answer: PageAnswer, role: str) -> bool:
    if role == "anonymous" and _asks_to_sign_in(answer):
        return True
    return answer.status_code in AWAY["anonymous" if role == "anonymous" else "others"]
