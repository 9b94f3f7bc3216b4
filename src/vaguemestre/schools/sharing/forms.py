"""Forms of shared mailboxes: memberships, delegations, requests."""

from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from vaguemestre.foundation.kernel.errors import Refusal
from vaguemestre.foundation.kernel.times import paris_day
from vaguemestre.foundation.ui.days import DayField
from vaguemestre.foundation.ui.refusals import sentence
from vaguemestre.foundation.ui.shared_form import SharedForm
from vaguemestre.schools.sharing.rules.labels_fr import KIND_LABELS, RIGHT_DESCRIPTIONS, RIGHT_LABELS
from vaguemestre.schools.sharing.rules.typed_members import (
    MAX_CHARACTERS,
    MAX_ENTRIES,
    Entry,
    read_entries,
)
from vaguemestre.schools.sharing.values import BoxKind, MemberRow, MembershipTerms, NewBox, Right

_RIGHT_CHOICES = [
    (right.value, f"{RIGHT_LABELS[right].capitalize()} : {RIGHT_DESCRIPTIONS[right]}") for right in Right
]
_REQUESTABLE = (BoxKind.SERVICE, BoxKind.STEWARDSHIP, BoxKind.DISTRICT, BoxKind.PROJECT)


class MemberForm(SharedForm):
    """The right and the days of a membership, which another owner may change meanwhile."""

    right = forms.ChoiceField(label="Droit", choices=_RIGHT_CHOICES, initial=Right.READ.value)
    starts_on = DayField(label="À partir du")
    ends_on = DayField(label="Jusqu’au", required=False, help_text="Inclus. Vide : sans fin prévue.")

    def terms(self) -> MembershipTerms:
        data = self.cleaned_data
        return MembershipTerms(Right(data["right"]), data["starts_on"], data["ends_on"])


def terms_shown(member: MemberRow) -> dict[str, Any]:
    """What the form of that member starts with."""
    return {"right": member.right, "starts_on": paris_day(member.starts_at), "ends_on": member.last_day}


class NewMemberForm(MemberForm):
    """A new membership, of the agent at an address."""

    address = forms.CharField(
        label="Nom ou adresse de l’agent",
        max_length=254,
        widget=forms.TextInput({"autocomplete": "off", "spellcheck": "false", "autocapitalize": "none"}),
    )
    field_order = ["address", "right", "starts_on", "ends_on"]


class NewMembersForm(forms.Form):
    """Several new memberships on the same terms."""

    people = forms.CharField(
        label="Agents",
        required=False,
        max_length=MAX_CHARACTERS,
        help_text=(
            f"Adresses, identifiants ou noms : un par ligne, ou séparés par des virgules ; « Nom <adresse> » "
            f"convient aussi. Au plus {MAX_ENTRIES} à la fois."
        ),
        widget=forms.Textarea({"rows": 6, "spellcheck": "false", "autocapitalize": "none"}),
    )
    right = forms.ChoiceField(label="Droit, pour tous", choices=_RIGHT_CHOICES, initial=Right.READ.value)
    ends_on = DayField(
        label="Jusqu’au, pour tous", required=False, help_text="Inclus. Vide : sans fin prévue."
    )
    place = forms.IntegerField(required=False, min_value=1)

    def clean_people(self) -> tuple[Entry, ...]:
        try:
            return read_entries(str(self.cleaned_data["people"]))
        except Refusal as refusal:
            raise ValidationError(sentence(refusal)) from refusal

    def terms(self, today: date) -> MembershipTerms:
        return MembershipTerms(Right(self.cleaned_data["right"]), today, self.cleaned_data["ends_on"])


class DelegationForm(NewMemberForm):
    """Delegation of one's own mailbox."""

    right = forms.ChoiceField(
        label="Droit",
        choices=[choice for choice in _RIGHT_CHOICES if choice[0] != Right.MANAGE],
        initial=Right.READ.value,
    )
    scope = forms.ChoiceField(
        label="Étendue",
        choices=[
            ("inbox", "La boîte de réception seulement"),
            ("all", "Tous les dossiers, sauf « Personnel » et « Privé »"),
        ],
    )
    starts_on = DayField(label="À partir du")
    ends_on = DayField(label="Jusqu’au (inclus)")
    field_order = ["address", "right", "scope", "starts_on", "ends_on"]


class OwnerForm(forms.Form):
    address = forms.CharField(
        label="Adresse de l’agent", max_length=254, widget=forms.EmailInput({"autocomplete": "off"})
    )


class BoxRequestForm(forms.Form):
    """A request for a mailbox."""

    kind = forms.ChoiceField(
        label="Pour", choices=[(kind.value, KIND_LABELS[kind].capitalize()) for kind in _REQUESTABLE]
    )
    local = forms.CharField(
        label="Début de l’adresse",
        max_length=32,
        help_text="Par exemple « dpe », « amiens1 » ou un code d’établissement ; le préfixe est ajouté.",
        widget=forms.TextInput({"autocomplete": "off", "spellcheck": "false"}),
    )
    title = forms.CharField(
        label="Nom montré aux correspondants",
        max_length=120,
        widget=forms.TextInput({"autocomplete": "off"}),
    )
    reason = forms.CharField(
        label="À quoi servira-t-elle ?", max_length=2000, widget=forms.Textarea({"rows": 3})
    )

    def new_box(self) -> NewBox:
        data = self.cleaned_data
        return NewBox(BoxKind(data["kind"]), data["local"], data["title"], data["reason"])


class AppPasswordForm(forms.Form):
    name = forms.CharField(
        label="Nom de l’appareil ou du logiciel",
        max_length=80,
        widget=forms.TextInput({"autocomplete": "off"}),
    )
