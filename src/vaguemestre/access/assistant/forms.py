"""Forms of the assistant."""

from datetime import date

from django import forms
from django.utils import timezone

from vaguemestre.access.assistant.rules.birth_dates import birth_date
from vaguemestre.access.signin.forms import ChangePasswordForm
from vaguemestre.foundation.kernel.times import NoSuchDay, paris_day


class NameField(forms.CharField):
    """The account whose password was lost: username, address or NUMEN."""

    def __init__(self) -> None:
        super().__init__(
            label="Identifiant ou NUMEN",
            max_length=254,
            help_text="Votre adresse électronique professionnelle convient aussi.",
            error_messages={"required": "Écrivez votre identifiant, votre adresse ou votre NUMEN."},
            widget=forms.TextInput(
                attrs={
                    "autocomplete": "username",
                    "autocapitalize": "none",
                    "spellcheck": "false",
                    "autofocus": True,
                }
            ),
        )


class BirthDateForm(forms.Form):
    """The birth date, in any usual notation."""

    birth_date = forms.CharField(
        label="Date de naissance",
        max_length=30,
        help_text="JJ/MM/AAAA",
        error_messages={"required": "Écrivez votre date de naissance, par exemple 03/09/1985."},
        widget=forms.TextInput(attrs={"autocomplete": "bday"}),
    )

    def clean_birth_date(self) -> date:
        try:
            return birth_date(self.cleaned_data["birth_date"], today=paris_day(timezone.now()))
        except NoSuchDay as error:
            raise forms.ValidationError("Cette date n’existe pas : vérifiez le jour et le mois.") from error
        except ValueError as error:
            raise forms.ValidationError("Écrivez la date ainsi : 03/09/1985.") from error


class IdentifyForm(BirthDateForm):
    numen = forms.CharField(
        label="NUMEN",
        max_length=60,
        help_text="Treize chiffres et lettres, donnés par votre service de gestion. Majuscules et espaces ne "
        "comptent pas.",
        error_messages={"required": "Écrivez votre NUMEN."},
        widget=forms.TextInput(
            attrs={
                "autocomplete": "off",
                "autocapitalize": "characters",
                "spellcheck": "false",
                "autofocus": True,
            }
        ),
    )
    by_code = forms.CharField(required=False, max_length=1, widget=forms.HiddenInput)
    field_order = ("numen", "birth_date")


class RecoverForm(BirthDateForm):
    """A forgotten password."""

    numen = NameField()
    field_order = ("numen", "birth_date")


class IssuedCodeForm(BirthDateForm):
    """A code sent by the help desk, or handed over in person."""

    name = NameField()
    code = forms.CharField(
        label="Code reçu",
        max_length=40,
        help_text="13 lettres et chiffres, comme abcd-efgh-ijkmn. Majuscules et tirets ne comptent pas.",
        error_messages={"required": "Écrivez le code qui vous a été envoyé ou remis."},
        widget=forms.TextInput(
            attrs={"autocomplete": "one-time-code", "autocapitalize": "none", "spellcheck": "false"}
        ),
    )
    field_order = ("name", "birth_date", "code")


class ActivateForm(ChangePasswordForm):
    """A first password, twice, and the charter."""

    charter = forms.BooleanField(
        label="J’accepte la charte",
        error_messages={"required": "Lisez la charte, puis cochez cette case pour l’accepter."},
    )
