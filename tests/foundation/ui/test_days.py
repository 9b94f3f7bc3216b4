"""A day typed in a form has a calendar beside it, wherever it is asked."""

from django import forms

from vaguemestre.foundation.ui.days import DayField


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
