"""What browsers send to the portal."""

from datetime import timedelta

from django import forms

from vaguemestre.credentials.services.preferences import THEMES

_SHOWN = {"system": "Comme mon appareil", "light": "Clair", "dark": "Sombre"}


class DisplayForm(forms.Form):
    theme = forms.ChoiceField(
        label="Thème",
        choices=[(theme, _SHOWN[theme]) for theme in THEMES],
        widget=forms.RadioSelect,
    )


class AppPasswordForm(forms.Form):
    nom = forms.CharField(
        label="Nom du logiciel ou de l’appareil",
        max_length=80,
        help_text="Par exemple « Thunderbird au lycée » ou « Mon téléphone » : vous saurez lequel révoquer.",
        error_messages={"required": "Donnez-lui un nom, pour le reconnaître plus tard."},
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    usage = forms.ChoiceField(
        label="Ce qu’il ouvre",
        choices=[
            ("mail", "Le courrier"),
            ("contacts", "Les contacts"),
            ("both", "Le courrier et les contacts"),
        ],
        initial="mail",
        required=False,
    )
    duree = forms.TypedChoiceField(
        label="Il sert",
        choices=[
            ("", "tant que je ne le révoque pas"),
            ("7", "une semaine"),
            ("90", "trois mois"),
            ("365", "un an"),
        ],
        coerce=lambda days: timedelta(days=int(days)),
        empty_value=None,
        required=False,
    )
