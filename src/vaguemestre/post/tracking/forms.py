"""Browser input about sending → values."""

import re
from datetime import datetime, time

from django import forms

from vaguemestre.foundation.kernel.times import PARIS, NoSuchDay, parse_day
from vaguemestre.post.outbox.rules.hours import UNDO_CHOICES
from vaguemestre.post.outbox.values import Sending

_UNDO = {0: "Envoyer tout de suite", 10: "10 secondes", 20: "20 secondes", 30: "30 secondes"}
_HOUR = re.compile(r"(\d{1,2})\s*[:hH]\s*(\d{2})?")


class SendingForm(forms.Form):
    annulation = forms.TypedChoiceField(
        label="« Annuler l’envoi » reste proposé pendant",
        choices=[(seconds, _UNDO[seconds]) for seconds in UNDO_CHOICES],
        coerce=int,
        widget=forms.RadioSelect,
    )
    heures = forms.BooleanField(
        label="En dehors des heures de travail, me proposer d’envoyer plus tard", required=False
    )

    def chosen(self) -> Sending:
        return Sending(self.cleaned_data["annulation"], self.cleaned_data["heures"])


class HourForm(forms.Form):
    """Another hour for a message that waits."""

    cle = forms.CharField(max_length=64)
    jour = forms.CharField(
        label="Jour",
        max_length=10,
        widget=forms.TextInput({"inputmode": "numeric", "placeholder": "JJ/MM/AAAA"}),
    )
    heure = forms.CharField(label="Heure", max_length=5, widget=forms.TextInput({"placeholder": "08:00"}))

    def clean(self) -> dict[str, str]:
        given: dict[str, str] = super().clean() or self.cleaned_data
        found = _HOUR.fullmatch(given.get("heure", "").strip())
        try:
            day = parse_day(given.get("jour", ""))
            at = time(int(found[1]), int(found[2] or 0)) if found else None
        except NoSuchDay as error:
            raise forms.ValidationError("Cette date n’existe pas : vérifiez le jour et le mois.") from error
        except ValueError:
            at = None
        if at is None:
            raise forms.ValidationError("Écrivez le jour (25/11/2026) et l’heure (08:00).")
        self.due: datetime = datetime.combine(day, at, PARIS)
        return given


class ReasonForm(forms.Form):
    acte = forms.ChoiceField(choices=[("envoyer", "Envoyer"), ("jeter", "Jeter")])
    motif = forms.CharField(
        label="Motif",
        max_length=200,
        error_messages={"required": "Écrivez pourquoi : cela reste au journal."},
    )
