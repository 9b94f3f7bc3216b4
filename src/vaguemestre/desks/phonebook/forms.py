"""Forms of the phonebook."""

import re

from django import forms
from django.core.exceptions import ValidationError

from vaguemestre.people.directory.queries import BookFilter
from vaguemestre.people.directory.rules.nomenclature import discipline_choices, function_choices

_PHONE = re.compile(r"\+?[0-9][0-9 .()-]{3,30}(?:\s?(?:poste|p\.)\s?[0-9]{1,6})?")


class SearchForm(forms.Form):
    """The search. Its field names are public query parameters; invalid fields are ignored."""

    q = forms.CharField(
        label="Nom, prénom ou téléphone",
        max_length=100,
        required=False,
        widget=forms.TextInput({"type": "search", "autocomplete": "off", "spellcheck": "false"}),
    )
    etablissement = forms.CharField(
        label="Établissement",
        max_length=100,
        required=False,
        widget=forms.TextInput({"autocomplete": "off", "placeholder": "Nom, ville ou UAI"}),
    )
    fonction = forms.ChoiceField(
        label="Fonction",
        required=False,
        choices=[("", "Toutes"), *function_choices()],
    )
    discipline = forms.ChoiceField(
        label="Discipline",
        required=False,
        choices=[("", "Toutes"), *discipline_choices()],
    )

    @property
    def criteria(self) -> BookFilter:
        self.is_valid()
        fields = {name: str(self.cleaned_data.get(name, "")) for name in self.fields}
        return BookFilter(fields["q"], fields["etablissement"], fields["fonction"], fields["discipline"])


class OwnCardForm(forms.Form):
    phone = forms.CharField(
        label="Téléphone professionnel",
        max_length=40,
        required=False,
        help_text="Montré à vos collègues. Laissez vide pour n’en montrer aucun.",
        widget=forms.TextInput({"type": "tel", "autocomplete": "tel"}),
    )
    unlisted = forms.BooleanField(label="Liste rouge : ne pas me montrer dans l’annuaire", required=False)

    def clean_phone(self) -> str:
        phone = " ".join(str(self.cleaned_data["phone"]).split())
        if phone and not _PHONE.fullmatch(phone):
            raise ValidationError("Écrivez un numéro : chiffres, espaces, « + » devant l’indicatif.")
        return phone
