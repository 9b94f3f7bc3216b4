"""Browser input → values."""

import re
from datetime import datetime, time
from typing import Any

from django import forms
from django.http import QueryDict

from vaguemestre.foundation.kernel.errors import Refusal
from vaguemestre.foundation.ui.days import DayField
from vaguemestre.foundation.ui.refusals import sentence
from vaguemestre.mailbox.sorting.rules.absences import (
    FEWEST_DAYS,
    LONGEST_HTML,
    LONGEST_SUBJECT,
    MOST_DAYS,
    check_absence,
    is_over,
)
from vaguemestre.mailbox.sorting.rules.rich import clean_html
from vaguemestre.mailbox.sorting.rules.texts import cleaned
from vaguemestre.mailbox.sorting.values import Absence, Place

_HOUR = re.compile(r"(\d{1,2})\s*(?:[:hH.]\s*(\d{2})?)?")
_UNFINISHED_FIELDS = {
    "sorting.absence-backwards": "ends_on",
    "sorting.absence-over": "ends_on",
    "sorting.absence-too-long": "ends_on",
    "sorting.absence-silent": "internal_text",
    "sorting.absence-subject": "subject",
    "sorting.absence-days": "days",
    "sorting.absence-weekdays": "weekdays",
}


class HourField(forms.Field):
    """`8:30`, `8h30`, `8 h`; empty = none. The value is a `time` or None."""

    def __init__(self, **options: Any) -> None:
        attrs = {"autocomplete": "off", "placeholder": "8:00", "maxlength": "8"}
        super().__init__(required=False, widget=forms.TextInput(attrs=attrs), **options)

    def to_python(self, value: Any) -> time | None:
        text = str(value or "").strip()
        if not text:
            return None
        match = _HOUR.fullmatch(text)
        if match is None or int(match[1]) > 23 or int(match[2] or 0) > 59:
            raise forms.ValidationError("Écrivez l’heure ainsi : 8:30.")
        return time(int(match[1]), int(match[2] or 0))

    def prepare_value(self, value: Any) -> Any:
        return f"{value:%H:%M}" if isinstance(value, time) else value


class _TextField(forms.CharField):
    """Several lines, without what cannot be sent."""

    def __init__(self, **options: Any) -> None:
        super().__init__(required=False, strip=False, **options)

    def to_python(self, value: Any) -> str:
        return cleaned(str(value or ""), besides="\n\t").strip()


_WEEK = (
    (1, "lundi"), (2, "mardi"), (3, "mercredi"), (4, "jeudi"), (5, "vendredi"),
    (6, "samedi"), (7, "dimanche"),
)  # fmt: skip
_SAME = (
    "is_on", "starts_on", "starts_at", "ends_on", "ends_at", "internal_text", "external_text", "subject",
    "days", "is_rich", "only_known",
)  # fmt: skip


class AbsenceForm(forms.Form):
    """`cleaned_data["absence"]` is the value. `now` decides what is over."""

    is_on = forms.BooleanField(
        label="Activer la notification d’absence",
        required=False,
        widget=forms.CheckboxInput(attrs={"role": "switch"}),
    )
    starts_on = DayField(label="Début")
    starts_at = HourField(label="À partir de")
    ends_on = DayField(label="Fin")
    ends_at = HourField(label="Jusqu’à")
    internal_text = _TextField(
        label="Message aux correspondants internes",
        max_length=LONGEST_HTML,
        help_text="Agents de l’académie, authentifiés.",
        widget=forms.Textarea(attrs={"rows": 8}),
    )
    external_text = _TextField(
        label="Message aux correspondants externes",
        max_length=LONGEST_HTML,
        help_text="Laissé vide : aucune réponse à l’extérieur.",
        widget=forms.Textarea(attrs={"rows": 8}),
    )
    subject = forms.CharField(
        label="Objet de la réponse",
        required=False,
        max_length=LONGEST_SUBJECT,
        help_text="Laissé vide : « Absence : » suivi de l’objet du courriel reçu.",
    )
    is_rich = forms.BooleanField(label="Mettre en forme (gras, listes, liens)", required=False)
    only_known = forms.BooleanField(
        label="À l’extérieur, ne répondre qu’aux personnes de mon carnet d’adresses", required=False
    )
    weekdays = forms.TypedMultipleChoiceField(
        label="Jours où je ne travaille pas",
        required=False,
        coerce=int,
        choices=_WEEK,
        widget=forms.CheckboxSelectMultiple,
    )
    replacement = forms.IntegerField(required=False, widget=forms.HiddenInput)
    days = forms.IntegerField(
        label="Jours entre deux réponses à une même personne",
        min_value=FEWEST_DAYS,
        max_value=MOST_DAYS,
        initial=7,
    )

    def __init__(self, *args: Any, now: datetime, place: Place = Place.FIRST, **options: Any) -> None:
        super().__init__(*args, **options)
        self._now = now
        self.place = place

    @classmethod
    def showing(cls, absence: Absence | None, now: datetime, place: Place = Place.FIRST) -> "AbsenceForm":
        """What was saved. An absence that ended by itself shows its texts and a switch that is off."""
        if absence is None:
            return cls(now=now, place=place)
        known = {name: getattr(absence, name) for name in _SAME}
        known |= {"weekdays": absence.weekdays, "replacement": absence.replacement_id}
        if is_over(absence, now):
            known["is_on"] = False
        return cls(initial=known, now=now, place=absence.place)

    @classmethod
    def typed(cls, sent: QueryDict, changes: dict[str, Any], now: datetime, place: Place) -> "AbsenceForm":
        """As typed, unchecked, with some fields filled for the person."""
        several = {"weekdays": sent.getlist("weekdays")}
        known: dict[str, Any] = {name: sent.get(name, "") for name in cls.base_fields}
        known |= {name: bool(sent.get(name)) for name in ("is_on", "is_rich", "only_known")}
        if known["is_rich"]:
            known |= {name: clean_html(known[name]) for name in ("internal_text", "external_text")}
        return cls(initial={**known, **several, **changes}, now=now, place=place)

    def clean_subject(self) -> str:
        return cleaned(self.cleaned_data["subject"]).strip()

    def clean(self) -> dict[str, Any]:
        found = super().clean() or self.cleaned_data
        if self.errors:
            return found
        if found["is_rich"]:
            for name in ("internal_text", "external_text"):
                found[name] = clean_html(found[name])
        absence = Absence(
            **{name: found[name] for name in _SAME},
            place=self.place,
            weekdays=tuple(found["weekdays"]) if self.place is Place.WEEKLY else (),
            replacement_id=found["replacement"],
        )
        try:
            check_absence(absence, now=self._now)
        except Refusal as refusal:
            self.add_error(_UNFINISHED_FIELDS.get(refusal.code), sentence(refusal))
        found["absence"] = absence
        return found
