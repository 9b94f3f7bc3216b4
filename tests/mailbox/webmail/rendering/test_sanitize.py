"""Somebody's HTML made readable: nothing loads, runs, submits or leaves its place; what was written stays."""

import re
from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from tests.mailbox.webmail.hostile_html import AWAY, HOSTILE
from tests.mailbox.webmail.rendered_html import addresses_in_css, seen

from vaguemestre.mailbox.webmail.rules.rendering.html.sanitize import sanitize_html

ALLOWED = frozenset(
    """
    a abbr acronym address article aside b bdi bdo big blockquote br caption center cite code col
    colgroup dd del dfn dir div dl dt em figcaption figure font footer h1 h2 h3 h4 h5 h6 header hr i img
    ins kbd li main mark nav ol p pre q rp rt ruby s samp section small span strike strong sub sup table
    tbody td tfoot th thead time tr tt u ul var wbr
    """.split()  # noqa: SIM905
)
PIECES = (
    *HOSTILE.values(),
    "<p>", "</p>", "<div style='", "'>", "\">", "<!--", "-->", "<style>", "</style>", "<svg>", "</svg>",
    "<math>", "<img src=", "http://pixel.dehors.example/h.png", "<a href=", "javascript:alert(1)", "<table>",
    "<td>", "</table>",
    " onclick=alert(1) ", "<title>", "</title>", "<script>", "</script>", "url(", ")", "@import", "&lt;",
    "&#106;",
    "\\3c ", "\x00", "é", "<body background=", "<noscript>", "<template>", "texte", "}",
    "{", ";", "background:",
)  # fmt: skip


def nothing(_: str) -> None:
    """No picture of the message, none from elsewhere."""


def assert_harmless(html: str, css: str, *, ours: str = "") -> None:
    found = seen(html)
    assert found.tags <= ALLOWED
    assert not {name for name in found.attributes if name.startswith("on")}
    assert not found.attributes & {
        "id",
        "name",
        "srcset",
        "background",
        "action",
        "formaction",
        "ping",
        "poster",
    }
    assert all(a.startswith("data:image/") or (ours and a.startswith(ours)) for a in found.loaded)
    assert all(
        link.get("href", "https://").lower().startswith(("http://", "https://", "mailto:", "tel:"))
        and link["target"] == "_blank"
        and set(link["rel"].split()) >= {"noopener", "noreferrer"}
        for link in found.links
    )
    assert "<" not in css
    if not ours:
        for style in (*found.styles, css):
            assert addresses_in_css(style) == []
        assert AWAY not in css
        assert "position" not in "".join(found.styles)


@pytest.mark.parametrize("name", HOSTILE)
def test_no_known_trick_gets_through(name: str) -> None:
    clean = sanitize_html(HOSTILE[name], nothing)
    assert_harmless(clean.html, clean.css)


@pytest.mark.parametrize("name", HOSTILE)
def test_with_pictures_shown_everything_still_goes_through_us(name: str) -> None:
    ours = "http://localhost:8000/messagerie/image/"
    clean = sanitize_html(HOSTILE[name], nothing, lambda address: f"{ours}signed")
    assert_harmless(clean.html, clean.css, ours=ours)
    assert AWAY not in clean.css
    assert not [address for address in seen(clean.html).loaded if AWAY in address]


@given(st.lists(st.one_of(st.sampled_from(PIECES), st.text(max_size=12)), max_size=14).map("".join))
@example("<math><mtext><table><mglyph><style><math><img src=x onerror=alert(1)>")
def test_no_mixture_of_tricks_gets_through(html: str) -> None:
    clean = sanitize_html(html, nothing)
    assert_harmless(clean.html, clean.css)


@given(st.lists(st.one_of(st.sampled_from(PIECES), st.text(max_size=12)), max_size=10).map("".join))
def test_what_comes_out_is_read_again_as_the_same(html: str) -> None:
    """A browser that parses our output and writes it again sees what we saw: nothing wakes up on the way."""
    once = sanitize_html(html, nothing).html
    again = sanitize_html(once, nothing).html
    assert seen(again).tags <= seen(once).tags
    assert seen(again).text == seen(once).text


@given(st.text(max_size=200))
def test_plain_words_stay_what_they_were(words: str) -> None:
    escaped = words.replace("&", "&amp;").replace("<", "&lt;")
    kept = seen(sanitize_html(f"<p>{escaped}</p>", nothing).html).text
    assert "".join(kept.split()) == "".join(words.replace("\x00", "").replace("\r", "\n").split())


def test_remote_pictures_are_counted_each_once() -> None:
    html = (
        "<img src=https://a.fr/1.png><img src=https://a.fr/1.png><img src=//a.fr/2.png>"
        "<p style='background:url(https://a.fr/3.png)'>x</p>"
        "<style>p{background:url(https://a.fr/4.png)}</style>"
    )
    assert sanitize_html(html, nothing).remote == 4
    assert sanitize_html("<p>rien</p>", nothing).remote == 0


def test_a_picture_of_the_message_itself_is_shown_and_remembered() -> None:
    clean = sanitize_html("<img src='cid:logo@ac' alt=Logo>", {"logo@ac": "data:image/png;base64,AA"}.get)
    assert 'src="data:image/png;base64,AA"' in clean.html
    assert clean.used == {"logo@ac"}
    assert clean.remote == 0


def test_a_picture_the_message_does_not_hold_leaves_its_words() -> None:
    assert sanitize_html("<img src='cid:absent' alt=Logo>", nothing).html == '<img alt="Logo">'


@pytest.mark.parametrize(
    "address",
    [
        "https://voleur.example/x",
        r"https://voleur.example\@www.laposte.fr/x",
        "https://www.laposte.fr@voleur.example/x",
        "https://ｖｏｌｅｕｒ．example/x",
    ],
)
def test_a_link_that_says_one_host_and_goes_to_another_is_marked(address: str) -> None:
    clean = sanitize_html(f"<a href='{address}'>https://www.laposte.fr/suivi</a>", nothing)
    assert "→ voleur.example" in clean.html


def test_a_link_that_goes_where_it_says_is_not_marked() -> None:
    honest = "<a href='https://www.laposte.fr/x'>laposte.fr</a> <a href='https://a.fr'>cliquez ici</a>"
    assert "→" not in sanitize_html(honest, nothing).html


@pytest.mark.parametrize(
    "label",
    [
        "https://ac-ami&shy;ens.test/", "https://ac-amiens&#8203;.test/", "&lrm;https://ac-amiens.test/",
        "https://ac-amiens&#847;.test/", "« https://ac-amiens.test/ »", "&lt;https://ac-amiens.test/&gt;",
        "Lien : https://ac-amiens.test/", "https://ac-amiens.test/ (portail)", "→ ac-amiens.test",
        "<span style='display:none'>x </span>https://ac-amiens.test/", "https://ac-amiens．test/",
        "https://ac-amiens。test/", "https://ac‑amiens.test/", "https://аc-amiens.test/",
        "ｈｔｔｐｓ：／／ａｃ－ａｍｉｅｎｓ．ｔｅｓｔ", "www.académie.fr",
        "https://ac-amiens.test\\@voleur.example/",
        "https://192.168.1.1/", "https://intranet/", "<img alt='https://ac-amiens.test/'>",
        "<bdo dir=rtl>/tset.sneima-ca//:sptth</bdo>", "lea@ac-amiens.test",
    ],
)  # fmt: skip
def test_a_link_that_announces_another_host_in_any_writing_says_where_it_leads(label: str) -> None:
    clean = sanitize_html(f"<a href='https://voleur.example/'>{label}</a>", nothing)
    assert "→ voleur.example</span>" in clean.html


def test_a_mail_link_that_announces_another_address_says_which_it_writes_to() -> None:
    lying = "<a href='mailto:x%40voleur.example?subject=a'>lea@ac-amiens.test</a>"
    assert "→ x@voleur.example</span>" in sanitize_html(lying, nothing).html


@pytest.mark.parametrize(
    "honest",
    [
        "<a href='https://ac-amiens.test/a'>Le portail : https://ac-amiens.test</a>",
        "<a href='https://www.ac-amiens.test/a'>« ac-amiens.test »</a>",
        "<a href='https://xn--acadmie-eya.fr/'>www.académie.fr</a>",
        "<a href='mailto:Lea@ac-amiens.test?subject=a'>&lt;lea@ac-amiens.test&gt;</a>",
        "<a href='mailto:lea@ac-amiens.test'>Léa (ac-amiens.test)</a>",
        "<a href='https://voleur.example/'>Conditions, art. 3.2</a>",
        "<a href='https://voleur.example/'>Lire la suite...</a>",
        "<a href='https://voleur.example/'>https://</a>",
    ],
)
def test_a_link_that_announces_no_other_host_is_left_as_it_is(honest: str) -> None:
    assert "→" not in sanitize_html(honest, nothing).html


def test_marking_links_keeps_pictures_and_styles() -> None:
    html = (
        "<a href=https://voleur.example>banque.fr</a><img src=cid:x><img src=https://a.fr/1.png>"
        "<p style='color:#123456'>x</p>"
    )
    clean = sanitize_html(
        html, {"x": "data:image/gif;base64,R0"}.get, lambda _: "http://localhost/messagerie/image/s"
    )
    assert "data:image/gif;base64,R0" in clean.html
    assert "/messagerie/image/s" in clean.html
    assert "color:#123456" in clean.html
    assert clean.remote == 1


def test_layout_and_colours_survive() -> None:
    html = (
        "<style>.a{color:#c00;padding:4px}@media (max-width:600px){.a{width:100%}}</style>"
        "<table width=600 bgcolor=#f0f0f0><tr>"
        "<td class=a style='text-align:center;font-weight:700'>x</td></tr></table>"
    )
    clean = sanitize_html(html, nothing)
    assert ":where(vm-letter) .a{color:#c00" in clean.css
    assert "@media (max-width:600px){:where(vm-letter) .a{width:100%}}" in clean.css
    assert "text-align:center" in clean.html
    assert 'width="600"' in clean.html


def test_colours_have_a_twin_for_the_dark() -> None:
    clean = sanitize_html("<p style='color:#000;background:#fff'>x</p><td bgcolor=FFFFFF>", nothing)
    assert "light-dark(#000," in clean.html
    assert "light-dark(#fff," in clean.html
    assert "color:inherit" in sanitize_html("<p style='color:inherit'>x</p>", nothing).html


def test_the_body_tag_keeps_its_paper_and_ink() -> None:
    css = sanitize_html("<body bgcolor='#eeeeee' text='navy' style='margin:0'>x</body>", nothing).css
    assert "background-color:#eeeeee" in css
    assert "color:navy" in css
    assert "margin:0" in css
    assert css.startswith("vm-letter{")


def test_classes_that_only_we_give_are_taken_from_a_letter() -> None:
    html = "<p class='vm-host a VM-paper'>x</p><div class='&#118;m-text'>y</div><b class=' c  d'>z</b>"
    clean = sanitize_html(f"{html}<vm-letter>t</vm-letter></vm-letter>", nothing)
    assert clean.html == '<p class="a">x</p><div>y</div><b class=" c  d">z</b>t'


def test_an_enormous_text_is_cut_and_says_so() -> None:
    clean = sanitize_html("<p>" + "mot " * 600_000, nothing)
    assert clean.is_cut
    assert len(clean.html) < 2_100_000


@pytest.mark.heavy
def test_letters_cleaned_at_the_same_time_are_each_judged_by_their_own_pictures() -> None:
    def shown(number: int) -> str:
        mine = f"data:image/png;base64,{number:04}"
        return "".join(
            sanitize_html('<p style="color:red">a<img src="cid:x"></p>' * 20, lambda _: mine).html
            for _ in range(20)
        )

    with ThreadPoolExecutor(8) as pool:
        texts = list(pool.map(shown, range(40)))
    for number, text in enumerate(texts):
        assert set(re.findall(r"base64,(\d+)", text)) == {f"{number:04}"}
