"""Forms about HR feeds."""

from typing import Any

from django import forms

from vaguemestre.desks.backoffice.forms.administration import SEARCH_FIELD
from vaguemestre.foundation.kernel.text.sizes import MEGABYTE
from vaguemestre.people.directory.queries import academy_summaries
from vaguemestre.people.intake.services import UploadedFeed

_MAX_FEED_MB = 30
_LAST_SECOND = 253_402_300_799  # of the year 9999, as far as dates go
_CSV_INPUT = forms.FileInput({"accept": ".csv,text/csv"})


class FeedSearchForm(forms.Form):
    q = forms.CharField(label="Fichier ou source", **SEARCH_FIELD)
    etat = forms.ChoiceField(
        label="État",
        required=False,
        choices=[("", "Tous"), ("attente", "En attente de confirmation")],
    )


class FeedUploadForm(forms.Form):
    """A feed and its establishments, given as files of a page.

    `modified`: filled in by the page when a file is chosen, so that an old export is known for one.
    """

    academy = forms.TypedChoiceField(label="Académie", coerce=int)
    file = forms.FileField(
        label="Fichier des personnes",
        help_text=f"CSV UTF-8, séparateur point-virgule, {_MAX_FEED_MB} Mo au plus.",
        widget=forms.FileInput({**_CSV_INPUT.attrs, "data-modified": "modified"}),
        error_messages={"required": "Choisissez un fichier.", "empty": "Ce fichier est vide."},
    )
    places = forms.FileField(
        label="Fichier des établissements",
        help_text="S’il y en a un.",
        required=False,
        allow_empty_file=True,
        widget=_CSV_INPUT,
    )
    source = forms.CharField(
        label="Complet pour la source",
        help_text="Le nom de la source si le fichier dit tout le monde : les absents y sont des départs. "
        "Sinon, laissez vide.",
        max_length=40,
        required=False,
        widget=forms.TextInput({"autocomplete": "off", "spellcheck": "false"}),
    )

    modified = forms.FloatField(
        required=False, min_value=0, max_value=_LAST_SECOND, widget=forms.HiddenInput()
    )

    def __init__(self, academy_id: int, *args: Any) -> None:
        """Offer the académies to choose from; only that one unless 0."""
        super().__init__(*args)
        choices = [(academy.academy_id, academy.name) for academy in academy_summaries(academy_id)]
        self.fields["academy"].choices = choices  # type: ignore[attr-defined]
        if len(choices) == 1:
            self.fields["academy"].initial = choices[0][0]
            self.fields["academy"].widget = forms.HiddenInput()

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        files = [data[name] for name in ("file", "places") if data.get(name)]
        if sum(file.size for file in files) > _MAX_FEED_MB * MEGABYTE:
            self.add_error(
                "file", f"Ces fichiers dépassent {_MAX_FEED_MB} Mo : donnez-les en ligne de commande."
            )
        return data

    @property
    def academy_id(self) -> int:
        return int(self.cleaned_data["academy"])

    @property
    def upload(self) -> UploadedFeed:
        file, places = self.cleaned_data["file"], self.cleaned_data["places"]
        return UploadedFeed(
            str(file.name),
            file.read(),
            places.read() if places else b"",
            str(self.cleaned_data["source"]).strip(),
            self.cleaned_data["modified"],
        )
