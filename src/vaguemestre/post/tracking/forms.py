"""Forms of message tracking and sending preferences."""

from datetime import datetime

from django import forms

from vaguemestre.foundation.kernel.times import PARIS, NoSuchDay, parse_hour, parse_near_day
from vaguemestre.foundation.ui.days import DayField
from vaguemestre.post.outbox.rules.hours import UNDO_CHOICES
from vaguemestre.post.outbox.values import SendingPreferences
from vaguemestre.post.trace.rules.verdicts import SETS_ASIDE
from vaguemestre.post.trace.values import Verdict
from vaguemestre.post.tracking.labels_fr import FATES, VERDICTS

_UNDO = {0: "Envoyer tout de suite", 10: "10 secondes", 20: "20 secondes", 30: "30 secondes"}


class SendingForm(forms.Form):
    undo_seconds = forms.TypedChoiceField(
        label="« Annuler l’envoi » reste proposé pendant",
        choices=[(seconds, _UNDO[seconds]) for seconds in UNDO_CHOICES],
        coerce=int,
        widget=forms.RadioSelect,
    )
    quiet_hours = forms.BooleanField(
        label="En dehors des heures de travail, me proposer d’envoyer plus tard", required=False
    )

    def preferences(self) -> SendingPreferences:
        return SendingPreferences(self.cleaned_data["undo_seconds"], self.cleaned_data["quiet_hours"])


class RescheduleForm(forms.Form):
    """A new due date for a held message."""

    key = forms.CharField(max_length=64)
    day = forms.CharField(
        label="Jour",
        max_length=10,
        widget=forms.TextInput({"inputmode": "numeric", "placeholder": "JJ/MM/AAAA"}),
    )
    hour = forms.CharField(label="Heure", max_length=10, widget=forms.TextInput({"placeholder": "8 h"}))

    def clean(self) -> dict[str, str]:
        data: dict[str, str] = super().clean() or self.cleaned_data
        try:
            day, at = parse_near_day(data.get("day", "")), parse_hour(data.get("hour", ""))
        except NoSuchDay as error:
            raise forms.ValidationError("Cette date n’existe pas : vérifiez le jour et le mois.") from error
        except ValueError as error:
            raise forms.ValidationError("Écrivez le jour (JJ/MM/AAAA) et l’heure (8 h).") from error
        self.due_at: datetime = datetime.combine(day, at, PARIS)
        return data


class HeldMailForm(forms.Form):
    """The help desk's decision on an account's held mail, and its reason."""

    action = forms.ChoiceField(choices=[("release", "Envoyer"), ("discard", "Jeter")])
    reason = forms.CharField(
        label="Motif",
        max_length=200,
        error_messages={"required": "Écrivez pourquoi : cela reste au journal."},
    )


SET_ASIDE = "mis-de-cote"
VERDICT_CHOICES = (
    ("", "Tous"),
    (SET_ASIDE, "Mis de côté"),
    *((verdict.value, words) for verdict, words in VERDICTS.items()),
)


class MessageSearchForm(forms.Form):
    """Criteria of the message search; every field may be empty. `q`: whose mail."""

    q = forms.CharField(required=False, max_length=254, label="Personne")
    avec = forms.CharField(required=False, max_length=254, label="Avec")
    du = DayField(required=False, label="Du")
    au = DayField(required=False, label="Au")
    etat = forms.ChoiceField(
        required=False, choices=[("", "Tous"), *((fate.value, words) for fate, words in FATES.items())]
    )


class WholeSearchForm(MessageSearchForm):
    """Search form of administrators, who may also search everybody's mail by subject or verdict."""

    objet = forms.CharField(required=False, max_length=255, label="Objet exact")
    verdict = forms.ChoiceField(required=False, choices=VERDICT_CHOICES)

    def verdicts(self) -> frozenset[Verdict]:
        """The chosen verdicts; none for any."""
        chosen = self.cleaned_data["verdict"]
        if chosen == SET_ASIDE:
            return SETS_ASIDE
        return frozenset({Verdict(chosen)} if chosen else ())
