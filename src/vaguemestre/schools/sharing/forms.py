"""Browser input → memberships, mailboxes asked for."""

from django import forms

from vaguemestre.foundation.ui.days import DayField
from vaguemestre.schools.sharing.rules.words import GIVES, KINDS, RIGHTS
from vaguemestre.schools.sharing.values import Kind, Request, Right, Wanted

_RIGHTS = [(right.value, f"{RIGHTS[right].capitalize()} : {GIVES[right]}") for right in Right]
_ASKED = (Kind.SERVICE, Kind.STEWARDSHIP, Kind.DISTRICT, Kind.PROJECT)


class MemberForm(forms.Form):
    """A right, and days."""

    droit = forms.ChoiceField(label="Droit", choices=_RIGHTS, initial=Right.READ.value)
    debut = DayField(label="À partir du")
    fin = DayField(label="Jusqu’au", required=False, help_text="Inclus. Vide : sans fin prévue.")

    def wanted(self) -> Wanted:
        told = self.cleaned_data
        return Wanted(Right(told["droit"]), told["debut"], told["fin"])


class NewMemberForm(MemberForm):
    """The same for somebody named by their address."""

    adresse = forms.CharField(
        label="Adresse de l’agent",
        max_length=254,
        widget=forms.EmailInput({"autocomplete": "off", "spellcheck": "false"}),
    )
    field_order = ["adresse", "droit", "debut", "fin"]


class LoanForm(NewMemberForm):
    """One's own mailbox, lent for some days."""

    droit = forms.ChoiceField(
        label="Droit", choices=[one for one in _RIGHTS if one[0] != Right.MANAGE], initial=Right.READ.value
    )
    etendue = forms.ChoiceField(
        label="Étendue",
        choices=[
            ("reception", "La boîte de réception seulement"),
            ("tout", "Tous les dossiers, sauf « Personnel » et « Privé »"),
        ],
    )
    debut = DayField(label="À partir du")
    fin = DayField(label="Jusqu’au (inclus)")
    field_order = ["adresse", "droit", "etendue", "debut", "fin"]


class OwnerForm(forms.Form):
    adresse = forms.CharField(
        label="Adresse de l’agent", max_length=254, widget=forms.EmailInput({"autocomplete": "off"})
    )


class AskForm(forms.Form):
    """Another mailbox."""

    genre = forms.ChoiceField(
        label="Pour", choices=[(kind.value, KINDS[kind].capitalize()) for kind in _ASKED]
    )
    nom = forms.CharField(
        label="Début de l’adresse",
        max_length=32,
        help_text="Par exemple « dpe », « amiens1 » ou un code d’établissement ; le préfixe est ajouté.",
        widget=forms.TextInput({"autocomplete": "off", "spellcheck": "false"}),
    )
    intitule = forms.CharField(
        label="Nom montré aux correspondants",
        max_length=120,
        widget=forms.TextInput({"autocomplete": "off"}),
    )
    motif = forms.CharField(
        label="À quoi servira-t-elle ?", max_length=2000, widget=forms.Textarea({"rows": 3})
    )

    def asked(self) -> Request:
        told = self.cleaned_data
        return Request(Kind(told["genre"]), told["nom"], told["intitule"], told["motif"])


class KeyForm(forms.Form):
    nom = forms.CharField(
        label="Nom de l’appareil ou du logiciel",
        max_length=80,
        widget=forms.TextInput({"autocomplete": "off"}),
    )
