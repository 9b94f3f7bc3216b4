"""Words looked for are marked in the text, and nothing else of it changes."""

import re
from html import escape

from hypothesis import given
from hypothesis import strategies as st

from vaguemestre.mailbox.webmail.rules.rendering.html.highlight import highlight_words
from vaguemestre.mailbox.webmail.rules.rendering.html.sanitize import sanitize_html
from vaguemestre.mailbox.webmail.rules.rendering.plain import html_of


def test_words_are_marked_whatever_their_accents_and_capitals() -> None:
    assert highlight_words("<p>Le départ, DEPART</p>", ["Depart"]) == (
        "<p>Le <mark>départ</mark>, <mark>DEPART</mark></p>"
    )
    assert highlight_words('<a href="depart">ici</a>', ["depart"]) is None
    assert highlight_words("<p>départ</p>", ["d", " "]) is None


@given(st.text(max_size=80), st.lists(st.text(max_size=6), max_size=4))
def test_only_marks_are_added(text: str, words: list[str]) -> None:
    html = html_of(text)
    found = highlight_words(html, words)
    if found is not None:
        assert re.sub("</?mark>", "", found) == html


@given(st.lists(st.text(max_size=6), max_size=4))
def test_no_word_opens_a_door(words: list[str]) -> None:
    shown = escape("<script>alert(1)</script>")
    html = f'<a href="https://x.test/" style="color:red">{shown}</a><img src=x onerror=y>'
    plain, with_words = sanitize_html(html, lambda _: None), sanitize_html(html, lambda _: None, words=words)
    assert re.sub("</?mark>", "", with_words.html) == plain.html
