"""Form of a filter: lines of conditions, fields of its outcome."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from django import forms
from django.utils.safestring import SafeString

from vaguemestre.foundation.kernel.errors import Refusal
from vaguemestre.foundation.kernel.times import parse_near_day
from vaguemestre.foundation.ui import shared_form
from vaguemestre.foundation.ui.refusals import sentence
from vaguemestre.foundation.ui.shared_form import SharedForm, conflict_fr, digest_of, reconcile
from vaguemestre.mailbox.sorting.rules.filters import (
    DAYS,
    MAX_CONDITIONS,
    MAX_LABEL_CHARACTERS,
    MAX_NAME_CHARACTERS,
    MAX_TERM_CHARACTERS,
    WITHOUT_VALUE,
    check_conditions,
    check_filter,
)
from vaguemestre.mailbox.sorting.rules.texts import clean_text
from vaguemestre.mailbox.sorting.values import (
    Aspect,
    Condition,
    Filter,
    FolderChoice,
    Outcome,
    Owner,
    Relation,
)

# Aspect and relation as one choice, so that impossible pairs cannot be selected.
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
_KIND_LABELS = {
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
_OUTCOME = ("move_to", "copy_to", "is_read", "is_flagged", "stops", "label", "forward_to", "discards")
_ERROR_FIELDS = {
    "sorting.filter-name": "name",
    "sorting.filter-forward-self": "forward_to",
    "sorting.filter-forward-list": "forward_to",
    "sorting.filter-forward-outside": "forward_to",
    "kernel.address-malformed": "forward_to",
    "sorting.filter-two-places": "discards",
}
_KIND_OF = {pair: kind for kind, pair in _KINDS.items()}
_CONDITIONS = "conditions"  # compared as a whole


def quote_fr(text: str) -> str:
    """The text between French quotes with no-break spaces."""
    return f"«\N{NO-BREAK SPACE}{text}\N{NO-BREAK SPACE}»"


def condition_fr(condition: Condition) -> str:
    """The condition in French: `l’objet contient « conseil »`."""
    label = str(_KIND_LABELS[_KIND_OF[condition.aspect, condition.relation]])
    if condition.aspect in WITHOUT_VALUE:
        return label
    if condition.aspect is Aspect.SIZE:
        verb = "ne dépasse pas" if condition.relation is Relation.LACKS else "dépasse"
        return f"la taille {verb} {condition.text} Mo"
    if condition.aspect in DAYS:
        when = "à partir du" if condition.aspect is Aspect.SINCE else "jusqu’au"
        return f"le courriel est reçu {when} {day_fr(condition.text)}"
    return f"{label} {quote_fr(condition.text)}"


def day_fr(text: str) -> str:
    """An ISO day as `19/12/2026`."""
    return f"{date.fromisoformat(text):%d/%m/%Y}"


def _digest_of_conditions(conditions: Iterable[Condition]) -> str:
    return digest_of([f"{one.aspect} {one.relation} {one.text}" for one in conditions])


class ConditionForm(forms.Form):
    """One line; it holds no condition while its words are missing."""

    kind = forms.ChoiceField(label="Condition", choices=list(_KIND_LABELS.items()))
    words = forms.CharField(label="Mots", required=False, max_length=MAX_TERM_CHARACTERS)

    def condition(self) -> Condition | None:
        """Condition of the line, or None for an empty line."""
        if "kind" not in self.cleaned_data:  # a line added and left unchanged
            return None
        aspect, relation = _KINDS[self.cleaned_data["kind"]]
        words = clean_text(self.cleaned_data.get("words", "")).strip()
        if aspect in WITHOUT_VALUE:
            return Condition(aspect, relation)
        if aspect in DAYS and words:
            return Condition(aspect, relation, _iso(words))
        return Condition(aspect, relation, words) if words else None


def _iso(words: str) -> str:
    """ISO day; an invalid one stays as typed, for the rule to refuse."""
    try:
        return parse_near_day(words).isoformat()
    except ValueError:
        return words


_ConditionLines = forms.formset_factory(
    ConditionForm, extra=0, max_num=MAX_CONDITIONS, absolute_max=MAX_CONDITIONS, validate_max=True
)


class FilterForm(SharedForm):
    """Form of a filter; `mail_filter` is its value once valid. `lines`: forms of its conditions.

    Another window may change the filter meanwhile: `shown` carries a digest of the conditions too.

    `is_trial`: the conditions are to be tried, so neither a name nor an action is needed yet.
    """

    name = forms.CharField(label="Nom du filtre", max_length=MAX_NAME_CHARACTERS)
    matches_all = forms.ChoiceField(
        label="Le courriel doit remplir",
        choices=(("1", "toutes ces conditions"), ("0", "une de ces conditions au moins")),
        initial="1",
    )
    move_to = forms.ChoiceField(label="Ranger dans", required=False)
    copy_to = forms.ChoiceField(label="Mettre une copie dans", required=False)
    is_read = forms.BooleanField(label="Marquer comme lu", required=False)
    is_flagged = forms.BooleanField(label="Mettre une étoile", required=False)
    label = forms.CharField(
        label="Étiqueter", required=False, max_length=MAX_LABEL_CHARACTERS, help_text="Une seule étiquette."
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
        folders: Sequence[FolderChoice],
        current: Filter | None = None,
        owner: Owner | None = None,
        forwards_outside: bool = False,
        is_trial: bool = False,
    ) -> None:
        super().__init__(data, initial=_initial_values(current) if current else None)
        self.fields["name"].required = not is_trial
        choices = [("", "— aucun dossier —"), *((folder.name, folder.label) for folder in folders)]
        for name in ("move_to", "copy_to"):
            self.fields[name].choices = choices  # type: ignore[attr-defined]
        if not forwards_outside and owner:
            self.fields[
                "forward_to"
            ].help_text = f"Une adresse @{owner.internal_domains[0]}, d’un autre agent."
        self._current, self._stored_conditions = current, current.conditions if current else ()
        self.folder_names = [folder.name for folder in folders]
        self._owner, self._forwards_outside, self._is_trial = owner, forwards_outside, is_trial
        condition_lines = None if data is not None else _initial_lines(current.conditions if current else ())
        self.lines = _ConditionLines(data, prefix="c", initial=condition_lines)
        self.mail_filter: Filter | None = None

    @property
    def shown(self) -> SafeString:
        """The hidden field of the values shown, and of the conditions as a whole."""
        digests = {name: digest_of(self.initial[name]) for name in self._stored_names()}
        return self.hidden_digests(digests | {_CONDITIONS: _digest_of_conditions(self._stored_conditions)})

    def with_one_line_more(self) -> None:
        """Keep the lines as typed and add an empty one, focused."""
        typed = [
            {"kind": line["kind"].value() or "", "words": line["words"].value() or ""} for line in self.lines
        ]
        more = [*typed, {"kind": "subject-contains", "words": ""}][:MAX_CONDITIONS]
        self.lines = _ConditionLines(prefix="c", initial=more)
        self.lines.forms[-1].fields["kind"].widget.attrs["autofocus"] = True

    def clean(self) -> dict[str, Any]:
        fields = super().clean() or self.cleaned_data
        if self.errors or not self.lines.is_valid():
            if not self.errors:
                self.add_error(None, "Une condition est incomplète.")
            return fields
        conditions = tuple(condition for line in self.lines if (condition := line.condition()))
        mail_filter = Filter(
            name=clean_text(fields["name"]).strip(),
            conditions=self._reconciled(conditions),
            outcome=_outcome(fields),
            matches_all=fields["matches_all"] == "1",
            is_on=self._current.is_on if self._current else True,
            filter_id=self._current.filter_id if self._current else 0,
        )
        if self.errors:
            return fields
        try:
            self._check(mail_filter)
            self.mail_filter = mail_filter
        except Refusal as refusal:
            self.add_refusal(refusal)
        return fields

    def add_refusal(self, refusal: Refusal) -> None:
        field = "label" if "label" in refusal.code else _ERROR_FIELDS.get(refusal.code)
        self.add_error(field, sentence(refusal))

    def _reconciled(self, typed: tuple[Condition, ...]) -> tuple[Condition, ...]:
        """The conditions to save; adds an error if they were changed here and in another window."""
        shown, stored = self.sent_digests().get(_CONDITIONS), self._stored_conditions
        outcome = reconcile(shown, _digest_of_conditions(typed), _digest_of_conditions(stored))
        if outcome is shared_form.Outcome.CONFLICT:
            self._compared.add(_CONDITIONS)
            self.add_error(None, f"Conditions : {conflict_fr(' ; '.join(map(condition_fr, stored)))}")
        return stored if outcome is shared_form.Outcome.STORED else typed

    def _check(self, mail_filter: Filter) -> None:
        if self._is_trial:
            check_conditions(mail_filter.conditions)
            return
        check_filter(
            mail_filter, self.folder_names, owner=self._owner, forwards_outside=self._forwards_outside
        )


def _outcome(cleaned: Mapping[str, Any]) -> Outcome:
    fields = {name: cleaned[name] for name in _OUTCOME}
    fields |= {name: clean_text(cleaned[name]).strip() for name in ("label", "forward_to")}
    return Outcome(**fields)


def _initial_values(mail_filter: Filter) -> dict[str, Any]:
    return {
        "name": mail_filter.name,
        "matches_all": "1" if mail_filter.matches_all else "0",
        **{name: getattr(mail_filter.outcome, name) for name in _OUTCOME},
    }


def _initial_lines(conditions: Iterable[Condition]) -> list[dict[str, str]]:
    lines = [
        {
            "kind": _KIND_OF[condition.aspect, condition.relation],
            "words": day_fr(condition.text) if condition.aspect in DAYS else condition.text,
        }
        for condition in conditions
    ]
    return lines or [{"kind": "sender-contains", "words": ""}]
