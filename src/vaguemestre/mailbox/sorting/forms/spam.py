"""Forms of the junk mail settings and of the script written by hand."""

from typing import Any

from django import forms

from vaguemestre.foundation.kernel.errors import Refusal
from vaguemestre.foundation.ui.refusals import sentence
from vaguemestre.mailbox.sorting.rules.expert import MAX_SCRIPT_CHARACTERS
from vaguemestre.mailbox.sorting.rules.senders import check_spam, read_senders
from vaguemestre.mailbox.sorting.values import Severity, SpamSettings

SEVERITIES = {
    Severity.CAUTIOUS: "Prudente : ce qui est seulement douteux est rangé aussi",
    Severity.NORMAL: "Normale",
    Severity.LENIENT: "Permissive : seulement ce qui est très probablement indésirable",
}
_LINES = {"rows": 6, "spellcheck": "false", "autocapitalize": "off"}


class SpamForm(forms.Form):
    """Form of the junk mail settings; `spam_settings` is its value once valid."""

    is_sorted = forms.BooleanField(
        label="Ranger dans « Indésirables » les courriels signalés comme indésirables",
        required=False,
        widget=forms.CheckboxInput(attrs={"role": "switch"}),
    )
    severity = forms.ChoiceField(
        label="Sévérité du filtre",
        choices=[(str(severity), words) for severity, words in SEVERITIES.items()],
        help_text="Un virus, un lien signalé comme dangereux ou un document avec macros n’arrive jamais, "
        "quelle qu’elle soit.",
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
    def of_settings(cls, spam_settings: SpamSettings) -> "SpamForm":
        """Form of the stored settings."""
        lists = {name: "\n".join(getattr(spam_settings, name)) for name in ("allowed", "denied")}
        choices = {"is_sorted": spam_settings.is_sorted, "severity": str(spam_settings.severity)}
        return cls(initial={**choices, **lists})

    def clean(self) -> dict[str, Any]:
        fields = super().clean() or self.cleaned_data
        lists: dict[str, tuple[str, ...]] = {}
        for name in ("allowed", "denied"):
            try:
                lists[name] = read_senders(fields.get(name, ""))
            except Refusal as refusal:
                self.add_error(name, sentence(refusal))
        if self.errors:
            return fields
        severity = Severity(fields["severity"])
        self.spam_settings = SpamSettings(fields["is_sorted"], lists["allowed"], lists["denied"], severity)
        try:
            check_spam(self.spam_settings)
        except Refusal as refusal:
            self.add_error(None, sentence(refusal))
        return fields


class ExpertForm(forms.Form):
    expert = forms.CharField(
        label="Partie écrite à la main (Sieve)",
        required=False,
        strip=False,
        max_length=MAX_SCRIPT_CHARACTERS,
        help_text="Exécutée après vos filtres. Elle commence par ses propres « require ».",
        widget=forms.Textarea(attrs={"rows": 14, "spellcheck": "false", "class": "code", "wrap": "off"}),
    )
