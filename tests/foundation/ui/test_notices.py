"""Notices: one tag writes them, so that a kind has one icon and one role everywhere."""

import re
from pathlib import Path

import pytest
from django.template import engines

import vaguemestre

TEMPLATES = sorted(Path(vaguemestre.__file__).parent.rglob("templates/**/*.html"))
BY_HAND = re.compile(r'<p class="notice(?: (?:ok|warn|danger))?"(?: role="\w+")?>{% icon ')


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


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.name)
def test_no_page_writes_a_notice_by_hand(path: Path) -> None:
    assert not BY_HAND.search(path.read_text("utf-8"))
