"""Forms of the portal."""

from datetime import timedelta

from django import forms

from vaguemestre.desks.portal.rules import MAX_TEXT_CHARS, MAX_TITLE_CHARS
from vaguemestre.desks.portal.values import Announcement, Importance
from vaguemestre.foundation.ui.days import DayField
from vaguemestre.people.credentials.services.preferences import THEMES

_THEME_LABELS = {"system": "Comme mon appareil", "light": "Clair", "dark": "Sombre"}


class DisplayForm(forms.Form):
    theme = forms.ChoiceField(
        label="Thème",
        choices=[(theme, _THEME_LABELS[theme]) for theme in THEMES],
        widget=forms.RadioSelect,
    )


class AppPasswordForm(forms.Form):
    name = forms.CharField(
        label="Nom du logiciel ou de l’appareil",
        max_length=80,
        help_text="Par exemple « Thunderbird au lycée » ou « Mon téléphone » : vous saurez lequel révoquer.",
        error_messages={"required": "Donnez-lui un nom, pour le reconnaître plus tard."},
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    scope = forms.ChoiceField(
        label="Ce qu’il ouvre",
        choices=[
            ("mail", "Le courrier"),
            ("contacts", "Les contacts"),
            ("both", "Le courrier et les contacts"),
        ],
        initial="mail",
        required=False,
    )
    lifetime = forms.TypedChoiceField(
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
    title = forms.CharField(
        label="Titre",
        max_length=MAX_TITLE_CHARS,
        error_messages={"required": "Donnez un titre à ce message."},
    )
    text = forms.CharField(
        label="Texte (facultatif)",
        max_length=MAX_TEXT_CHARS,
        required=False,
        widget=forms.Textarea(attrs={"rows": 5}),
    )
    importance = forms.ChoiceField(
        label="Importance",
        choices=[(Importance.PLAIN.value, "Information"), (Importance.WARNING.value, "À lire sans attendre")],
        widget=forms.RadioSelect,
    )
    starts_on = DayField(label="Affiché du", error_messages={"required": "Donnez le premier jour."})
    ends_on = DayField(label="au (compris)", error_messages={"required": "Donnez le dernier jour."})

    def announcement(self, announcement_id: int = 0) -> Announcement:
        """The announcement typed, once the form is valid."""
        data = self.cleaned_data
        return Announcement(
            data["title"],
            data["text"],
            Importance(data["importance"]),
            data["starts_on"],
            data["ends_on"],
            announcement_id=announcement_id,
        )
