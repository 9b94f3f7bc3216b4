"""Unwanted mail, and the part written by hand, as typed."""

from typing import Any

from django import forms

from vaguemestre.foundation.kernel.errors import Refusal
from vaguemestre.foundation.ui.refusals import sentence
from vaguemestre.mailbox.sorting.rules.expert import LONGEST_SCRIPT
from vaguemestre.mailbox.sorting.rules.senders import check_spam, read_senders
from vaguemestre.mailbox.sorting.values import SpamChoice

_LINES = {"rows": 6, "spellcheck": "false", "autocapitalize": "off"}


class SpamForm(forms.Form):
    """`choice` is the value once valid."""

    is_sorted = forms.BooleanField(
        label="Ranger dans « Indésirables » les courriels signalés comme indésirables",
        required=False,
        widget=forms.CheckboxInput(attrs={"role": "switch"}),
    )
    allowed = forms.CharField(
        label="Expéditeurs toujours acceptés",
        required=False,
        max_length=200_000,
        help_text="Une adresse par ligne, ou un domaine : @exemple.fr.",
        widget=forms.Textarea(attrs=_LINES),
    )
    denied = forms.CharField(
        label="Expéditeurs indésirables",
        required=False,
        max_length=200_000,
        help_text="Leurs courriels vont dans « Indésirables » ; aucune réponse d’absence ne part.",
        widget=forms.Textarea(attrs=_LINES),
    )

    @classmethod
    def showing(cls, choice: SpamChoice) -> "SpamForm":
        lists = {name: "\n".join(getattr(choice, name)) for name in ("allowed", "denied")}
        return cls(initial={"is_sorted": choice.is_sorted, **lists})

    def clean(self) -> dict[str, Any]:
        found = super().clean() or self.cleaned_data
        lists: dict[str, tuple[str, ...]] = {}
        for name in ("allowed", "denied"):
            try:
                lists[name] = read_senders(found.get(name, ""))
            except Refusal as refusal:
                self.add_error(name, sentence(refusal))
        if self.errors:
            return found
        self.choice = SpamChoice(found["is_sorted"], lists["allowed"], lists["denied"])
        try:
            check_spam(self.choice)
        except Refusal as refusal:
            self.add_error(None, sentence(refusal))
        return found


class ExpertForm(forms.Form):
    expert = forms.CharField(
        label="Partie écrite à la main (Sieve)",
        required=False,
        strip=False,
        max_length=LONGEST_SCRIPT,
        help_text="Exécutée après vos filtres. Elle commence par ses propres « require ».",
        widget=forms.Textarea(attrs={"rows": 14, "spellcheck": "false", "class": "code", "wrap": "off"}),
    )
