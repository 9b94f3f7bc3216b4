"""Every list of the offices pages, sorts, filters, and says what to do when it is empty."""

from html.parser import HTMLParser
from urllib.parse import urlencode

import pytest
from django.test import Client
from tests.site.belonging import belongings
from tests.site.doorways import ROLES, People, doorways, people
from tests.site.lists_of_offices import LISTS, NO_LISTS, OFFICES, REPORTS, Kept

_ENOUGH = 45  # signs: an empty state that says what to do is a sentence
_CALLED = [f"{name} {view}".strip() for name, view in LISTS]


@pytest.fixture
def crowd(db: None) -> People:
    return people()


class Seen(HTMLParser):
    """What a page shows of its list."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.heads: list[str] = []  # addresses that put it in order
        self.turned = self.next = self.empty = ""
        self.rows: list[str] = []
        self.has_filter = self.has_table = False
        self._in_empty = self._in_body = 0
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        told = {name: value or "" for name, value in attrs}
        classes = told.get("class", "").split()
        if tag == "div" and (self._in_empty or "empty" in classes):
            self._in_empty += 1
        if tag == "table":
            self.has_table = True
        if tag == "tbody":
            self._in_body = True
        if tag == "tr" and self._in_body:
            self.rows.append("")
        if tag == "form" and told.get("role") == "search" and "filters" in classes:
            self.has_filter = True
        if tag == "a" and "sorted" in classes:
            self.heads.append(told["href"])
        if tag == "a" and told.get("rel") == "next":
            self.next = told["href"]

    def handle_endtag(self, tag: str) -> None:
        if tag == "div" and self._in_empty:
            self._in_empty -= 1
        if tag == "tbody":
            self._in_body = False

    def handle_data(self, data: str) -> None:
        if self._in_empty:
            self.empty += data
        if self._in_body and self.rows:
            self.rows[-1] += data


@pytest.mark.heavy
def test_a_page_of_an_office_that_holds_a_table_is_a_list_or_says_why_not(crowd: People) -> None:
    told = {name for name, _ in LISTS} | set(NO_LISTS)
    browsers = {role: crowd.browser(role) for role in ROLES}
    things, found = list(belongings(crowd)), set()
    for door in doorways():
        places = {f"{door.address(**thing.ids)}" for thing in things if thing.is_at(door)} or {door.address()}
        for place in places:
            if not (place.startswith(OFFICES) or door.name == REPORTS):
                continue
            for browser in browsers.values():
                if door.name in found:
                    break
                answer = browser.get(place)
                if answer.streaming or "html" not in answer.headers.get("Content-Type", ""):
                    continue
                seen = Seen(answer.content.decode())
                if answer.status_code == 200 and (seen.has_table or seen.empty or seen.heads):
                    found.add(door.name)
    assert found - told == set(), "put these in tests/site/lists_of_offices.py"
    assert told - found == set(), "these hold no list any more"


@pytest.mark.heavy
@pytest.mark.parametrize("which", LISTS, ids=_CALLED)
def test_a_list_pages_sorts_filters_and_says_what_to_do_when_empty(
    crowd: People, which: tuple[str, str]
) -> None:
    kept, browser = LISTS[which], crowd.browser(LISTS[which].role)
    door = next(door for door in doorways() if door.name == which[0])
    place = door.address(**kept.fill(crowd, kept.count + 3))
    seen = _seen(browser, place, kept.asked)
    assert len(seen.rows) == kept.count
    assert seen.has_filter
    after = _followed(browser, place, seen.next)
    assert set(after.rows).isdisjoint(seen.rows)
    assert after.rows
    for head in seen.heads:
        once = _followed(browser, place, head)
        turned = _followed(browser, place, next(one for one in once.heads if _sort(one) == _turned(head)))
        assert once.rows != turned.rows, f"{head} puts nothing in order"
    assert seen.heads
    nothing = _seen(browser, place, {**kept.asked, kept.words: "zzzz introuvable"})
    assert not nothing.rows
    assert len(nothing.empty.strip()) >= _ENOUGH, nothing.empty


@pytest.mark.parametrize("which", [one for one in LISTS if not LISTS[one].is_never_empty])
def test_a_list_that_has_nothing_yet_says_where_it_comes_from(crowd: People, which: tuple[str, str]) -> None:
    kept: Kept = LISTS[which]
    door = next(door for door in doorways() if door.name == which[0])
    place = door.address(**kept.fill(crowd, 0))
    seen = _seen(crowd.browser(kept.role), place, kept.asked)
    assert not seen.rows
    assert len(seen.empty.strip()) >= _ENOUGH, seen.empty


def _seen(browser: Client, place: str, asked: dict[str, str]) -> Seen:
    answer = browser.get(f"{place}?{urlencode(asked)}")
    assert answer.status_code == 200
    return Seen(answer.content.decode())


def _followed(browser: Client, place: str, link: str) -> Seen:
    assert link.startswith("?"), "no link to follow"
    answer = browser.get(f"{place}{link}")
    assert answer.status_code == 200
    return Seen(answer.content.decode())


def _sort(link: str) -> str:
    return next(part for part in link[1:].split("&") if part.startswith("tri=")).removeprefix("tri=")


def _turned(link: str) -> str:
    sort = _sort(link)
    return sort.removeprefix("-") if sort.startswith("-") else f"-{sort}"
