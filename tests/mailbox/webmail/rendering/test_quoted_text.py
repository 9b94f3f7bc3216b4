"""Quoted text is folded away, whichever program wrote it; no word of it is lost."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.mailbox.webmail.rendered_html import seen

from vaguemestre.mailbox.webmail.rules.rendering.html.sanitize import sanitize_html
from vaguemestre.mailbox.webmail.rules.rendering.plain import html_of

OLD = "Bonjour, pouvez-vous me dire à quelle heure part le car de jeudi ?"
QUOTED = {
    "Gmail": (
        '<div>À huit heures.</div><div class="gmail_quote"><div>Le mar. 24 nov. 2026 à 09:12, Zoé '
        f"&lt;z@x.test&gt; a écrit :</div><blockquote>{OLD}</blockquote></div>"
    ),
    "Thunderbird": (
        '<p>À huit heures.</p><div class="moz-cite-prefix">Le 24/11/2026 à 09:12, Zoé a écrit :</div>'
        f'<blockquote type="cite" cite="mid:1@x.test"><p>{OLD}</p></blockquote>'
    ),
    "iOS": (
        "<div>À huit heures.</div><div>Envoyé de mon iPhone</div><div><blockquote type='cite'>"
        f"Le 24 nov. 2026 à 09:12, Zoé &lt;z@x.test&gt; a écrit :<br><br>{OLD}</blockquote></div>"
    ),
    "Outlook": (
        "<div><p>À huit heures.</p><div><div style='border-top:solid #E1E1E1 1.0pt'><p><b>De :</b> Zoé<br>"
        "<b>Envoyé :</b> mardi 24 novembre 2026 09:12<br><b>À :</b> Nicolas<br><b>Objet :</b> Car</p></div>"
        f"</div><p>{OLD}</p></div>"
    ),
}


def shown(html: str) -> str:
    return sanitize_html(html, lambda _: None).html


@pytest.mark.parametrize("program", QUOTED)
def test_what_is_answered_is_folded(program: str) -> None:
    html = shown(QUOTED[program])
    before, folded, quoted = html.partition('<details class="vm-quote">')
    assert folded
    assert "À huit heures." in before
    assert OLD not in before
    assert OLD in quoted


def test_plain_quotations_are_folded_and_answers_in_between_stay() -> None:
    old = "\n".join(f"> ligne {number}" for number in range(6))
    below = html_of(f"À huit heures.\n\nLe 24/11/2026 à 09:12, Zoé a écrit :\n{old}")
    assert "<details" in below
    between = html_of("> À quelle heure ?\nÀ huit heures.\n> Et le retour ?\nÀ midi.")
    assert "<details" not in between


def test_a_forwarded_message_is_not_folded() -> None:
    title = "---------- Message transféré ----------"
    html = f"<div>Pour info</div><div>{title}</div><blockquote>{OLD}</blockquote>"
    assert "<details" not in shown(html)


@given(
    st.lists(st.sampled_from([*QUOTED.values(), f"<blockquote>{OLD}", "<p>Mot", "</div>", "<b>"]), max_size=5)
)
def test_no_word_is_lost(pieces: list[str]) -> None:
    html = "".join(pieces)
    kept = " ".join(seen(shown(html)).text.replace("Texte cité", "").split())
    assert kept.replace(" ", "") == " ".join(seen(html).text.split()).replace(" ", "")
