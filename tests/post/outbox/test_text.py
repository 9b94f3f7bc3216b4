"""The text part says what the HTML says."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.processor import least_seconds

from vaguemestre.post.outbox.rules.text import plain_text


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("<div>Bonjour,</div><div><br></div><div>Merci.</div>", "Bonjour,\n\nMerci.\n"),
        ("<p>Un</p><p>Deux</p>", "Un\n\nDeux\n"),
        ("a<br>b", "a\nb\n"),
        ("<ul><li>un</li><li>deux<ul><li>trois</li></ul></li></ul>", "- un\n- deux\n  - trois\n"),
        ("<ol><li>un</li><li>deux</li></ol>", "1. un\n2. deux\n"),
        ('Voir <a href="https://x.fr/a">le site</a>.', "Voir le site <https://x.fr/a>.\n"),
        ('<a href="https://x.fr/">https://x.fr</a>', "https://x.fr\n"),
        ('<a href="mailto:a@b.fr">a@b.fr</a>', "a@b.fr\n"),
        (
            "<p>Le 25, X a écrit :</p><blockquote><p>Bonjour</p></blockquote>",
            "Le 25, X a écrit :\n\n> Bonjour\n",
        ),
        ("<blockquote>a<blockquote>b</blockquote>c</blockquote>", "> a\n>\n> > b\n>\n> c\n"),
        ("<table><tr><td>a</td><td>b</td></tr><tr><td>c</td></tr></table>", "a | b\nc\n"),
        ("<pre>a\n  b</pre>", "a\n  b\n"),
        ("<style>p{}</style><script>x</script><p>ok</p><title>t</title>", "ok\n"),
        ("un&nbsp;espace &amp; &lt;b&gt;", "un\xa0espace & <b>\n"),
        ('<img alt="Logo" src="cid:x">', "[Logo]\n"),
        ("<hr>", "-" * 40 + "\n"),
        ("", "\n"),
    ],
)
def test_ordinary_html_reads_well_as_text(html: str, text: str) -> None:
    assert plain_text(html) == text


@given(st.text(max_size=400))
def test_any_input_gives_a_text(html: str) -> None:
    assert plain_text(html).endswith("\n")


@given(
    st.lists(st.text(st.characters(categories=("L", "N")), min_size=1, max_size=12), min_size=1, max_size=20)
)
def test_every_word_stays(words: list[str]) -> None:
    html = "".join(f"<p>{a}</p><ul><li><b>{a}</b></li></ul><blockquote>{a}</blockquote>" for a in words)
    text = plain_text(html)
    assert all(text.count(word) >= 3 for word in words)


def test_deep_nesting_is_read_in_good_time() -> None:
    html = "<blockquote>" * 3000 + "fond" + "</blockquote>" * 3000
    assert "fond" in plain_text(html)


@pytest.mark.parametrize("level", ["<blockquote>x", "<ul><li>x"])
def test_a_text_of_very_many_levels_is_not_longer_than_its_html(level: str) -> None:
    """Each line began with all its levels: two megabytes made twenty gigabytes, in a worker of the pages."""
    html = level * 10_000
    assert least_seconds(lambda: plain_text(html), 1.0) < 1.0
    assert len(plain_text(html)) < 8 * len(html)
