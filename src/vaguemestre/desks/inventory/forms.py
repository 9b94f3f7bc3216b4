"""The filter of the inventory."""

from django import forms

from vaguemestre.desks.inventory.rules import KINDS, STANDINGS
from vaguemestre.desks.inventory.values import InventorySearch, Standing

_WORDS = {"type": "search", "autocomplete": "off", "spellcheck": "false"}


class InventoryForm(forms.Form):
    q = forms.CharField(
        label="Intitulé ou adresse", max_length=80, required=False, widget=forms.TextInput(_WORDS)
    )
    lieu = forms.CharField(
        label="Établissement",
        max_length=80,
        required=False,
        widget=forms.TextInput({**_WORDS, "placeholder": "Nom, commune, UAI"}),
    )
    genre = forms.ChoiceField(
        label="Genre", required=False, choices=[(name, kinds.label) for name, kinds in KINDS.items()]
    )
    etat = forms.ChoiceField(
        label="État",
        required=False,
        choices=[(standing.value, label) for standing, label in STANDINGS.items()],
    )

    def sought_in(self, academy_id: int) -> InventorySearch:
        """What was typed; what is none of the choices counts for none."""
        self.is_valid()
        typed = {name: str(self.cleaned_data.get(name, "")).strip() for name in self.fields}
        return InventorySearch(
            words=typed["q"],
            place=typed["lieu"],
            kinds=KINDS[typed["genre"]],
            standing=Standing(typed["etat"]),
            academy_id=academy_id,
        )
