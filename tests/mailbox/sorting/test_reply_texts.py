"""Texts ready to be changed, formatted texts, days proposed."""

import email
import email.policy
from datetime import date
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.mailbox.sorting.samples import texts

from vaguemestre.mailbox.calendar.rules.holidays import ZONES, coming_holidays, holidays
from vaguemestre.mailbox.sorting.rules import rich
from vaguemestre.mailbox.sorting.rules.disclosures import disclosures
from vaguemestre.mailbox.sorting.rules.reply_templates import desk_absence, reply_templates
from vaguemestre.mailbox.sorting.rules.texts import clean_text
from vaguemestre.mailbox.sorting.values import Replacement

CARD = Replacement(3, "Karim <b>Benali</b>", "CPE · Collège", "karim.benali@ac-amiens.test")


def test_no_model_tells_strangers_a_phone_number_or_anything_of_health() -> None:
    for days in ((None, None), (date(2026, 12, 19), date(2027, 1, 3))):
        for model in reply_templates("Nadia Morel", *days):
            assert disclosures(model.external_text) == ()
            assert model.internal_text.endswith("Nadia Morel")


def test_the_text_of_the_desk_says_nothing_but_until_when_and_nothing_outside() -> None:
    absence = desk_absence("Nadia Morel", date(2026, 12, 1), date(2026, 12, 24))
    assert "24/12/2026" in absence.internal_text
    assert disclosures(absence.internal_text) == ()
    assert absence.external_text == ""


@pytest.mark.parametrize("zone", ZONES)
def test_holidays_follow_each_other_and_begin_on_saturdays(zone: str) -> None:
    found = holidays(zone)
    assert len(found) == 12
    for one, after in pairwise(found):
        assert one.starts_on <= one.ends_on < after.starts_on
    for one in found:
        if "Ascension" not in one.name:
            assert one.starts_on.isoweekday() == 6
    for one in found:
        if "été" not in one.name:
            assert one.ends_on.isoweekday() == 7


def test_amiens_is_on_holiday_with_its_zone() -> None:
    winter = next(one for one in coming_holidays("B", date(2027, 1, 10), 1))
    assert (winter.name, winter.starts_on, winter.ends_on) == (
        "Vacances d’hiver", date(2027, 2, 20), date(2027, 3, 7),
    )  # fmt: skip
    assert coming_holidays("", date(2027, 1, 10), 4) == ()
    assert coming_holidays("B", date(2027, 3, 7), 1)[0] == winter


@pytest.mark.parametrize(
    ("hostile", "gone"),
    [
        ('<script>alert(1)</script><p onclick="x()">Bonjour</p>', ("script", "onclick", "alert")),
        ('<img src="https://traceur.example/x.gif">Bonjour', ("img", "traceur")),
        ('<a href="javascript:alert(1)">Bonjour</a>', ("javascript",)),
        ('<p style="background:url(//x.example)">Bonjour</p>', ("style", "x.example")),
        ('<form action="/x"><input name="y">Bonjour</form>', ("form", "input")),
    ],
)
def test_nothing_loads_or_acts_in_a_formatted_text(hostile: str, gone: tuple[str, ...]) -> None:
    clean = rich.clean_html(hostile)
    assert "Bonjour" in clean
    assert not any(word in clean for word in gone)


@given(texts)
def test_plain_text_made_formatted_and_back_keeps_its_words(text: str) -> None:
    plain = clean_text(text, besides="\n").strip()
    there = rich.plain_of(rich.clean_html(rich.html_of(plain)))
    assert there.split() == plain.replace("\N{NO-BREAK SPACE}", " ").split()


def test_a_formatted_text_has_a_plain_twin() -> None:
    html = '<p>Bonjour <b>à tous</b>,</p><ul><li>un</li><li>deux</li></ul><p>Voir <a href="https://x.fr/a">ici</a>.</p>'
    assert rich.plain_of(html) == "Bonjour à tous,\n\n- un\n- deux\n\nVoir ici (https://x.fr/a)."


@given(st.text(st.characters(exclude_categories=("Cs", "Cc")), min_size=1, max_size=400))
def test_the_part_that_leaves_holds_both_and_is_the_same_each_time(text: str) -> None:
    html = rich.clean_html(rich.html_of(text))
    made = rich.mime_entity(html)
    assert made == rich.mime_entity(html)
    assert made.isascii()
    message = email.message_from_string(made, policy=email.policy.default)
    plain, formatted = message.iter_parts()
    assert formatted.get_content().strip() == f'<div lang="fr">{html}</div>'
    assert plain.get_content().strip() == rich.plain_of(html).strip()


def test_the_card_of_a_replacement_is_text_whatever_their_name() -> None:
    assert "Karim <b>Benali</b>" in rich.replacement_text(CARD)
    assert "&lt;b&gt;Benali" in rich.replacement_html(CARD)
    assert CARD.address in rich.replacement_text(CARD)
