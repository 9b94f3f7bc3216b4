"""One shell: the same header, rail, side column and surface around every page of every role."""

import re
from collections.abc import Iterator

import pytest
from tests.answers import PageAnswer
from tests.journeys import pages as looked_at
from tests.mailbox.sorting.samples import memory_sieve
from tests.site.belonging import belongings
from tests.site.doors import audiences
from tests.site.doorways import ROLES, Doorway, People, doorways, people
from tests.site.test_matrix import address_of, text_of

from vaguemestre.post.mailstore.ports import open_mailbox

PARTS = {
    "header": r'<header class="top">',
    "account": r'<details class="menu account">',
    "rail": r'<nav class="rail"',
    "side": r'<div class="side" id="side"|<nav class="folders" id="folders"',
    "main": r'<main id="contenu"',
    "title": r"<h1\b",
}

FRAMES = {"webmail:pdf-reader"}  # documents inside a page, not pages
LOOKED_AT = {
    path.partition("?")[0]
    for path in (
        *looked_at.OPEN,
        *looked_at.BY_RIGHT,
        *looked_at.GOES_ON,
        *looked_at.SIGNED_IN,
        *(path for paths in looked_at.RESERVED.values() for path in paths),
    )
}


@pytest.fixture
def crowd(db: None) -> Iterator[People]:
    before, made = open_mailbox.get(), people()
    open_mailbox.replace(made.boxes)
    with memory_sieve():
        yield made
    open_mailbox.replace(before)


@pytest.mark.heavy
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
@pytest.mark.parametrize("role", [role for role in ROLES if role != "anonymous"])
def test_every_page_of_a_role_stands_in_the_shell(crowd: People, role: str) -> None:
    bare, pages = [], 0
    browser = crowd.browser(role)
    for door, address in _addresses(crowd, role):
        answer = browser.get(address)
        if not _is_page(answer):
            continue
        pages += 1
        text = text_of(answer)
        missing = [part for part, mark in PARTS.items() if not re.search(mark, text)]
        if missing:
            bare.append(f"{door.name} {address}: no {', '.join(missing)}")
    assert pages > 20
    assert bare == []


@pytest.mark.heavy
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_axe_looks_at_every_page_that_needs_no_number(crowd: People) -> None:
    told, missing = audiences(), set()
    plain = [(door.name, door.address()) for door in doorways() if not door.parameters]
    for role in ROLES:
        browser = crowd.browser(role)
        for name, address in plain:
            comes_in = role in told.get(name, frozenset()) and name not in FRAMES
            if comes_in and address not in LOOKED_AT and _is_page(browser.get(address)):
                missing.add(address)
    assert sorted(missing) == [], "missing from tests/journeys/pages.py"


def _addresses(crowd: People, role: str) -> Iterator[tuple[Doorway, str]]:
    """Addresses without parameters, and those of what this role may read."""
    told, doors = audiences(), list(doorways())
    things = [thing for thing in belongings(crowd) if role in thing.seen_by]
    for door in doors:
        if door.name in FRAMES or role not in told.get(door.name, frozenset()):
            continue
        if not door.parameters:
            yield door, door.address()
        for thing in things:
            if thing.is_at(door):
                yield door, address_of(door, thing)


def _is_page(answer: PageAnswer) -> bool:
    """A whole page, not a file, a fragment or an answer of a protocol."""
    is_html = answer.status_code == 200 and answer.headers.get("Content-Type", "").startswith("text/html")
    return is_html and "<html" in text_of(answer)[:400]
