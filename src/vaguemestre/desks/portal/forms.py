"""Forms of the portal."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from django import forms

from vaguemestre.desks.portal.rules.home import MAX_TEXT_CHARACTERS, MAX_TITLE_CHARACTERS
from vaguemestre.desks.portal.values import EVERY_ACADEMY, Announcement, Importance
from vaguemestre.foundation.ui.days import DayField
from vaguemestre.foundation.ui.shared_form import SharedForm
from vaguemestre.mailbox.webmail.rules.choices import (
    Answers,
    Boxes,
    Conversations,
    Density,
    Layout,
    Notices,
    Typeface,
)
from vaguemestre.people.credentials.services.preferences import THEMES
from vaguemestre.people.credentials.values import AppPasswordScope

_THEME_LABELS = {"system": "Comme mon appareil", "light": "Clair", "dark": "Sombre"}


_READING: dict[str, tuple[str, list[tuple[str, str]]]] = {
    "density": (
        "Densité de la liste",
        [
            (Density.AUTO, "Selon la hauteur de l’écran"),
            (Density.AIRY, "Aérée"),
            (Density.NORMAL, "Normale"),
            (Density.TIGHT, "Serrée"),
        ],
    ),
    "layout": (
        "Volet de lecture",
        [
            (Layout.RIGHT, "À droite de la liste"),
            (Layout.BELOW, "Sous la liste"),
            (Layout.NONE, "Aucun : le courriel prend la place de la liste"),
        ],
    ),
    "answers": (
        "Réponses",
        [
            (Answers.BELOW, "Sous le courriel, dans le volet de lecture"),
            (Answers.DOCKED, "Dans une fenêtre en bas de la page"),
        ],
    ),
    "boxes": (
        "Boîtes partagées",
        [
            (Boxes.APART, "Chacune à part"),
            (
                Boxes.TOGETHER,
                "Aussi dans une seule liste, « Toutes mes boîtes », sauf celles qu’un collègue vous confie",
            ),
        ],
    ),
    "conversations": (
        "Conversations",
        [
            (Conversations.LIST, "Regroupées dans la liste et à la lecture"),
            (Conversations.READING, "Regroupées à la lecture seulement"),
            (Conversations.NEVER, "Jamais regroupées"),
        ],
    ),
    "marks_read": (
        "À l’ouverture d’un courriel",
        [("oui", "Le marquer comme lu"), ("non", "Ne pas le marquer comme lu")],
    ),
    "plain_face": (
        "Courriels en texte brut",
        [
            (Typeface.READING, "Dans la police de lecture"),
            (Typeface.FIXED, "À chasse fixe, pour que les colonnes s’alignent"),
        ],
    ),
    "notices": (
        "Notifications du navigateur",
        [
            (Notices.NEVER, "Aucune"),
            (Notices.BARE, "« Nouveau courriel », sans rien dire de plus"),
            (Notices.FULL, "Avec l’expéditeur et l’objet"),
        ],
    ),
}


class DisplayForm(forms.Form):
    """Theme, and the reading choices of the webmail, which may all be left out."""

    theme = forms.ChoiceField(
        label="Thème",
        choices=[(theme, _THEME_LABELS[theme]) for theme in THEMES],
        widget=forms.RadioSelect,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, (label, choices) in _READING.items():
            self.fields[name] = forms.ChoiceField(
                label=label, choices=choices, widget=forms.RadioSelect, required=False
            )

    def reading(self) -> dict[str, str]:
        """The reading choices typed, once the form is valid."""
        return {name: self.cleaned_data[name] for name in _READING if self.cleaned_data[name]}


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
            (AppPasswordScope.MAIL.value, "Le courrier"),
            (AppPasswordScope.CONTACTS.value, "Les contacts"),
            (AppPasswordScope.BOTH.value, "Le courrier et les contacts"),
        ],
        initial=AppPasswordScope.MAIL.value,
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


class AnnouncementForm(SharedForm):
    title = forms.CharField(
        label="Titre",
        max_length=MAX_TITLE_CHARACTERS,
        error_messages={"required": "Donnez un titre à ce message."},
    )
    text = forms.CharField(
        label="Texte (facultatif)",
        max_length=MAX_TEXT_CHARACTERS,
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
    academy_id = forms.TypedChoiceField(label="Pour", coerce=int, required=False, empty_value="0")
    is_mailed = forms.BooleanField(
        label="L’envoyer aussi par courriel",
        required=False,
        help_text=(
            "Un avis est préparé pour chaque personne qui a un compte : vous verrez à qui il ira, et rien ne "
            "part avant que vous ne l’ayez décidé."
        ),
    )

    def __init__(
        self, *args: Any, academies: Sequence[tuple[int, str]] = (), is_mailed: bool = False, **kwargs: Any
    ) -> None:
        """`academies`: those to choose among, if any; `is_mailed`: its mail is prepared already."""
        super().__init__(*args, **kwargs)
        if academies:
            choices = [(EVERY_ACADEMY, "Toutes les académies"), *academies]
            self.fields["academy_id"].choices = choices  # type: ignore[attr-defined]
        else:
            del self.fields["academy_id"]
        if is_mailed:
            del self.fields["is_mailed"]

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
            academy_id=int(data.get("academy_id", EVERY_ACADEMY)),
            is_mailed=data.get("is_mailed", False),
        )
