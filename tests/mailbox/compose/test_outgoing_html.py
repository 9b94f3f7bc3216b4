"""HTML in a composer: what people write stays, what acts or loads goes."""

import re
from html import escape
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests import processor
from tests.corpus import heavy

from vaguemestre.mailbox.compose.queries import is_picture_path
from vaguemestre.mailbox.compose.rules.outgoing_html import (
    _PROPERTIES,
    draft_html,
    html_of_text,
    is_blank,
    outgoing_html,
    quoted_html,
    with_picture_paths,
)

MAX_QUOTED = 1_000_000
AMPERSANDS = {
    "references": lambda: "&" * 1_000_000,
    "references and letters": lambda: "&x " * 330_000,
}

HOSTILE = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "<svg onload=alert(1)><script>alert(1)</script></svg>",
    "<math><mtext><table><mglyph><style><img src=x onerror=alert(1)>",
    '<a href="javascript:alert(1)">x</a>',
    '<a href=" jav&#x09;ascript:alert(1)">x</a>',
    '<a href="data:text/html,<script>alert(1)</script>">x</a>',
    '<a href="/deconnexion">x</a>',
    '<form action="https://x.example"><input name=a><button>ok</button></form>',
    '<iframe src="https://x.example"></iframe><object data=x></object><embed src=x>',
    '<p style="background:url(https://x.example/a)">x</p>',
    '<p style="background-image:url(https://x.example/a);list-style:url(x);content:url(x)">x</p>',
    '<p style="position:fixed;top:0;left:0;z-index:9999">x</p>',
    '<div style="color:expression(alert(1))">x</div>',
    '<img src="https://pixel.example/a.png"><img srcset="https://pixel.example/b.png 2x">',
    '<table background="https://pixel.example/c.png"><tr><td background="x">a</td></tr></table>',
    '<video src="https://x.example"><source src=x></video><audio src=x>',
    '<base href="https://x.example/"><meta http-equiv=refresh content="0;url=https://x.example">',
    '<link rel=stylesheet href="https://x.example"><style>@import url(https://x.example)</style>',
    '<p id="composer" class="notice" name="form" onclick="x()">x</p>',
    '<noscript><p title="</noscript><img src=x onerror=alert(1)>">',
]
ACTS = re.compile(
    r"<script|<iframe|<object|<embed|<form|<input|<svg|<math|<style|<link|<meta|<base|<video|<audio|"
    r"\son\w+=|javascript:|url\(|expression\(|position\s*:|\sid=|\sclass=|\sname=|srcset|pixel\.example",
    re.IGNORECASE,
)


@pytest.mark.parametrize("html", HOSTILE)
def test_nothing_hostile_survives(html: str) -> None:
    for cleaned in (quoted_html(html, ()), outgoing_html(html, {}), draft_html(html, is_picture_path)):
        assert not ACTS.search(cleaned), cleaned
        assert '<a href="/' not in cleaned


def attributes(html: str) -> list[tuple[str, str]]:
    """As a browser reads them: what looks like a tag inside a value is none."""
    seen: list[tuple[str, str]] = []

    class Reader(HTMLParser):
        def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
            seen.extend((name, value or "") for name, value in attrs)

    Reader().feed(html)
    return seen


@given(st.lists(st.one_of(st.sampled_from(HOSTILE), st.text(max_size=30)), max_size=8).map("".join))
def test_nothing_hostile_survives_in_any_mixture(html: str) -> None:
    cleaned = draft_html(html, is_picture_path)
    for name, value in attributes(cleaned):
        assert not name.startswith("on")
        assert not re.search(r"javascript:|url\(", value, re.IGNORECASE) or name == "title"
    again = draft_html(cleaned, is_picture_path)
    assert draft_html(again, is_picture_path) == again, "clean HTML stays as it is"


def test_what_people_write_stays() -> None:
    html = (
        '<p style="color:#a00;text-align:center"><b>Gras</b> <i>italique</i> <u>souligné</u></p>'
        '<ul><li>un</li></ul><ol start="3"><li>trois</li></ol><blockquote type="cite">cité</blockquote>'
        '<table border="1"><tbody><tr><td colspan="2">a</td></tr></tbody></table>'
        '<a href="https://eduscol.example/a?b=c&amp;d">lien</a> <a href="mailto:a@b.fr">écrire</a>'
    )
    assert outgoing_html(html, {}) == html


def test_pictures_of_the_original_are_shown_from_ours_and_the_others_leave_their_words() -> None:
    html = '<img src="cid:a@x" alt="Plan"><img src="cid:b@x" alt="Logo"><img src="https://x.example/p.png">'
    quoted = quoted_html(html, {"a@x"})
    assert with_picture_paths(quoted, {"a@x": "pieces/7/"}) == '<img src="pieces/7/" alt="Plan">[Logo]'


@pytest.mark.parametrize("name", ["a&b@x", "a'b@x", "%41@x"])
def test_a_picture_is_found_however_its_name_is_written(name: str) -> None:
    quoted = quoted_html(f'<p title="src=&quot;cid:z"><img alt="x" src="cid:{escape(name)}">', {name})
    assert '<img alt="x" src="pieces/7/">' in with_picture_paths(quoted, {name: "pieces/7/"})


@pytest.mark.heavy
@pytest.mark.parametrize("name", [*heavy.HTML, *AMPERSANDS])
def test_html_made_to_hold_a_server_is_quoted_and_kept_within_half_a_second(name: str) -> None:
    html = {**heavy.HTML, **AMPERSANDS}[name]()[:MAX_QUOTED]
    assert processor.least_seconds(lambda: quoted_html(html, ()), 0.5) <= 0.5
    assert processor.least_seconds(lambda: draft_html(html, is_picture_path), 0.5) <= 0.5


@pytest.mark.parametrize("name", heavy.NEWSLETTERS)
def test_newsletters_are_quoted_as_html(name: str) -> None:
    assert re.search("<(table|p|img|blockquote|div|a)\\b", quoted_html(heavy.NEWSLETTERS[name](400_000), ()))


def test_pictures_leave_under_their_content_id() -> None:
    html = '<img src="pieces/7/" alt="Plan"><img src="pieces/8/">'
    assert outgoing_html(html, {"pieces/7/": "a@x"}) == '<img src="cid:a@x" alt="Plan">'


@pytest.mark.parametrize("source", ["pieces/7/", "pieces/123/"])
def test_only_our_own_pictures_are_kept_while_writing(source: str) -> None:
    assert source in draft_html(f'<img src="{source}">', is_picture_path)
    for other in (f"/{source}", f"../{source}", f"https://x.example/{source}", f"{source}../../deconnexion"):
        assert "<img" not in draft_html(f'<img src="{other}">', is_picture_path)


def test_text_becomes_html_line_for_line() -> None:
    assert html_of_text("a <b>\r\n\nc & d") == "a &lt;b&gt;<br><br>c &amp; d"


def test_empty_lines_are_nothing_a_picture_is_something() -> None:
    assert is_blank("<div><br></div><p>&nbsp;</p>\n")
    assert not is_blank('<div><img src="pieces/1/"></div>')
    assert not is_blank("<p>x</p>")


def test_every_property_that_is_kept_is_one() -> None:
    """A list folded at a hyphen left fonts and three others out of all that was sent."""
    assert not [name for name in _PROPERTIES if name.startswith("-") or name.endswith("-")]
    style = "font-family:Arial;margin-bottom:0;border-right:1px solid;vertical-align:top"
    assert outgoing_html(f'<p style="{style}">x</p>', {}) == f'<p style="{style}">x</p>'
