"""A filter as typed: conditions in a few lines, what to do in a few boxes."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from django import forms

from vaguemestre.foundation.kernel.errors import Refusal
from vaguemestre.foundation.kernel.times import parse_day
from vaguemestre.foundation.ui.refusals import sentence
from vaguemestre.mailbox.sorting.rules.filters import (
    DAYS,
    LONGEST_LABEL,
    LONGEST_NAME,
    LONGEST_WORDS,
    MOST_CONDITIONS,
    UNWORDED,
    check_filter,
)
from vaguemestre.mailbox.sorting.rules.texts import cleaned
from vaguemestre.mailbox.sorting.values import Aspect, Choice, Condition, Filter, Outcome, Owner, Relation

# What is looked at and how, as one choice: nobody can ask for a size that contains words.
_KINDS: dict[str, tuple[Aspect, Relation]] = {
    "sender-contains": (Aspect.SENDER, Relation.CONTAINS),
    "sender-is": (Aspect.SENDER, Relation.IS),
    "sender-lacks": (Aspect.SENDER, Relation.LACKS),
    "recipient-contains": (Aspect.RECIPIENT, Relation.CONTAINS),
    "recipient-is": (Aspect.RECIPIENT, Relation.IS),
    "recipient-lacks": (Aspect.RECIPIENT, Relation.LACKS),
    "sender-address-contains": (Aspect.SENDER_ADDRESS, Relation.CONTAINS),
    "sender-address-lacks": (Aspect.SENDER_ADDRESS, Relation.LACKS),
    "recipient-address-contains": (Aspect.RECIPIENT_ADDRESS, Relation.CONTAINS),
    "recipient-address-lacks": (Aspect.RECIPIENT_ADDRESS, Relation.LACKS),
    "subject-contains": (Aspect.SUBJECT, Relation.CONTAINS),
    "subject-is": (Aspect.SUBJECT, Relation.IS),
    "subject-lacks": (Aspect.SUBJECT, Relation.LACKS),
    "text-contains": (Aspect.TEXT, Relation.CONTAINS),
    "list-contains": (Aspect.LIST, Relation.CONTAINS),
    "size": (Aspect.SIZE, Relation.CONTAINS),
    "size-lacks": (Aspect.SIZE, Relation.LACKS),
    "since": (Aspect.SINCE, Relation.CONTAINS),
    "until": (Aspect.UNTIL, Relation.CONTAINS),
    "attachment": (Aspect.ATTACHMENT, Relation.CONTAINS),
    "attachment-lacks": (Aspect.ATTACHMENT, Relation.LACKS),
    "outside": (Aspect.OUTSIDE, Relation.CONTAINS),
    "outside-lacks": (Aspect.OUTSIDE, Relation.LACKS),
}
_SHOWN = {
    "sender-contains": "l’expéditeur contient",
    "sender-is": "l’adresse de l’expéditeur est",
    "sender-lacks": "l’expéditeur ne contient pas",
    "recipient-contains": "un destinataire contient",
    "recipient-is": "l’adresse d’un destinataire est",
    "recipient-lacks": "aucun destinataire ne contient",
    "sender-address-contains": "l’adresse de l’expéditeur contient",
    "sender-address-lacks": "l’adresse de l’expéditeur ne contient pas",
    "recipient-address-contains": "l’adresse d’un destinataire contient",
    "recipient-address-lacks": "l’adresse d’aucun destinataire ne contient",
    "subject-contains": "l’objet contient",
    "subject-is": "l’objet est exactement",
    "subject-lacks": "l’objet ne contient pas",
    "text-contains": "le texte contient",
    "list-contains": "la liste de diffusion contient",
    "size": "la taille dépasse (en Mo)",
    "size-lacks": "la taille ne dépasse pas (en Mo)",
    "since": "le courriel est reçu à partir du (JJ/MM/AAAA)",
    "until": "le courriel est reçu jusqu’au (JJ/MM/AAAA)",
    "attachment": "le courriel a une pièce jointe",
    "attachment-lacks": "le courriel n’a pas de pièce jointe",
    "outside": "le courriel vient de l’extérieur de l’académie",
    "outside-lacks": "le courriel vient d’un agent de l’académie",
}
_OUTCOME = (
    "move_to", "copy_to", "is_read", "is_flagged", "stops", "label", "forward_to", "discards",
)  # fmt: skip
_ERROR_FIELDS = {
    "sorting.filter-name": "name",
    "sorting.filter-label": "label",
    "sorting.filter-forward-self": "forward_to",
    "sorting.filter-forward-outside": "forward_to",
    "kernel.address-malformed": "forward_to",
    "sorting.filter-two-places": "discards",
}
_KIND_OF = {pair: kind for kind, pair in _KINDS.items()}


def quoted(text: str) -> str:
    """Between French quotes that stay with their words."""
    return f"«\N{NO-BREAK SPACE}{text}\N{NO-BREAK SPACE}»"


def shown_condition(condition: Condition) -> str:
    """`l’objet contient « conseil »`."""
    said = str(_SHOWN[_KIND_OF[condition.aspect, condition.relation]])
    if condition.aspect in UNWORDED:
        return said
    if condition.aspect is Aspect.SIZE:
        verb = "ne dépasse pas" if condition.relation is Relation.LACKS else "dépasse"
        return f"la taille {verb} {condition.text} Mo"
    if condition.aspect in DAYS:
        when = "à partir du" if condition.aspect is Aspect.SINCE else "jusqu’au"
        return f"le courriel est reçu {when} {shown_day(condition.text)}"
    return f"{said} {quoted(condition.text)}"


def shown_day(text: str) -> str:
    return f"{date.fromisoformat(text):%d/%m/%Y}"


class ConditionForm(forms.Form):
    """One line; without words and without a kind that needs none, it is no condition."""

    kind = forms.ChoiceField(label="Condition", choices=list(_SHOWN.items()))
    words = forms.CharField(label="Mots", required=False, max_length=LONGEST_WORDS)

    def condition(self) -> Condition | None:
        if "kind" not in self.cleaned_data:  # a line added and left as it was
            return None
        aspect, relation = _KINDS[self.cleaned_data["kind"]]
        words = cleaned(self.cleaned_data.get("words", "")).strip()
        if aspect in UNWORDED:
            return Condition(aspect, relation)
        if aspect in DAYS and words:
            return Condition(aspect, relation, _iso(words))
        return Condition(aspect, relation, words) if words else None


def _iso(words: str) -> str:
    """The day as kept; what is no day stays as typed, for the rule to refuse."""
    try:
        return parse_day(words).isoformat()
    except ValueError:
        return words


_ConditionLines = forms.formset_factory(
    ConditionForm, extra=0, max_num=MOST_CONDITIONS, absolute_max=MOST_CONDITIONS, validate_max=True
)


class FilterForm(forms.Form):
    """`wanted` is the value once valid. `lines` are its conditions; `folders` where mail may be filed."""

    name = forms.CharField(label="Nom du filtre", max_length=LONGEST_NAME)
    matches_all = forms.ChoiceField(
        label="Le courriel doit remplir",
        choices=(("1", "toutes ces conditions"), ("0", "une de ces conditions au moins")),
        initial="1",
    )
    move_to = forms.ChoiceField(label="Ranger dans", required=False)
    copy_to = forms.ChoiceField(label="Mettre une copie dans", required=False)
    is_read = forms.BooleanField(label="Marquer comme lu", required=False)
    is_flagged = forms.BooleanField(label="Marquer d’une étoile", required=False)
    label = forms.CharField(
        label="Étiqueter", required=False, max_length=LONGEST_LABEL, help_text="Une seule étiquette."
    )
    forward_to = forms.CharField(
        label="Transférer une copie à",
        required=False,
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
    discards = forms.BooleanField(label="Mettre à la corbeille", required=False)
    stops = forms.BooleanField(label="Ne pas essayer les filtres suivants", required=False, initial=True)

    def __init__(
        self,
        data: Any = None,
        *,
        folders: Sequence[Choice],
        known: Filter | None = None,
        owner: Owner | None = None,
        forwards_outside: bool = False,
    ) -> None:
        super().__init__(data, initial=_initial(known) if known else None)
        choices = [("", "— aucun dossier —"), *((one.name, one.shown) for one in folders)]
        for name in ("move_to", "copy_to"):
            self.fields[name].choices = choices  # type: ignore[attr-defined]
        if not forwards_outside and owner:
            self.fields[
                "forward_to"
            ].help_text = f"Une adresse @{owner.internal_domains[0]}, d’un autre agent."
        self._known = known
        self.folder_names = [one.name for one in folders]
        self._owner, self._forwards_outside = owner, forwards_outside
        shown = None if data is not None else _lines(known.conditions if known else ())
        self.lines = _ConditionLines(data, prefix="c", initial=shown)
        self.wanted: Filter | None = None

    def with_one_line_more(self) -> None:
        """The same, as typed, with an empty line at the end."""
        typed = [
            {"kind": line["kind"].value() or "", "words": line["words"].value() or ""} for line in self.lines
        ]
        more = [*typed, {"kind": "subject-contains", "words": ""}][:MOST_CONDITIONS]
        self.lines = _ConditionLines(prefix="c", initial=more)
        self.lines.forms[-1].fields["kind"].widget.attrs["autofocus"] = True

    def clean(self) -> dict[str, Any]:
        found = super().clean() or self.cleaned_data
        if self.errors or not self.lines.is_valid():
            if not self.errors:
                self.add_error(None, "Une condition est incomplète.")
            return found
        wanted = Filter(
            name=cleaned(found["name"]).strip(),
            conditions=tuple(one for line in self.lines if (one := line.condition())),
            outcome=_outcome(found),
            matches_all=found["matches_all"] == "1",
            is_on=self._known.is_on if self._known else True,
            filter_id=self._known.filter_id if self._known else 0,
        )
        try:
            check_filter(
                wanted, self.folder_names, owner=self._owner, forwards_outside=self._forwards_outside
            )
            self.wanted = wanted
        except Refusal as refusal:
            self.add_error(_ERROR_FIELDS.get(refusal.code), sentence(refusal))
        return found


def _outcome(found: Mapping[str, Any]) -> Outcome:
    told = {name: found[name] for name in _OUTCOME}
    told |= {name: cleaned(found[name]).strip() for name in ("label", "forward_to")}
    return Outcome(**told)


def _initial(known: Filter) -> dict[str, Any]:
    return {
        "name": known.name,
        "matches_all": "1" if known.matches_all else "0",
        **{name: getattr(known.outcome, name) for name in _OUTCOME},
    }


def _lines(conditions: Iterable[Condition]) -> list[dict[str, str]]:
    lines = [
        {
            "kind": _KIND_OF[one.aspect, one.relation],
            "words": shown_day(one.text) if one.aspect in DAYS else one.text,
        }
        for one in conditions
    ]
    return lines or [{"kind": "sender-contains", "words": ""}]
