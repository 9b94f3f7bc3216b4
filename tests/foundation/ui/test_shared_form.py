"""Two people who change one row from two pages erase nothing of each other's unseen."""

from datetime import UTC, datetime
from typing import Any

import pytest
from django import forms
from django.http import QueryDict
from tests.foundation.ui.shown import shown_on

from vaguemestre.foundation.ui.shared_form import SharedForm

FORMAT = "%d/%m/%Y %H:%M"
NOON = datetime(2026, 12, 1, 12, 0, tzinfo=UTC)


class Page(SharedForm):
    title = forms.CharField()
    notes = forms.CharField(required=False, widget=forms.Textarea)
    number = forms.IntegerField(required=False)
    at = forms.DateTimeField(
        required=False, input_formats=[FORMAT], widget=forms.DateTimeInput(format=FORMAT)
    )
    is_open = forms.BooleanField(required=False)
    roles = forms.MultipleChoiceField(required=False, choices=[("a", "Agent"), ("b", "Bureau")])


STORED: dict[str, Any] = {
    "title": "Clé perdue", "notes": "une ligne\nune autre", "number": None, "at": NOON, "is_open": False,
    "roles": ("b", "a"),
}  # fmt: skip
TYPED = {
    "title": "Clé perdue", "notes": "une ligne\r\nune autre", "at": "01/12/2026 13:00", "roles": ["a", "b"],
}  # fmt: skip


def sent(typed: dict[str, Any], *, stored: dict[str, Any], seen: dict[str, Any] | None = None) -> Page:
    """The form sent from a page that showed `seen`, while the row is `stored`."""
    shown = shown_on(str(Page(initial=STORED if seen is None else seen).shown))
    return Page(data_of(typed | shown), initial=stored)


def data_of(typed: dict[str, Any]) -> QueryDict:
    data = QueryDict(mutable=True)
    for field, value in typed.items():
        data.setlist(field, value if isinstance(value, list) else [value])
    return data


@pytest.mark.parametrize(
    ("name", "theirs"),
    [
        ("title", "Deux clés"), ("notes", "tout autre chose"), ("number", 214), ("at", NOON.replace(hour=9)),
        ("is_open", True), ("roles", ("a",)),
    ],
)  # fmt: skip
def test_what_another_saved_meanwhile_stays_unless_it_was_changed_here(name: str, theirs: object) -> None:
    form = sent(TYPED, stored=STORED | {name: theirs})
    assert form.is_valid(), form.errors
    value = form.cleaned_data[name]
    assert (tuple(value) if name == "roles" else value) == theirs
    shown = Page(form.data, initial=form.initial)
    assert shown.is_valid(), shown.errors
    again = shown.cleaned_data[name]
    assert (tuple(again) if name == "roles" else again) == theirs, "the page that comes back shows it"


def test_what_was_changed_here_alone_is_saved() -> None:
    form = sent(TYPED | {"number": "12", "is_open": "on"}, stored=STORED | {"title": "Deux clés"})
    assert form.is_valid(), form.errors
    told = {name: form.cleaned_data[name] for name in ("title", "number", "is_open")}
    assert told == {"title": "Deux clés", "number": 12, "is_open": True}


def test_what_both_changed_is_refused_once_with_the_words_of_the_other() -> None:
    stored = STORED | {"notes": "Clé effacée à 15 h", "roles": ("b",)}
    mine = TYPED | {"notes": "Clé retrouvée", "roles": []}
    form = sent(mine, stored=stored)
    assert set(form.errors) == {"notes", "roles"}
    assert "« Clé effacée à 15 h »" in form.errors["notes"][0]
    assert "« Bureau »" in form.errors["roles"][0]
    assert "Clé retrouvée" in str(form["notes"])
    again = sent(mine, stored=stored, seen=stored)
    assert again.is_valid(), again.errors
    assert again.cleaned_data["notes"] == "Clé retrouvée"


def test_what_both_wrote_alike_is_no_conflict() -> None:
    assert sent(TYPED | {"number": "214"}, stored=STORED | {"number": 214}).is_valid()


@pytest.mark.parametrize("shown", ["", "[]", "x", "null", '{"title": 3}'])
def test_a_page_without_its_digests_saves_what_was_typed(shown: str) -> None:
    form = Page(QueryDict(f"title=Autre&shown={shown}"), initial=STORED)
    assert form.is_valid() or shown.startswith("{")
    assert form["title"].value() == "Autre"


def test_what_comes_back_malformed_is_still_compared_with_what_was_seen() -> None:
    stored = STORED | {"number": 214}
    malformed = sent(TYPED | {"number": "x"}, stored=stored)
    assert set(malformed.errors) == {"number"}
    again = data_of(TYPED | {"number": "12"} | shown_on(str(malformed.shown)))
    assert set(Page(again, initial=stored).errors) == {"number"}


def test_a_page_that_only_comes_back_keeps_what_it_showed() -> None:
    form = sent(TYPED, stored=STORED | {"title": "Deux clés"})
    assert shown_on(str(form.shown)) == shown_on(str(Page(initial=STORED).shown))


def test_each_of_several_forms_of_a_page_has_digests_of_its_own() -> None:
    first = Page(initial=STORED, prefix="a0")
    name, value = next(iter(shown_on(str(first.shown), "a0-shown").items()))
    data = data_of({f"a0-{field}": typed for field, typed in TYPED.items()} | {name: value})
    form = Page(data, initial=STORED | {"title": "Deux clés"}, prefix="a0")
    assert form.is_valid(), form.errors
    assert form["title"].value() == form.cleaned_data["title"] == "Deux clés"
