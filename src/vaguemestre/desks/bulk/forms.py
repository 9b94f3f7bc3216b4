"""Forms of acts on many, and the search that selects people."""

from dataclasses import replace
from datetime import date
from typing import Any

from django import forms

from vaguemestre.desks.bulk.values import Act, Order
from vaguemestre.desks.enrolment.forms import officer_forms
from vaguemestre.people.directory.queries import PeopleFilter

SEARCH_FIELDS = ("q", "service", "categorie", "etablissement", "etat", "fin")


class PeopleSearchForm(officer_forms.PeopleSearchForm):
    """The search of people, of every service: what it finds may be acted upon."""

    service = forms.ChoiceField(label="Service", required=False)

    def __init__(self, data: object, services: list[tuple[int, str]]) -> None:
        super().__init__(data)  # type: ignore[arg-type]
        self.fields["q"].label = "Nom, adresse ou dossier"
        self.fields["service"].choices = [("", "Tous"), (-1, "Aucun"), *services]  # type: ignore[attr-defined]

    def sought_in(self, academy_id: int, today: date) -> PeopleFilter:
        """What is searched, in that académie (0: in all). A field with an error is left out."""
        sought, service = self.sought(today), int(self.cleaned_data.get("service") or 0)
        return replace(sought, service_id=service, academy_id=academy_id)

    @property
    def is_empty(self) -> bool:
        """Whether it finds everybody: not one field is filled."""
        return self.is_valid() and not any(self.cleaned_data.values())


class OrderForm(forms.Form):
    """What is done to the people selected; only the fields of that act."""

    quota_mb = forms.IntegerField(
        label="Nouvelle taille de chaque boîte, en Mo", min_value=100, max_value=1_000_000
    )
    subject = forms.CharField(label="Objet de l’avis", max_length=120)
    text = forms.CharField(
        label="Texte de l’avis",
        max_length=5000,
        widget=forms.Textarea({"rows": 8}),
        help_text="Texte simple, envoyé par « Messagerie académique » : personne ne peut y répondre.",
    )
    note = forms.CharField(label="Motif", max_length=300, help_text="Gardé dans le journal.")
    file = forms.FileField(
        label="Fichier d’identifiants",
        help_text="Texte ou CSV de 1 Mo au plus : un identifiant ou une adresse par ligne, "
        "dans la première colonne.",
        widget=forms.FileInput({"accept": ".csv,.txt,text/csv,text/plain"}),
    )

    everybody = forms.BooleanField(
        label="Toutes les personnes",
        error_messages={
            "required": "Aucun critère ne choisit de personnes : cochez cette case si l’acte est pour "
            "toutes, ou revenez à la recherche."
        },
    )

    def __init__(self, act: Act, *args: Any, by_file: bool, is_everybody: bool, **kwargs: Any) -> None:
        """`is_everybody`: nothing was searched nor ticked, which a box must confirm."""
        super().__init__(*args, **kwargs)
        self._act = act
        wanted = {Act.QUOTA: {"quota_mb"}, Act.NOTICE: {"subject", "text"}}.get(act, set())
        wanted = wanted | ({"file"} if by_file else set()) | ({"everybody"} if is_everybody else set())
        for name in {"quota_mb", "subject", "text", "file", "everybody"} - wanted:
            del self.fields[name]

    def order(self) -> Order:
        data = self.cleaned_data
        return Order(
            self._act, data["note"], data.get("quota_mb", 0), data.get("subject", ""), data.get("text", "")
        )
