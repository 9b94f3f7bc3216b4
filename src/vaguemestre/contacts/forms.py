"""Browser input → a card."""

from django import forms
from django.core.exceptions import ValidationError

from vaguemestre.contacts.rules import checked_card
from vaguemestre.contacts.values import ContactCard
from vaguemestre.kernel.errors import Refusal
from vaguemestre.ui.refusals import sentence


class ContactForm(forms.Form):
    name = forms.CharField(
        label="Nom", max_length=200, required=False, widget=forms.TextInput({"autocomplete": "off"})
    )
    address = forms.CharField(
        label="Adresse électronique", max_length=254, widget=forms.EmailInput({"autocomplete": "off"})
    )
    phone = forms.CharField(
        label="Téléphone", max_length=40, required=False, widget=forms.TextInput({"type": "tel"})
    )
    note = forms.CharField(label="Notes", max_length=5000, required=False, widget=forms.Textarea({"rows": 4}))

    def clean(self) -> dict[str, str]:
        given: dict[str, str] = super().clean() or self.cleaned_data
        if self.errors:
            return given
        try:
            self.card: ContactCard = checked_card(
                given["name"], given["address"], given["phone"], given["note"]
            )
        except Refusal as refusal:
            field = "address" if refusal.code.startswith("kernel.") else "name"
            self.add_error(field, ValidationError(sentence(refusal)))
        return given
