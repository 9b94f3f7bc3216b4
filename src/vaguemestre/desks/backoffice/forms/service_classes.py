"""Forms of classes of service."""

import hashlib
from typing import Any

from django import forms
from django.conf import settings
from django.core.validators import MaxValueValidator
from django.http import QueryDict

from vaguemestre.desks.enrolment.forms.officer_forms import CATEGORY_LABELS
from vaguemestre.foundation.kernel.text import sizes
from vaguemestre.foundation.ui.shared_form import SharedForm
from vaguemestre.people.directory.queries import academy_summaries
from vaguemestre.people.directory.rules.nomenclature import function_choices, functions_with_same_label
from vaguemestre.people.service_classes.labels_fr import LIMIT_LABELS, USUAL_DAYS
from vaguemestre.people.service_classes.values import ClassDraft, ServiceLimits

_AMOUNTS = ("quota_mb", "message_mb", "trash_days", "junk_days")
_PROTOCOLS = ("imap", "submission", "sieve", "contacts")
_FEATURES = ("forwards_outside", "lends_files")
_USUAL_DAYS_HINT = f"En jours, de 1 à 365. Vide : {USUAL_DAYS} jours."


def _several(label: str, choices: Any, hint: str) -> forms.MultipleChoiceField:
    return forms.MultipleChoiceField(
        label=label, choices=choices, required=False, widget=forms.CheckboxSelectMultiple, help_text=hint
    )


class ServiceClassForm(SharedForm):
    """A class as an administrator writes it. `academy_id`: the only one offered; 0: any."""

    academy = forms.TypedChoiceField(label="Académie", coerce=int)
    name = forms.CharField(label="Nom", max_length=80, help_text="Tel que le liront les personnes.")
    quota_mb = forms.IntegerField(
        label="Taille de la boîte",
        min_value=10,
        max_value=1_000_000,
        required=False,
        help_text="En Mo. Vide : celle de chaque compte.",
    )
    message_mb = forms.IntegerField(label="Taille d’un courriel envoyé", min_value=1, required=False)
    trash_days = forms.IntegerField(
        label="Corbeille vidée après", min_value=1, max_value=365, required=False, help_text=_USUAL_DAYS_HINT
    )
    junk_days = forms.IntegerField(
        label="Indésirables vidés après",
        min_value=1,
        max_value=365,
        required=False,
        help_text=_USUAL_DAYS_HINT,
    )
    protocols = _several(
        "Ce que peuvent les logiciels de messagerie et les téléphones",
        [(name, LIMIT_LABELS[name]) for name in _PROTOCOLS],
        "Les pages de Vaguemestre ne changent pas.",
    )
    features = _several(
        "Ce qui est compris",
        [(name, LIMIT_LABELS[name]) for name in _FEATURES],
        "Une classe retire ; elle ne donne rien que l’installation ne permet.",
    )
    categories = _several(
        "Catégories", tuple(CATEGORY_LABELS.items()), "Qui est de cette catégorie a cette classe."
    )
    functions = _several(
        "Fonctions",
        function_choices(),
        "Elles passent avant la catégorie ; le poste principal d’abord.",
    )
    is_for_all = forms.BooleanField(
        label="Toutes les autres personnes de l’académie",
        required=False,
        help_text="Celles à qui ni la fonction ni la catégorie ne donne de classe.",
    )

    def __init__(
        self, data: QueryDict | None, *, academy_id: int = 0, draft: ClassDraft | None = None
    ) -> None:
        super().__init__(data, initial=_initial(draft))
        academies = [(academy.academy_id, academy.name) for academy in academy_summaries(academy_id)]
        self.fields["academy"].choices = academies  # type: ignore[attr-defined]
        if len(academies) == 1:
            self.fields["academy"].widget = forms.HiddenInput()
            self.fields["academy"].initial = academies[0][0]
        most = settings.CONFIG.mail.message_size_limit // sizes.MEGABYTE
        heaviest = self.fields["message_mb"]
        heaviest.validators.append(MaxValueValidator(most))
        heaviest.help_text = f"En Mo, pièces jointes codées comprises. Vide : {most} Mo, comme partout."

    @property
    def draft(self) -> ClassDraft:
        """The class, once the form is valid."""
        data = self.cleaned_data
        given: dict[str, Any] = {name: data[name] or 0 for name in _AMOUNTS}
        given |= {name: name in data["protocols"] for name in _PROTOCOLS}
        given |= {name: name in data["features"] for name in _FEATURES}
        return ClassDraft(
            data["name"].strip(),
            ServiceLimits(**given),
            tuple(same for code in data["functions"] for same in functions_with_same_label(code)),
            tuple(data["categories"]),
            is_for_all=data["is_for_all"],
        )

    @property
    def mark(self) -> str:
        """What tells whether the class is still the one that was previewed."""
        return hashlib.sha256(repr((self.cleaned_data["academy"], self.draft)).encode()).hexdigest()[:32]


class PersonClassForm(forms.Form):
    """The class of one person; empty: by function and category."""

    service_class = forms.TypedChoiceField(
        label="Donner une classe par son nom", coerce=int, empty_value=None, required=False
    )
    note = forms.CharField(label="Pourquoi", max_length=200, help_text="Noté au journal, lu par la personne.")

    def __init__(self, *args: Any, classes: list[tuple[int, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [("", "Selon la fonction et la catégorie"), *classes]
        self.fields["service_class"].choices = choices  # type: ignore[attr-defined]


def _initial(draft: ClassDraft | None) -> dict[str, Any]:
    limits = draft.limits if draft else ServiceLimits()
    amounts = {name: getattr(limits, name) or None for name in _AMOUNTS}
    return {
        **amounts,
        "name": draft.name if draft else "",
        "protocols": [name for name in _PROTOCOLS if getattr(limits, name)],
        "features": [name for name in _FEATURES if getattr(limits, name)],
        "categories": list(draft.categories) if draft else [],
        "functions": list(draft.functions) if draft else [],
        "is_for_all": bool(draft and draft.is_for_all),
    }
