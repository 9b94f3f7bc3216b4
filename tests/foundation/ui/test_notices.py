"""Notices: one tag writes them, so that a kind has one icon and one role everywhere."""

import re
from html.parser import HTMLParser
from pathlib import Path

import pytest
from django.template import engines

import vaguemestre

TEMPLATES = sorted(Path(vaguemestre.__file__).parent.rglob("templates/**/*.html"))
BY_HAND = re.compile(r'<p class="notice(?: (?:ok|warn|danger))?"(?: role="\w+")?>{% icon ')

# Forms in a notice that are an act of their own.
NOT_TAKEN_BACK = {
    "banner.html": "ends an absence that goes on, and htmx swaps it in place",
    "urgent.html": "says that an announcement was read; the page around it swaps it in place",
    "feed.html": "makes the plan of a feed again",
}


class Forms(HTMLParser):
    """Counts the forms that are a notice, or lie in one."""

    def __init__(self) -> None:
        super().__init__()
        self.in_notices = 0
        self._open: list[tuple[str, bool]] = []  # elements that may hold a form, and whether in a notice

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in {"div", "section", "article", "form"}:
            return
        is_notice = "notice" in (dict(attrs).get("class") or "").split() or any(
            inside for _, inside in self._open[-1:]
        )
        self.in_notices += tag == "form" and is_notice
        self._open.append((tag, is_notice))

    def handle_endtag(self, tag: str) -> None:
        if self._open and self._open[-1][0] == tag:
            self._open.pop()


def forms_in_notices(text: str) -> int:
    parser = Forms()
    parser.feed(text)
    return parser.in_notices


def drawn(text: str, **context: object) -> str:
    return engines["django"].from_string("{% load ui %}" + text).render(context)


@pytest.mark.parametrize(
    ("kind", "icon", "role"),
    [
        ("", "info-circle", ""),
        ("ok", "circle-check", ' role="status"'),
        ("warn", "alert-triangle", ""),
        ("danger", "alert-circle", ' role="alert"'),
    ],
)
def test_a_kind_of_notice_has_its_icon_and_its_role(kind: str, icon: str, role: str) -> None:
    text = drawn('{% notice "' + kind + '" %}Enregistré.{% endnotice %}')
    assert text.startswith(f'<p class="notice{" " + kind if kind else ""}"{role}>')
    assert f"#{icon}" in text
    assert text.endswith("<span>Enregistré.</span></p>")


def test_what_a_notice_repeats_is_only_text() -> None:
    assert "<b>&lt;script&gt;</b>" in drawn("{% notice %}<b>{{ name }}</b>{% endnotice %}", name="<script>")


def test_an_icon_and_a_role_may_be_named() -> None:
    text = drawn('{% notice "warn" icon="clock" role="alert" %}Bientôt.{% endnotice %}')
    assert "#clock" in text
    assert 'role="alert"' in text


def test_what_a_notice_tells_may_be_taken_back_by_the_button_after_it() -> None:
    text = drawn(
        '{% notice "" undo="/listes/3/rejoindre" name="act" value=value %}Retiré.{% endnotice %}',
        value='"><b>',
        csrf_token="jeton",
    )
    assert text.startswith('<div class="notice" role="status">')
    sentence, form = text.split('<form method="post" action="/listes/3/rejoindre">')
    assert sentence.endswith("<span>Retiré.</span>"), "the sentence is read before its button"
    assert 'name="csrfmiddlewaretoken" value="jeton"' in form
    assert 'name="act" value="&quot;&gt;&lt;b&gt;"' in form
    assert form.endswith('<button type="submit">Annuler</button></form></div>')


def test_a_notice_keeps_its_own_role_with_its_button_and_may_name_it() -> None:
    text = drawn('{% notice "danger" undo="/ici" label="Remettre" %}Retiré.{% endnotice %}')
    assert text.startswith('<div class="notice danger" role="alert">')
    assert ">Remettre</button>" in text


def test_without_an_address_nothing_is_taken_back() -> None:
    assert "<form" not in drawn('{% notice "ok" undo="" %}Retiré.{% endnotice %}')


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.name)
def test_no_page_writes_a_notice_by_hand(path: Path) -> None:
    assert not BY_HAND.search(path.read_text("utf-8"))


def test_no_page_writes_by_hand_what_takes_a_notice_back() -> None:
    by_hand = {path.name for path in TEMPLATES if forms_in_notices(path.read_text("utf-8"))}
    assert by_hand == set(NOT_TAKEN_BACK)


def test_a_form_in_a_notice_is_seen() -> None:
    assert forms_in_notices('<div class="notice warn"><div><p>Retiré.<form></form></div></div>') == 1
    assert forms_in_notices('<form class="notice flat"></form><form class="notices"></form>') == 1
    assert forms_in_notices('<div class="notice"></div><form></form>') == 0
