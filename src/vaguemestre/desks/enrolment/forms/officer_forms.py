"""Forms of officers."""

from datetime import date
from secrets import token_hex
from typing import Any, NamedTuple

from django import forms
from django.core.exceptions import ValidationError

from vaguemestre.desks.enrolment import queries
from vaguemestre.desks.enrolment.forms.birth_dates import checked_birth_date
from vaguemestre.foundation.kernel.errors import Refusal
from vaguemestre.foundation.ui.days import DayField
from vaguemestre.foundation.ui.refusals import sentence
from vaguemestre.people.credentials.labels_fr import ACCOUNT_STATE_LABELS
from vaguemestre.people.credentials.values import AccountState
from vaguemestre.people.directory.queries import PeopleFilter
from vaguemestre.people.directory.rules.nomenclature import function_choices
from vaguemestre.people.directory.rules.numens import parse_numen
from vaguemestre.people.directory.rules.places import parse_uai
from vaguemestre.people.directory.values import CivilStatus, NewPerson, Numen, Post, StaffCategory

CATEGORY_LABELS = {
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


class MessageForm(forms.Form):
    message = forms.CharField(
        label="Message à la personne",
        max_length=600,
        widget=forms.Textarea({"rows": 3}),
        error_messages={"required": "Écrivez ce que la personne doit lire."},
    )


class CivilForm(forms.Form):
    """The civil status of a person, owned by HR."""

    civility = forms.ChoiceField(
        label="Civilité", choices=[("", "—"), ("Mme", "Mme"), ("M.", "M.")], required=False
    )
    birth_name = forms.CharField(label="Nom de naissance", max_length=100)
    usage_name = forms.CharField(label="Nom d’usage", max_length=100, required=False)
    first_name = forms.CharField(label="Prénom", max_length=100)
    chosen_first_name = forms.CharField(
        label="Prénom d’usage",
        max_length=100,
        required=False,
        help_text="S’il est donné, l’autre n’est plus montré nulle part.",
    )
    birth_date = DayField(label="Date de naissance", has_calendar=False)

    def clean_birth_date(self) -> date:
        return checked_birth_date(self.cleaned_data["birth_date"])

    @property
    def civil(self) -> CivilStatus:
        data = self.cleaned_data
        return CivilStatus(
            data["civility"],
            data["birth_name"].strip(),
            data["usage_name"].strip(),
            data["first_name"].strip(),
            data["birth_date"],
            data["chosen_first_name"].strip(),
        )


def initial_civil_status(civil: CivilStatus) -> dict[str, Any]:
    return {
        "civility": civil.civility,
        "birth_name": civil.birth_name,
        "usage_name": civil.usage_name,
        "first_name": civil.first_name,
        "chosen_first_name": civil.chosen_first_name,
        "birth_date": civil.birth_date,
    }


class ChangedField(NamedTuple):
    """A field of a form whose record says something else by now."""

    label: str
    recorded: str
    typed: str


def changed_fields(form: CivilForm, civil: CivilStatus) -> list[ChangedField]:
    """What a valid form and the record say differently."""
    recorded, typed = initial_civil_status(civil), initial_civil_status(form.civil)
    return [
        ChangedField(str(form[name].label), _written(recorded[name]), _written(typed[name]))
        for name in recorded
        if recorded[name] != typed[name]
    ]


def _written(value: Any) -> str:
    return f"{value:%d/%m/%Y}" if isinstance(value, date) else str(value or "—")


class SchoolForm(forms.Form):
    """An establishment, by its UAI code or by words of its name and town."""

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
        """The UAI; where words are typed, of the only establishment that matches, which a page then shows."""
        typed = self.cleaned_data["uai"]
        try:
            return parse_uai(typed).text
        except Refusal as refusal:
            if refusal.code.endswith("letter-wrong"):
                raise ValidationError(sentence(refusal)) from refusal
            matches = queries.search_schools(self._academy_id, typed)
            if not matches:
                raise ValidationError(
                    "Aucun établissement ouvert n’a ce code, ni tous ces mots dans son nom ou sa ville."
                ) from refusal
            if len(matches) == 1:
                return matches[0][0]
            listed = " ; ".join(f"{uai}, {name}" for uai, name in matches)
            raise ValidationError(
                "Écrivez le code de celui-ci, ou soyez plus précis : %(listed)s.",
                params={"listed": listed},
            ) from refusal


class BroughtNumenField(forms.CharField):
    """The NUMEN of somebody who has one already; None to issue one."""

    def __init__(self) -> None:
        super().__init__(
            label="NUMEN",
            max_length=40,
            required=False,
            help_text="Celui que la personne apporte d’une autre académie. Laissez vide si elle n’en a pas : "
            "un NUMEN lui est attribué.",
            widget=forms.TextInput({"autocomplete": "off", "spellcheck": "false"}),
        )

    def clean(self, value: Any) -> Numen | None:
        typed = super().clean(value)
        try:
            return parse_numen(typed) if typed else None
        except Refusal as refusal:
            raise ValidationError(sentence(refusal)) from refusal


class CreationForm(SchoolForm):
    """Where the author of a request is created, and the NUMEN they bring."""

    numen = BroughtNumenField()


class ArrivalForm(CivilForm, SchoolForm):
    """A person already at work whom HR has not entered yet."""

    dossier = forms.CharField(
        label="Numéro de dossier provisoire",
        max_length=40,
        required=False,
        help_text="Laissez vide pour en recevoir un ; le flux RH le remplacera.",
    )
    numen = BroughtNumenField()
    category = forms.ChoiceField(
        label="Catégorie",
        choices=[("", "—"), *CATEGORY_LABELS.items()],
        error_messages={"required": "Choisissez la catégorie."},
    )
    function = forms.ChoiceField(
        label="Fonction",
        required=False,
        choices=[("", "—"), *function_choices()],
        help_text="Elle dit de quelles listes est la personne. « Direction » lui confie la boîte de "
        "l’établissement, ses listes et « Mes personnels », jusqu’à la fin du poste.",
    )
    starts_on = DayField(label="Prise de fonction")
    ends_on = DayField(label="Fin (obligatoire)")
    sponsor = forms.CharField(
        label="Qui en répond", max_length=120, help_text="Le chef d’établissement ou de service."
    )

    @property
    def person(self) -> NewPerson:
        data = self.cleaned_data
        return NewPerson(
            dossier=data["dossier"].strip() or f"PROV-{token_hex(4).upper()}",
            civil=self.civil,
            category=StaffCategory(data["category"]),
            posts=(Post(data["uai"], data["starts_on"], data["ends_on"], data["function"]),),
            numen=data["numen"],
        )


class PeopleSearchForm(forms.Form):
    q = forms.CharField(
        label="Nom, adresse ou dossier",
        max_length=120,
        required=False,
        widget=forms.TextInput({"type": "search", "autocomplete": "off", "spellcheck": "false"}),
    )
    categorie = forms.ChoiceField(
        label="Catégorie",
        required=False,
        choices=[("", "Toutes"), *((str(key), title) for key, title in CATEGORY_LABELS.items())],
    )
    etablissement = forms.CharField(
        label="Établissement (UAI)",
        max_length=8,
        required=False,
        widget=forms.TextInput({"autocomplete": "off", "spellcheck": "false"}),
    )
    etat = forms.ChoiceField(
        label="Compte", required=False, choices=[("", "Tous"), *ACCOUNT_STATE_LABELS.items()]
    )
    fin = DayField(label="Poste fini au plus tard", required=False)

    def sought(self, today: date) -> PeopleFilter:
        """What is searched. A field with an error is left out."""
        self.is_valid()
        data = self.cleaned_data
        return PeopleFilter(
            str(data.get("q", "")).strip(),
            category=str(data.get("categorie", "")),
            uai=str(data.get("etablissement", "")).strip(),
            ends_by=data.get("fin"),
            day=today,
        )

    @property
    def state(self) -> AccountState | None:
        self.is_valid()
        state = self.cleaned_data.get("etat")
        return AccountState(state) if state else None
