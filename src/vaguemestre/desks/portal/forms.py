"""What browsers send to the portal."""

from datetime import timedelta

from django import forms

from vaguemestre.desks.portal.rules import LONGEST_TEXT, LONGEST_TITLE
from vaguemestre.desks.portal.values import Announcement, Weight
from vaguemestre.foundation.ui.days import DayField
from vaguemestre.people.credentials.services.preferences import THEMES

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


class AnnouncementForm(forms.Form):
    titre = forms.CharField(
        label="Titre", max_length=LONGEST_TITLE, error_messages={"required": "Donnez un titre à ce message."}
    )
    texte = forms.CharField(
        label="Texte (facultatif)",
        max_length=LONGEST_TEXT,
        required=False,
        widget=forms.Textarea(attrs={"rows": 5}),
    )
    importance = forms.ChoiceField(
        label="Importance",
        choices=[(Weight.PLAIN.value, "Information"), (Weight.WARNING.value, "À lire sans attendre")],
        widget=forms.RadioSelect,
    )
    debut = DayField(label="Affiché du", error_messages={"required": "Donnez le premier jour."})
    fin = DayField(label="au (compris)", error_messages={"required": "Donnez le dernier jour."})

    def announcement(self, number: int = 0) -> Announcement:
        """What was typed, once valid."""
        typed = self.cleaned_data
        return Announcement(
            typed["titre"], typed["texte"], Weight(typed["importance"]), typed["debut"], typed["fin"],
            announcement_id=number,
        )  # fmt: skip
