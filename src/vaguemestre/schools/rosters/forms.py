"""Forms of a school's settings: rights, allowed people, files."""

from collections.abc import Mapping
from typing import Any

from django import forms

from vaguemestre.foundation.ui.shared_form import SharedForm
from vaguemestre.schools.rosters.values import Reach, Right, Role, Side

_ROLE_LABELS = {
    Role.TEACHER: "Professeurs",
    Role.SCHOOL_LIFE: "Vie scolaire",
    Role.OFFICE: "Autres personnels",
}
_SIDE_LABELS = {Side.PUPILS: "aux élèves", Side.FAMILIES: "aux familles"}
_REACH_LABELS = {
    Reach.NONE: "à personne",
    Reach.OWN: "à leurs classes",
    Reach.ALL: "à toutes les classes",
}


class RightsForm(SharedForm):
    """One choice for each role and side, which two people of a school may change at once."""

    def __init__(self, *args: Any, rights: Mapping[tuple[Role, Side], Reach], **kwargs: Any) -> None:
        initial = {_field(role, side): str(current) for (role, side), current in rights.items()}
        super().__init__(*args, initial=initial, **kwargs)
        for role, side in rights:
            reaches = [reach for reach in Reach if reach is not Reach.OWN or role is Role.TEACHER]
            self.fields[_field(role, side)] = forms.ChoiceField(
                label=f"{_ROLE_LABELS[role]}, {_SIDE_LABELS[side]}",
                choices=[(str(reach), _REACH_LABELS[reach]) for reach in reaches],
            )

    def rights(self) -> tuple[Right, ...]:
        return tuple(
            Right(role, side, Reach(self.cleaned_data[_field(role, side)]))
            for role in Role
            for side in Side
            if _field(role, side) in self.cleaned_data
        )


def _field(role: Role, side: Side) -> str:
    return f"{role}-{side}".replace("-", "_")


class PersonForm(forms.Form):
    address = forms.CharField(
        label="Adresse électronique",
        max_length=254,
        help_text="Une personne de l’établissement, qui pourra écrire à toutes les classes.",
        widget=forms.EmailInput({"autocomplete": "off"}),
    )


class _MultipleFileInput(forms.ClearableFileInput):
    allow_multiple_selected = True


class FilesForm(forms.Form):
    documents = forms.FileField(
        label="Fichiers de l’ENT",
        help_text="Les fichiers XML de l’export AAF, tous ensemble, ou un CSV de classes. 30 Mo au plus.",
        widget=_MultipleFileInput({"accept": ".xml,.csv,text/xml,text/csv"}),
    )
