"""Forms about académies, services, establishments, people, and the journal."""

from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator

from vaguemestre.desks.backoffice.rules.roles import ASSIGNABLE_ROLES
from vaguemestre.desks.enrolment.forms.officer_forms import CATEGORY_LABELS
from vaguemestre.foundation.journal.queries import JournalFilter
from vaguemestre.foundation.kernel.errors import Refusal
from vaguemestre.foundation.ui.days import DayField
from vaguemestre.foundation.ui.refusals import sentence
from vaguemestre.foundation.ui.shared_form import SharedForm
from vaguemestre.people.credentials.values import AccountRole
from vaguemestre.people.directory.queries import StructureFilter, academy_summaries
from vaguemestre.people.directory.rules.nomenclature import structure_kind_label
from vaguemestre.people.directory.rules.places import parse_uai
from vaguemestre.people.directory.values import Place, StaffCategory, StructureState

_PARIS = ZoneInfo("Europe/Paris")
_DOMAIN = RegexValidator(
    r"^(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}$", "Ce n’est pas un nom de domaine."
)
_DEPARTMENTS = RegexValidator(
    r"^\d{3}(?:[ ,;]+\d{3})*$", "Écrivez des codes de trois chiffres : 002 060 080."
)
_PHONE = RegexValidator(r"^\+?[0-9][0-9 .()-]{3,30}$", "Écrivez un numéro : chiffres et espaces.")
SEARCH_FIELD: dict[str, Any] = {
    "max_length": 120,
    "required": False,
    "widget": forms.TextInput({"type": "search", "autocomplete": "off", "spellcheck": "false"}),
}


class AcademyForm(SharedForm):
    name = forms.CharField(label="Nom", max_length=80)


class NewAcademyForm(AcademyForm):
    code = forms.CharField(
        label="Code",
        max_length=2,
        validators=[RegexValidator(r"^\d{2}$", "Deux chiffres.")],
        help_text="Deux chiffres, ceux des NUMEN.",
    )
    domain = forms.CharField(
        label="Domaine de messagerie", max_length=253, validators=[_DOMAIN], help_text="ac-exemple.fr"
    )
    departments = forms.CharField(
        label="Départements",
        max_length=60,
        validators=[_DEPARTMENTS],
        help_text="Comme dans les UAI : 002 060 080.",
    )

    def clean_domain(self) -> str:
        domain = str(self.cleaned_data["domain"]).lower()
        if any(academy.domain == domain for academy in academy_summaries()):
            raise ValidationError("Une académie a déjà ce domaine.")
        return domain

    def clean_code(self) -> str:
        code = str(self.cleaned_data["code"])
        if any(academy.code == code for academy in academy_summaries()):
            raise ValidationError("Une académie a déjà ce code.")
        return code

    @property
    def chosen_departments(self) -> tuple[str, ...]:
        return tuple(self.cleaned_data["departments"].replace(",", " ").replace(";", " ").split())


class ServiceForm(SharedForm):
    name = forms.CharField(label="Nom", max_length=160)
    phone = forms.CharField(label="Téléphone", max_length=40, required=False, validators=[_PHONE])
    address = forms.EmailField(label="Adresse électronique", max_length=254, required=False)
    postal = forms.CharField(
        label="Adresse postale", max_length=400, required=False, widget=forms.Textarea({"rows": 3})
    )


class OfficerForm(forms.Form):
    account = forms.CharField(
        label="Identifiant ou adresse",
        max_length=254,
        widget=forms.TextInput({"autocomplete": "off", "spellcheck": "false"}),
    )
    reason = forms.CharField(
        label="Motif",
        max_length=200,
        error_messages={"required": "Dites pourquoi : la personne le lira."},
    )


class StructureForm(SharedForm):
    """The description of an establishment, without its UAI."""

    name = forms.CharField(label="Nom", max_length=200)
    kind = forms.CharField(label="Type", max_length=40, required=False)
    sector = forms.ChoiceField(
        label="Secteur",
        choices=[("", "—"), ("PUBLIC", "Public"), ("PRIVE", "Privé sous contrat")],
        required=False,
    )
    town = forms.CharField(label="Commune", max_length=80, required=False)
    postal_code = forms.CharField(label="Code postal", max_length=10, required=False)
    district = forms.CharField(
        label="Circonscription", max_length=80, required=False, help_text="Des écoles du premier degré."
    )
    phone = forms.CharField(
        label="Téléphone",
        max_length=40,
        required=False,
        validators=[_PHONE],
        help_text="Montré dans l’annuaire.",
    )
    opened_on = DayField(label="Ouverture", required=False)

    @property
    def fields_by_name(self) -> dict[str, str]:
        names = ("name", "kind", "sector", "town", "postal_code", "district", "phone")
        return {name: str(self.cleaned_data[name]).strip() for name in names}


class ChangeStructureForm(StructureForm):
    closed_on = DayField(label="Fermeture", required=False, help_text="Le dernier jour.")
    successor = forms.CharField(
        label="Établissement qui prend la suite (UAI)",
        max_length=12,
        required=False,
        help_text="Après une fusion.",
    )

    def clean_successor(self) -> str:
        return _uai(self.cleaned_data["successor"]) if self.cleaned_data["successor"].strip() else ""

    @property
    def days(self) -> tuple[date | None, date | None]:
        return self.cleaned_data["opened_on"], self.cleaned_data["closed_on"]


class NewStructureForm(StructureForm):
    uai = forms.CharField(label="UAI", max_length=12, help_text="Sept chiffres et une lettre.")
    academy = forms.TypedChoiceField(label="Académie", coerce=int)
    field_order = ("academy", "uai")

    def __init__(self, *args: object, academy_id: int = 0, **kwargs: object) -> None:
        """Offer the académies to choose from; only that one unless 0."""
        super().__init__(*args, **kwargs)
        choices = [(academy.academy_id, academy.name) for academy in academy_summaries(academy_id)]
        self.fields["academy"].choices = choices  # type: ignore[attr-defined]

    def clean_uai(self) -> str:
        return _uai(self.cleaned_data["uai"])

    @property
    def place(self) -> Place:
        fields = self.fields_by_name
        fields.pop("phone")
        return Place(uai=self.cleaned_data["uai"], **fields)


def _uai(typed: str) -> str:
    try:
        return parse_uai(typed).text
    except Refusal as refusal:
        raise ValidationError(sentence(refusal)) from refusal


class StructureSearchForm(forms.Form):
    q = forms.CharField(label="Nom, commune ou UAI", **SEARCH_FIELD)
    type = forms.ChoiceField(label="Type", required=False)
    secteur = forms.ChoiceField(
        label="Secteur",
        required=False,
        choices=[("", "Tous"), ("PUBLIC", "Public"), ("PRIVE", "Privé")],
    )
    etat = forms.ChoiceField(
        label="État",
        required=False,
        choices=[
            ("", "Tous"),
            (StructureState.OPEN.value, "Ouverts"),
            (StructureState.CLOSED.value, "Fermés"),
        ],
    )

    def __init__(self, data: object, kinds: tuple[str, ...]) -> None:
        super().__init__(data)  # type: ignore[arg-type]
        choices = [("", "Tous"), *((kind, structure_kind_label(kind)) for kind in kinds)]
        self.fields["type"].choices = choices  # type: ignore[attr-defined]

    @property
    def sought(self) -> StructureFilter:
        self.is_valid()
        data = {name: str(self.cleaned_data.get(name, "")) for name in self.fields}
        state = StructureState(data["etat"]) if data["etat"] else None
        return StructureFilter(data["q"], data["type"], data["secteur"], state)


class RoleForm(forms.Form):
    role = forms.ChoiceField(label="Rôle", choices=list(ASSIGNABLE_ROLES.items()))
    reason = forms.CharField(label="Motif", max_length=200)

    def leave_out_administrator(self) -> None:
        """For whoever may not become one: it is not offered, then refused once the form is filled."""
        choices = [
            (role, label) for role, label in ASSIGNABLE_ROLES.items() if role != AccountRole.ADMINISTRATOR
        ]
        self.fields["role"].choices = choices  # type: ignore[attr-defined]


class JournalForm(forms.Form):
    acte = forms.CharField(
        label="Acte",
        max_length=80,
        required=False,
        widget=forms.TextInput({"autocomplete": "off"}),
    )
    par = forms.CharField(
        label="Par",
        max_length=80,
        required=False,
        widget=forms.TextInput({"autocomplete": "off", "placeholder": "Nom, identifiant"}),
    )
    objet = forms.CharField(
        label="Sur",
        max_length=80,
        required=False,
        widget=forms.TextInput({"autocomplete": "off", "placeholder": "Nom, adresse"}),
    )
    du = DayField(label="Du", required=False)
    au = DayField(label="Au", required=False)

    def typed(self, name: str) -> str:
        self.is_valid()
        return str(self.cleaned_data.get(name, "")).strip()

    @property
    def dates(self) -> JournalFilter:
        """The days of the search."""
        self.is_valid()
        since, until = self.cleaned_data.get("du"), self.cleaned_data.get("au")
        return JournalFilter(
            since=_midnight(since) if since else None,
            until=_midnight(until + timedelta(days=1)) if until else None,
        )


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), _PARIS)


def category_label(code: str) -> str:
    return str(CATEGORY_LABELS.get(StaffCategory(code), code)) if code in set(StaffCategory) else code
