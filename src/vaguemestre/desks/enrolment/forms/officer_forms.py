"""What an officer sends."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from vaguemestre.desks.enrolment import queries
from vaguemestre.foundation.kernel.errors import Refusal
from vaguemestre.foundation.ui.days import DayField
from vaguemestre.foundation.ui.refusals import sentence
from vaguemestre.people.directory.rules.places import parse_uai
from vaguemestre.people.directory.values import CivilStatus, NewPerson, Post, StaffCategory

CATEGORIES = {
    StaffCategory.FIRST_DEGREE_PUBLIC: "Premier degré public",
    StaffCategory.SECOND_DEGREE_PUBLIC: "Second degré public",
    StaffCategory.CPE: "CPE",
    StaffCategory.PSYEN: "Psychologue",
    StaffCategory.DIRECTION: "Direction, inspection",
    StaffCategory.ATSS: "Administratif, technique, social, santé",
    StaffCategory.FIRST_DEGREE_PRIVATE: "Premier degré privé",
    StaffCategory.SECOND_DEGREE_PRIVATE: "Second degré privé",
    StaffCategory.AESH: "AESH",
    StaffCategory.AED: "Assistant d’éducation",
}


class WordsForm(forms.Form):
    mots = forms.CharField(
        label="Message à la personne",
        max_length=600,
        widget=forms.Textarea({"rows": 3}),
        error_messages={"required": "Écrivez ce que la personne doit lire."},
    )


class CivilForm(forms.Form):
    """What HR owns of somebody."""

    civilite = forms.ChoiceField(
        label="Civilité", choices=[("", "—"), ("Mme", "Mme"), ("M.", "M.")], required=False
    )
    nom_naissance = forms.CharField(label="Nom de naissance", max_length=100)
    nom_usage = forms.CharField(label="Nom d’usage", max_length=100, required=False)
    prenom = forms.CharField(label="Prénom", max_length=100)
    prenom_choisi = forms.CharField(
        label="Prénom d’usage",
        max_length=100,
        required=False,
        help_text="S’il est donné, l’autre n’est plus montré nulle part.",
    )
    naissance = DayField(label="Date de naissance")

    @property
    def civil(self) -> CivilStatus:
        given = self.cleaned_data
        return CivilStatus(
            given["civilite"],
            given["nom_naissance"].strip(),
            given["nom_usage"].strip(),
            given["prenom"].strip(),
            given["naissance"],
            given["prenom_choisi"].strip(),
        )


def civil_of(civil: CivilStatus) -> dict[str, Any]:
    return {
        "civilite": civil.civility,
        "nom_naissance": civil.birth_name,
        "nom_usage": civil.usage_name,
        "prenom": civil.first_name,
        "prenom_choisi": civil.chosen_first_name,
        "naissance": civil.birth_date,
    }


class SchoolForm(forms.Form):
    """An establishment of an académie, by its code or by enough of its name and town to tell it."""

    uai = forms.CharField(
        label="Code de l’établissement (UAI)",
        max_length=120,
        help_text="Sept chiffres et une lettre ; ou le nom et la ville, et le code sera cherché.",
        widget=forms.TextInput({"autocomplete": "off", "spellcheck": "false"}),
    )

    def __init__(self, *args: Any, academy_id: int, **options: Any) -> None:
        super().__init__(*args, **options)
        self._academy_id = academy_id

    def clean_uai(self) -> str:
        """Never chosen for the officer: what was found is told, and its code is for them to write."""
        typed = self.cleaned_data["uai"]
        try:
            return parse_uai(typed).text
        except Refusal as refusal:
            if refusal.code.endswith("letter-wrong"):
                raise ValidationError(sentence(refusal)) from refusal
            found = queries.schools_like(self._academy_id, typed)
            if not found:
                raise ValidationError(
                    "Aucun établissement ouvert n’a ce code, ni tous ces mots dans son nom ou sa ville."
                ) from refusal
            listed = " ; ".join(f"{uai}, {name}" for uai, name in found)
            raise ValidationError(
                "Écrivez le code de celui-ci, ou soyez plus précis : %(listed)s.",
                params={"listed": listed},
            ) from refusal


class ReceiveForm(CivilForm, SchoolForm):
    """Somebody who works already and whom HR has not entered."""

    dossier = forms.CharField(
        label="Numéro de dossier provisoire",
        max_length=40,
        help_text="Unique ; le flux RH le remplacera.",
    )
    categorie = forms.ChoiceField(label="Catégorie", choices=list(CATEGORIES.items()))
    debut = DayField(label="Prise de fonction")
    fin = DayField(label="Fin (obligatoire)")
    parrain = forms.CharField(
        label="Qui en répond", max_length=120, help_text="Le chef d’établissement ou de service."
    )

    @property
    def person(self) -> NewPerson:
        given = self.cleaned_data
        return NewPerson(
            dossier=given["dossier"].strip(),
            civil=self.civil,
            category=StaffCategory(given["categorie"]),
            posts=(Post(given["uai"], given["debut"], given["fin"]),),
        )


class PeopleSearchForm(forms.Form):
    q = forms.CharField(
        label="Nom, prénom, adresse ou dossier",
        max_length=120,
        required=False,
        widget=forms.TextInput({"type": "search", "autocomplete": "off", "spellcheck": "false"}),
    )
    categorie = forms.ChoiceField(
        label="Catégorie",
        required=False,
        choices=[("", "Toutes"), *((str(key), title) for key, title in CATEGORIES.items())],
    )
