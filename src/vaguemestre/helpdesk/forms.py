"""What operators send."""

from django import forms

from vaguemestre.helpdesk.rules import LONGEST_REASON
from vaguemestre.helpdesk.values import Act


class SearchForm(forms.Form):
    q = forms.CharField(
        label="Nom, établissement, adresse ou identifiant",
        max_length=120,
        required=False,
        widget=forms.TextInput(attrs={"type": "search", "autocomplete": "off", "spellcheck": "false"}),
    )


class ActForm(forms.Form):
    motif = forms.CharField(
        label="Motif",
        max_length=LONGEST_REASON,
        help_text="Obligatoire, gardé au journal et montré à la personne. Ni NUMEN ni mot de passe.",
        error_messages={"required": "Écrivez le motif : la personne le lira."},
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    acte = forms.ChoiceField(choices=[(act, act) for act in Act])
