"""A day typed in a form has a calendar beside it, wherever it is asked."""

import re
from datetime import date
from pathlib import Path

from django import forms

import vaguemestre
from vaguemestre.foundation.ui.days import DayField

SOURCE = Path(vaguemestre.__file__).parent


class _Form(forms.Form):
    ends_on = DayField(label="Fin")
    birth_date = DayField(label="Naissance", has_calendar=False)


def test_a_day_has_its_calendar_and_the_script_that_opens_it() -> None:
    text = str(_Form()["ends_on"])
    assert text.startswith('<date-field class="with-button"><input')
    assert 'placeholder="JJ/MM/AAAA"' in text
    assert 'type="module"' in text  # however many fields of a page name it, it runs once
    assert "ui/date-field.js" in text


def test_a_birthday_is_only_typed() -> None:
    assert "date-field" not in str(_Form()["birth_date"])


def test_a_day_that_a_page_writes_by_hand_has_its_calendar_too() -> None:
    bare = [
        page.name
        for page in sorted(SOURCE.rglob("templates/**/*.html"))
        for field in re.findall(r".*JJ/MM/AAAA", page.read_text(encoding="utf-8"))
        if "<date-field" not in field
    ]
    assert bare == []


def test_a_near_day_may_have_a_short_year_and_a_birthday_may_not() -> None:
    form = _Form({"ends_on": "3/12/26", "birth_date": "3/12/26"})
    assert list(form.errors) == ["birth_date"]
    assert form.cleaned_data["ends_on"] == date(2026, 12, 3)


def test_a_near_day_of_another_age_is_a_slip() -> None:
    for typed in ("31/12/9999", "01/09/0202", "01/01/0001"):
        assert _Form({"ends_on": typed, "birth_date": "03/09/1985"}).errors == {
            "ends_on": ["Vérifiez l’année."]
        }
