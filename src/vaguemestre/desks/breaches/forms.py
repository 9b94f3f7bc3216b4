"""Forms of breaches."""

from datetime import datetime
from typing import Any

from django import forms

from vaguemestre.desks.breaches.labels_fr import KINDS
from vaguemestre.desks.breaches.values import BreachFacts, Notice, NoticeKind
from vaguemestre.foundation.ui.shared_form import SharedForm

_FORMATS = ["%d/%m/%Y %H:%M", "%d/%m/%Y à %H:%M", "%Y-%m-%d %H:%M", "%Y-%m-%dT%H:%M"]
_LINES = {"rows": 4}


class MomentField(forms.DateTimeField):
    """A date and time of Paris: `24/11/2026 14:30`."""

    def __init__(self, **options: Any) -> None:
        super().__init__(
            input_formats=_FORMATS,
            widget=forms.DateTimeInput(attrs={"autocomplete": "off"}, format="%d/%m/%Y %H:%M"),
            error_messages={"invalid": "Écrivez un jour et une heure : 24/11/2026 14:30."},
            **options,
        )


class BreachForm(SharedForm):
    title = forms.CharField(label="En une ligne", max_length=150)
    known_at = MomentField(
        label="Connue le", help_text="Jour et heure (24/11/2026 14:30) : les délais courent à partir de là."
    )
    began_at = MomentField(label="Commencée le", required=False, help_text="Vide si ce n’est pas connu.")
    facts = forms.CharField(label="Ce qui est arrivé", widget=forms.Textarea(attrs=_LINES), required=False)
    data_kinds = forms.CharField(
        label="Données touchées", widget=forms.Textarea(attrs=_LINES), required=False
    )
    persons = forms.CharField(label="Personnes touchées", widget=forms.Textarea(attrs=_LINES), required=False)
    persons_count = forms.IntegerField(
        label="Combien de personnes", required=False, min_value=0, max_value=10_000_000
    )
    consequences = forms.CharField(
        label="Conséquences probables", widget=forms.Textarea(attrs=_LINES), required=False
    )
    measures = forms.CharField(label="Mesures prises", widget=forms.Textarea(attrs=_LINES), required=False)

    def breach(self) -> BreachFacts:
        return BreachFacts(**self.cleaned_data)


class NoticeForm(forms.Form):
    kind = forms.ChoiceField(label="Avis", choices=[(kind.value, label) for kind, label in KINDS.items()])
    sent_at = MomentField(label="Envoyé le")
    recipient = forms.CharField(label="À qui", max_length=200, required=False)
    reference = forms.CharField(
        label="Numéro donné par l’autorité", max_length=120, required=False, help_text="S’il y en a un."
    )

    def notice(self) -> Notice:
        values = self.cleaned_data
        sent_at: datetime = values["sent_at"]
        return Notice(NoticeKind(values["kind"]), sent_at, values["recipient"], values["reference"])
