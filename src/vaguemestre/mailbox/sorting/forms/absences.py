"""Form of an absence."""

from datetime import datetime, time
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.safestring import SafeString

from vaguemestre.foundation.kernel.errors import Refusal
from vaguemestre.foundation.kernel.text.french_dates import hour_fr
from vaguemestre.foundation.kernel.times import parse_hour
from vaguemestre.foundation.ui.days import DayField
from vaguemestre.foundation.ui.refusals import sentence
from vaguemestre.foundation.ui.shared_form import SHOWN, SharedForm
from vaguemestre.mailbox.sorting.forms.absence_days import days_of, former_days, texts_of_days
from vaguemestre.mailbox.sorting.rules.absences import (
    FEWEST_DAYS,
    MAX_DAYS,
    MAX_HTML_CHARACTERS,
    MAX_SUBJECT_CHARACTERS,
    check_absence,
    is_over,
)
from vaguemestre.mailbox.sorting.rules.reply_templates import Days
from vaguemestre.mailbox.sorting.rules.rich import clean_html
from vaguemestre.mailbox.sorting.rules.texts import clean_text
from vaguemestre.mailbox.sorting.values import Absence, Place

_ERROR_FIELDS = {
    "sorting.absence-backwards": "ends_on",
    "sorting.absence-over": "ends_on",
    "sorting.absence-too-long": "ends_on",
    "sorting.absence-silent": "internal_text",
    "sorting.absence-subject": "subject",
    "sorting.absence-days": "days",
    "sorting.absence-weekdays": "weekdays",
    "sorting.absence-nobody-chosen": "replacement",
    "sorting.absence-nobody-named": "replacement",
}


class HourField(forms.Field):
    """Hour typed as `8 h`, `8:30` or `8h30`, shown « 8 h 30 »; the value is a `time`, or None when empty."""

    def __init__(self, **options: Any) -> None:
        attrs = {"autocomplete": "off", "placeholder": "8 h", "maxlength": "10"}
        super().__init__(required=False, widget=forms.TextInput(attrs=attrs), **options)

    def to_python(self, value: Any) -> time | None:
        if isinstance(value, time):
            return value
        text = str(value or "").strip()
        if not text:
            return None
        try:
            return parse_hour(text)
        except ValueError as error:
            raise forms.ValidationError("Écrivez l’heure ainsi : 8 h 30.") from error

    def prepare_value(self, value: Any) -> Any:
        return hour_fr(value) if isinstance(value, time) else value


class _TextField(forms.CharField):
    """Text of several lines, without characters that cannot be sent."""

    def __init__(self, **options: Any) -> None:
        super().__init__(required=False, strip=False, **options)

    def to_python(self, value: Any) -> str:
        return clean_text(str(value or ""), besides="\n\t").strip()


_WEEK = (
    (1, "lundi"), (2, "mardi"), (3, "mercredi"), (4, "jeudi"), (5, "vendredi"),
    (6, "samedi"), (7, "dimanche"),
)  # fmt: skip
_COPIED_FIELDS = (
    "is_on", "starts_on", "starts_at", "ends_on", "ends_at", "internal_text", "external_text", "subject",
    "days", "is_rich", "only_known",
)  # fmt: skip


class AbsenceForm(SharedForm):
    """Form of an absence; its value is `cleaned_data["absence"]`. `now`: to refuse one that is over.

    Those who manage a shared mailbox may have it open at once.
    """

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
        max_length=MAX_HTML_CHARACTERS,
        help_text="Agents de l’académie, authentifiés.",
        widget=forms.Textarea(attrs={"rows": 8}),
    )
    external_text = _TextField(
        label="Message aux correspondants externes",
        max_length=MAX_HTML_CHARACTERS,
        help_text="Laissé vide : aucune réponse à l’extérieur.",
        widget=forms.Textarea(attrs={"rows": 8}),
    )
    subject = forms.CharField(
        label="Objet de la réponse",
        required=False,
        max_length=MAX_SUBJECT_CHARACTERS,
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
    replacement = forms.IntegerField(required=False, max_value=10**15, widget=forms.HiddenInput)
    days = forms.IntegerField(
        label="Jours entre deux réponses à une même personne",
        min_value=FEWEST_DAYS,
        max_value=MAX_DAYS,
        initial=7,
    )

    def __init__(self, *args: Any, now: datetime, place: Place = Place.FIRST, **options: Any) -> None:
        super().__init__(*args, **options)
        self._now = now
        self.place = place

    @classmethod
    def of_absence(cls, absence: Absence | None, now: datetime, place: Place = Place.FIRST) -> "AbsenceForm":
        """Form of a saved absence; one that has ended keeps its texts but is shown off."""
        return cls(initial=_initial(absence, now), now=now, place=place)

    @classmethod
    def of_sent(cls, data: QueryDict, absence: Absence | None, now: datetime, place: Place) -> "AbsenceForm":
        """Form to save over an absence as it stands now."""
        return cls(data, initial=_initial(absence, now), now=now, place=place)

    @classmethod
    def of_typed(cls, data: QueryDict, changes: dict[str, Any], now: datetime, place: Place) -> "AbsenceForm":
        """Form as typed, unvalidated, with `changes` filled in."""
        several = {
            "weekdays": data.getlist("weekdays"),
            "text_days": former_days(data),
            SHOWN: cls(data, now=now).sent_digests(),
        }
        initial: dict[str, Any] = {name: data.get(name, "") for name in cls.base_fields}
        initial |= {name: bool(data.get(name)) for name in ("is_on", "is_rich", "only_known")}
        if initial["is_rich"]:
            initial |= {name: clean_html(initial[name]) for name in ("internal_text", "external_text")}
        initial |= several | changes
        if "template" not in data:
            initial |= texts_of_days(initial, initial["text_days"])
        return cls(initial=initial, now=now, place=place)

    @property
    def shown(self) -> SafeString:
        """The hidden field of the values shown; nothing is saved meanwhile by whoever fills the form in."""
        sent = self.initial.get(SHOWN)
        return super().shown if sent is None else self.hidden_digests(sent)

    @property
    def text_days(self) -> Days:
        """The days that the texts mention: those of the absence, or the last ones known."""
        now = days_of({name: self[name].value() for name in ("starts_on", "ends_on")})
        former = former_days(self.data) if self.is_bound else self.initial.get("text_days", now)
        return Days(now.starts_on or former.starts_on, now.ends_on or former.ends_on)

    @property
    def replacement_query(self) -> str:
        """The name typed to find a replacement; chosen or not is told by `replacement`."""
        return str(self.data.get("query", "")).strip()

    def clean_subject(self) -> str:
        return clean_text(self.cleaned_data["subject"]).strip()

    def clean(self) -> dict[str, Any]:
        fields = super().clean() or self.cleaned_data
        if self.errors:
            return fields
        if fields["is_rich"]:
            for name in ("internal_text", "external_text"):
                fields[name] = clean_html(fields[name])
        absence = Absence(
            **{name: fields[name] for name in _COPIED_FIELDS},
            place=self.place,
            weekdays=tuple(fields["weekdays"]) if self.place is Place.WEEKLY else (),
            replacement_id=fields["replacement"],
        )
        try:
            if absence.is_on and absence.replacement_id is None and self.replacement_query:
                raise Refusal("sorting.absence-nobody-chosen")
            check_absence(absence, now=self._now)
        except Refusal as refusal:
            self.add_refusal(refusal)
        fields["absence"] = absence
        return fields

    def add_refusal(self, refusal: Refusal) -> None:
        """Show the refusal beside its field."""
        self.add_error(_ERROR_FIELDS.get(refusal.code), sentence(refusal))


def _initial(absence: Absence | None, now: datetime) -> dict[str, Any]:
    """What the form of a saved absence shows, or of none yet."""
    if absence is None:
        return {
            name: AbsenceForm.base_fields[name].initial
            for name in (*_COPIED_FIELDS, "weekdays", "replacement")
        }
    copied = {name: getattr(absence, name) for name in _COPIED_FIELDS}
    return copied | {
        "is_on": absence.is_on and not is_over(absence, now),
        "weekdays": absence.weekdays,
        "replacement": absence.replacement_id,
    }
