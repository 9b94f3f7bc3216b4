"""Forms of the sign-in and of the security pages."""

from typing import Any

from django import forms

from vaguemestre.people.credentials.rules.passwords import MAX_CHARACTERS, MIN_CHARACTERS


class SignInForm(forms.Form):
    username = forms.CharField(
        label="Identifiant",
        max_length=254,
        error_messages={"required": "Écrivez votre identifiant ou votre adresse électronique."},
        widget=forms.TextInput(
            attrs={
                "autocomplete": "username",
                "autocapitalize": "none",
                "spellcheck": "false",
                "autofocus": True,
            }
        ),
    )
    secret = forms.CharField(
        label="Mot de passe ou passcode OTP",
        max_length=1024,
        strip=False,
        help_text="Avec une clé OTP : votre code PIN suivi des 6 chiffres affichés.",
        error_messages={"required": "Écrivez votre mot de passe, ou votre passcode OTP."},
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )
    shared = forms.BooleanField(
        label="Ordinateur partagé",
        required=False,
        help_text="Rien n’est gardé sur cet ordinateur ; déconnexion après 15 minutes sans activité.",
    )
    own_device = forms.BooleanField(
        label="Mon appareil",
        required=False,
        help_text="La connexion dure 30 jours. Après 12 heures, votre mot de passe est redemandé pour écrire "
        "ou changer un réglage.",
    )
    next = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        if self.data.get("username") or self.initial.get("username"):  # the password comes next
            self.fields["username"].widget.attrs.pop("autofocus")
            self.fields["secret"].widget.attrs["autofocus"] = True


class SecondStepForm(forms.Form):
    code = forms.CharField(
        label="Code de vérification",
        max_length=20,
        help_text="Les 6 chiffres affichés par votre application d’authentification, ou un de vos codes de "
        "secours.",
        error_messages={"required": "Écrivez les 6 chiffres affichés par votre application."},
        widget=forms.TextInput(
            attrs={"autocomplete": "one-time-code", "autocapitalize": "none", "autofocus": True}
        ),
    )


class EnrolForm(forms.Form):
    code = forms.CharField(
        label="Code affiché par l’application",
        max_length=20,
        help_text="6 chiffres, qui changent toutes les 30 secondes.",
        error_messages={"required": "Écrivez les 6 chiffres affichés par votre application."},
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "inputmode": "numeric"}),
    )


class PasskeyForm(forms.Form):
    name = forms.CharField(
        label="Nom de l’appareil",
        max_length=80,
        help_text="Par exemple « Mon téléphone » : vous saurez laquelle retirer.",
        error_messages={"required": "Donnez-lui un nom, pour la reconnaître plus tard."},
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    response = forms.CharField(max_length=20_000, required=False, widget=forms.HiddenInput)


class ContactForm(forms.Form):
    address = forms.CharField(
        label="Adresse électronique personnelle",
        max_length=254,
        help_text="Une adresse que vous lisez sans ce compte. Elle n’est montrée à personne.",
        error_messages={"required": "Écrivez votre adresse personnelle."},
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )


class DeliveredCodeForm(forms.Form):
    code = forms.CharField(
        label="Code reçu",
        max_length=20,
        help_text="8 chiffres, valables dix minutes.",
        error_messages={"required": "Écrivez les 8 chiffres reçus."},
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "inputmode": "numeric"}),
    )


class CurrentPasswordField(forms.CharField):
    """The current password, where it alone is the proof."""

    def __init__(self) -> None:
        super().__init__(
            label="Mot de passe actuel",
            max_length=1024,
            strip=False,
            error_messages={"required": "Écrivez votre mot de passe actuel."},
            widget=forms.PasswordInput(attrs={"autocomplete": "current-password", "autofocus": True}),
        )


class ChangePasswordForm(forms.Form):
    """A new password, twice. Its strength is checked by the service."""

    new_password = forms.CharField(
        label="Nouveau mot de passe",
        max_length=1024,
        strip=False,
        help_text=f"De {MIN_CHARACTERS} à {MAX_CHARACTERS} caractères. Votre nom, votre NUMEN et votre date "
        "de naissance ne comptent pas : il faut assez d’autre chose. Quelques mots sans rapport entre eux "
        "conviennent très bien.",
        error_messages={"required": "Choisissez un mot de passe."},
        widget=forms.PasswordInput(
            attrs={"autocomplete": "new-password", "autofocus": True}, render_value=True
        ),
    )
    confirmation = forms.CharField(
        label="Confirmer le mot de passe",
        max_length=1024,
        strip=False,
        error_messages={"required": "Écrivez le mot de passe une seconde fois."},
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}, render_value=True),
    )

    def clean_confirmation(self) -> str:
        second: str = self.cleaned_data["confirmation"]
        first = self.cleaned_data.get("new_password")
        if first and second != first:
            raise forms.ValidationError(
                "Les deux mots de passe ne sont pas les mêmes : écrivez-les de nouveau."
            )
        return second


class OwnPasswordForm(ChangePasswordForm):
    """The same for a signed-in user, who chooses whether other sessions end."""

    end_others = forms.BooleanField(
        label="Fermer mes autres sessions",
        required=False,
        initial=True,
        help_text="Décochez si rien ne vous inquiète : vos autres navigateurs restent connectés.",
    )


class RenewPasswordForm(ChangePasswordForm):
    """The same after a password was barred, signed in or not: the current password comes first."""

    current_password = CurrentPasswordField()
    field_order = ("current_password", "new_password", "confirmation")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["new_password"].widget.attrs.pop("autofocus", None)


class PinForm(forms.Form):
    """The PIN of an OTP key, twice, and the code the key displays."""

    pin = forms.CharField(
        label="Code PIN",
        max_length=20,
        help_text="De 4 à 8 chiffres, que vous seul connaissez. Ni suite, ni chiffre répété.",
        error_messages={"required": "Choisissez un code PIN de 4 à 8 chiffres."},
        widget=forms.PasswordInput(attrs={"autocomplete": "off", "inputmode": "numeric"}),
    )
    confirmation = forms.CharField(
        label="Confirmer le code PIN",
        max_length=20,
        error_messages={"required": "Écrivez le code PIN une seconde fois."},
        widget=forms.PasswordInput(attrs={"autocomplete": "off", "inputmode": "numeric"}),
    )
    code = forms.CharField(
        label="Chiffres affichés par la clé",
        max_length=20,
        error_messages={"required": "Écrivez les 6 chiffres affichés par la clé."},
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "inputmode": "numeric"}),
    )

    def clean_confirmation(self) -> str:
        second: str = self.cleaned_data["confirmation"]
        if self.cleaned_data.get("pin") and second != self.cleaned_data["pin"]:
            raise forms.ValidationError("Les deux codes PIN ne sont pas les mêmes : écrivez-les de nouveau.")
        return second
