"""Addresses of a message that leave our pages: pictures by the front, links to elsewhere through ours."""

from html import escape, unescape
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vaguemestre.mailbox.webmail.rules.rendering.html.links import redirect_outside
from vaguemestre.mailbox.webmail.rules.rendering.picture_path import (
    PREFIX,
    PictureRequest,
    parse_path,
    picture_path,
)

OURS = {"ac-amiens.test"}


@given(st.integers(1, 10**9), st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=60))
def test_a_picture_is_asked_for_at_the_very_address_that_was_written(reader: int, address: str) -> None:
    path = picture_path(reader, address)
    assert path.isascii()
    assert parse_path(path) == PictureRequest(str(reader), address)


@given(st.text(max_size=60))
def test_a_path_that_is_not_ours_asks_for_nothing_or_for_some_address(rest: str) -> None:
    asked = parse_path(PREFIX + rest)
    assert asked is None or asked.address


@pytest.mark.parametrize(
    "path", ["", PREFIX, f"{PREFIX}7/", f"{PREFIX}7/é", f"{PREFIX}7/====", f"{PREFIX}7/_w"]
)
def test_what_is_no_address_is_not_fetched(path: str) -> None:
    assert parse_path(path) is None


class Anchors(HTMLParser):
    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[dict[str, str | None]] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "a":
            assert len(dict(attrs)) == len(attrs), "no attribute comes twice"
            self.found.append(dict(attrs))


def checked(address: str) -> str:
    return f"https://mail.test/lien/{len(address)}?a=1&b=2"


outside = st.text(st.sampled_from('abc/?=&<>é%#:"'), max_size=20).map("https://boutique.example/".__add__)


@given(st.lists(outside, max_size=4))
def test_every_link_to_elsewhere_goes_through_ours_and_shows_where_it_leads(addresses: list[str]) -> None:
    html = "".join(f'<p><a class="x" href="{escape(one)}" title="là">ici</a></p>' for one in addresses)
    anchors = Anchors(redirect_outside(html, checked, OURS)).found
    assert [(one["href"], one["title"], one["class"]) for one in anchors] == [
        (checked(one), one, "x") for one in addresses
    ]


@pytest.mark.parametrize(
    "anchor",
    [
        '<a href="https://ac-amiens.test/aide">ici</a>',
        '<a href="HTTPS://www.ac-amiens.test/aide">ici</a>',
        '<a href="mailto:a@b.fr">ici</a>',
        '<a href="#bas">ici</a>',
        '<a name="haut">ici</a>',
    ],
)
def test_our_own_places_and_what_is_no_web_address_are_left_as_they_are(anchor: str) -> None:
    assert redirect_outside(anchor, checked, OURS) == anchor
    assert unescape(anchor) == anchor


def test_a_host_that_ends_like_ours_is_elsewhere() -> None:
    (anchor,) = Anchors(redirect_outside('<a href="https://pas-ac-amiens.test/">x</a>', checked, OURS)).found
    assert anchor["href"] == checked("https://pas-ac-amiens.test/")
