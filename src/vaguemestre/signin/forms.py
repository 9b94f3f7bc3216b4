"""What browsers send to sign in."""

from django import forms


class SignInForm(forms.Form):
    identifiant = forms.CharField(
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
    partage = forms.BooleanField(
        label="Ordinateur partagé",
        required=False,
        help_text="Rien n’est gardé sur cet ordinateur ; déconnexion après 15 minutes sans activité.",
    )
    next = forms.CharField(required=False, widget=forms.HiddenInput)


class CodeForm(forms.Form):
    code = forms.CharField(
        label="Code de vérification",
        max_length=20,
        help_text="Les 6 chiffres affichés par votre application d’authentification.",
        error_messages={"required": "Écrivez les 6 chiffres affichés par votre application."},
        widget=forms.TextInput(
            attrs={"autocomplete": "one-time-code", "inputmode": "numeric", "autofocus": True}
        ),
    )
