"""Forms of lists: creation, settings, rule, members, managers, decisions."""

from collections import Counter
from collections.abc import Collection, Iterable
from datetime import datetime

from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict

from vaguemestre.foundation.kernel.errors import Refusal
from vaguemestre.foundation.kernel.text.pasted_rows import people_of_row
from vaguemestre.foundation.kernel.times import PARIS, day_refusal, parse_hour, parse_near_day
from vaguemestre.foundation.ui.refusals import sentence
from vaguemestre.foundation.ui.shared_form import SharedForm
from vaguemestre.people.directory.queries import Vocabulary
from vaguemestre.post.outbox.rules.recipients import parsed_recipients, split_recipients
from vaguemestre.post.outbox.values import Recipient
from vaguemestre.schools.lists.rules import labels
from vaguemestre.schools.lists.services.administration import CreationScope, ListSettings, NewList
from vaguemestre.schools.lists.values import Criteria, Files, Kind, ReplyTo, Role, Rule, Writers

_KINDS = (
    (Kind.RULE, "Tenue par l’annuaire, d’après une règle"),
    (Kind.MANUAL, "Composée à la main"),
)
_LABELS = {
    "functions": "Fonction",
    "disciplines": "Discipline",
    "corps": "Corps",
    "categories": "Catégorie de personnels",
    "kinds": "Type d’établissement",
    "departments": "Département",
    "sectors": "Secteur",
    "districts": "Circonscription",
    "uais": "Établissement",
}


class CreateForm(forms.Form):
    title = forms.CharField(
        label="Titre",
        max_length=100,
        help_text="Ce que verront les destinataires, par exemple « Professeurs de SVT de la Somme ».",
        error_messages={"required": "Donnez un titre à la liste."},
    )
    name = forms.CharField(
        label="Nom dans l’adresse",
        max_length=40,
        help_text="Lettres, chiffres et tirets. Une adresse n’est donnée qu’une fois, à jamais.",
        error_messages={"required": "Choisissez un nom pour l’adresse."},
        widget=forms.TextInput({"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"}),
    )
    within = forms.ChoiceField(label="Pour", required=False)
    kind = forms.ChoiceField(label="Qui la reçoit", choices=_KINDS, widget=forms.RadioSelect)
    description = forms.CharField(
        label="À quoi elle sert", max_length=500, required=False, widget=forms.Textarea({"rows": 2})
    )

    def __init__(self, *args: object, scope: CreationScope, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        field = self.fields["within"]
        if isinstance(field, forms.ChoiceField):
            field.choices = [*([("", "Toute l’académie")] if scope.is_academy_wide else []), *scope.places]

    def new_list(self) -> NewList:
        data = self.cleaned_data
        return NewList(
            data["title"].strip(), data["name"], Kind(data["kind"]), data["description"], data["within"]
        )


class SettingsForm(SharedForm):
    title = forms.CharField(label="Titre", max_length=100)
    description = forms.CharField(
        label="À quoi elle sert", max_length=500, required=False, widget=forms.Textarea({"rows": 2})
    )
    writers = forms.ChoiceField(
        label="Qui peut y écrire", choices=list(labels.WRITERS.items()), widget=forms.RadioSelect
    )
    is_moderated = forms.BooleanField(label="Chaque message attend l’accord d’un responsable", required=False)
    refuses_others = forms.BooleanField(
        label="Refuser les messages des autres, plutôt que les garder en attente", required=False
    )
    reply_to = forms.ChoiceField(
        label="Les réponses vont", choices=list(labels.REPLIES.items()), widget=forms.RadioSelect
    )
    attachments = forms.ChoiceField(
        label="Pièces jointes", choices=list(labels.FILES.items()), widget=forms.RadioSelect
    )
    has_archive = forms.BooleanField(label="Les membres lisent les archives", required=False)
    may_join = forms.BooleanField(
        label="Les agents peuvent s’inscrire et se désinscrire eux-mêmes", required=False
    )

    def settings(self) -> ListSettings:
        data = self.cleaned_data
        return ListSettings(
            title=data["title"].strip(),
            description=data["description"],
            writers=Writers(data["writers"]),
            is_moderated=data["is_moderated"],
            refuses_others=data["refuses_others"],
            reply_to=ReplyTo(data["reply_to"]),
            files=Files(data["attachments"]),
            has_archive=data["has_archive"],
            may_join=data["may_join"],
        )


def _labelled(name: str, codes: Collection[str]) -> list[tuple[str, str]]:
    """(code, label) by label; labels that several codes share are followed by the code."""
    named = {code: labels.value_label(name, code) for code in codes}
    counts = Counter(named.values())
    pairs = ((code, f"{label} ({code})" if counts[label] > 1 else label) for code, label in named.items())
    return sorted(pairs, key=lambda pair: pair[1])


class CriteriaForm(SharedForm):
    """One block of a rule, which another window may change meanwhile: criteria for a post.

    Selected choices come first.
    """

    def __init__(self, *args: object, vocabulary: Vocabulary, within: str = "", **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        for name, label in _LABELS.items():
            if within and name in ("uais", "kinds", "departments", "sectors", "districts"):
                continue
            if name == "uais":
                choices = list(vocabulary.places)
            else:
                choices = _labelled(name, getattr(vocabulary, name))
            selected = self._selected(name)
            choices.sort(key=lambda pair: pair[0] not in selected)
            self.fields[name] = forms.MultipleChoiceField(
                label=label,
                choices=choices,
                required=False,
                widget=forms.CheckboxSelectMultiple,
            )

    def _selected(self, name: str) -> Collection[str]:
        """Selected codes, as submitted or as stored."""
        if isinstance(self.data, QueryDict):
            return self.data.getlist(self.add_prefix(name))
        return self.initial.get(name) or ()

    @property
    def has_criteria(self) -> bool:
        """Whether any choice is selected, as submitted or as stored."""
        if self.is_bound:
            return self.is_valid() and not self.criteria().is_empty
        return any(self.initial.values())

    def criteria(self) -> Criteria:
        return Criteria(**{name: tuple(values) for name, values in self.cleaned_data.items()})


def rule_from_forms(included: Iterable[CriteriaForm], excluded: Iterable[CriteriaForm]) -> Rule:
    return Rule(
        tuple(block for form in included if not (block := form.criteria()).is_empty),
        tuple(block for form in excluded if not (block := form.criteria()).is_empty),
    )


class SubscribeForm(forms.Form):
    people = forms.CharField(
        label="Adresses à inscrire",
        max_length=200_000,
        help_text="Une par ligne, ou séparées par des virgules ; « Nom <adresse> » convient aussi.",
        error_messages={"required": "Écrivez au moins une adresse."},
        widget=forms.Textarea({"rows": 4, "spellcheck": "false", "autocapitalize": "none"}),
    )

    def clean_people(self) -> tuple[Recipient, ...]:
        """The recipients; `unreadable` then holds what is not an address, which keeps nobody else out."""
        self.unreadable: list[str] = []
        people: dict[str, Recipient] = {}
        rows = str(self.cleaned_data["people"]).splitlines()
        for item in split_recipients(", ".join(one for row in rows for one in people_of_row(row))):
            try:
                people.update({one.address: one for one in parsed_recipients("people", item)})
            except Refusal as refusal:
                self.unreadable.append(item[:254])
                reason = refusal
        if self.unreadable and not people:
            raise ValidationError(sentence(reason)) from reason
        return tuple(people.values())


class RoleForm(forms.Form):
    address = forms.EmailField(
        label="Adresse d’un agent",
        max_length=254,
        widget=forms.EmailInput({"autocomplete": "off"}),
        error_messages={"required": "Écrivez l’adresse d’un agent."},
    )
    role = forms.ChoiceField(
        label="Rôle",
        choices=((Role.MODERATOR, "Modérateur"), (Role.OWNER, "Propriétaire")),
    )


class DecisionForm(forms.Form):
    day = forms.CharField(
        label="Jour",
        max_length=10,
        required=False,
        widget=forms.TextInput({"placeholder": "JJ/MM/AAAA", "inputmode": "numeric"}),
    )
    hour = forms.CharField(
        label="Heure", max_length=10, required=False, widget=forms.TextInput({"placeholder": "8 h"})
    )
    note = forms.CharField(
        label="Motif, dit à l’auteur", max_length=300, required=False, widget=forms.Textarea({"rows": 2})
    )

    def keep_note_inside(self) -> None:
        """The reason is for the other managers: nobody tells the author of this letter."""
        self.fields["note"].label = "Motif, pour les autres responsables de la liste"

    def note_is_told_by(self, action: str) -> bool:
        """False, with an error, for a reason typed where another decision than « Refuser » would lose it."""
        if action == "refuse" or not self.cleaned_data["note"]:
            return True
        self.add_error("note", "Seul « Refuser » tient compte d’un motif : refusez, ou videz ce champ.")
        return False

    def due_at(self) -> datetime | None:
        """The chosen time, in Paris; None for now. Raises Refusal `compose.later-malformed`."""
        day, hour = self.cleaned_data["day"].strip(), self.cleaned_data["hour"].strip()
        if not day:
            return None
        try:
            return datetime.combine(parse_near_day(day), parse_hour(hour or "8 h"), PARIS)
        except ValueError as error:
            raise Refusal(day_refusal(day, "compose.later-malformed")) from error
