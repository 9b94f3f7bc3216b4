"""Forms of operators, of confirmers and of people asking for help."""

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms

from vaguemestre.desks.helpdesk.rules.actions import DIRECT_ACTIONS, MAX_REASON_CHARACTERS
from vaguemestre.desks.helpdesk.rules.secrets import without_secrets
from vaguemestre.desks.helpdesk.services.requests import MAX_ANSWER_CHARACTERS
from vaguemestre.desks.helpdesk.values import Confirmer, ReadyAnswer, RequestKind
from vaguemestre.foundation.ui.shared_form import SharedForm
from vaguemestre.people.directory.queries import academy_summaries

_MAX_TYPED_CHARACTERS = 20_000  # read of what is typed: more than any field takes
KIND_LABELS = {
    RequestKind.SIGN_IN: "Je n’arrive pas à me connecter",
    RequestKind.TAKEN: "Quelqu’un d’autre utilise ou a activé mon compte",
    RequestKind.KEY: "Ma clé OTP ou mon code ne marche pas",
    RequestKind.MAIL: "Un courriel manque, revient ou ne part pas",
    RequestKind.PROGRAM: "Mon logiciel ou mon téléphone ne reçoit plus",
    RequestKind.OTHER: "Autre chose",
}


class SearchForm(forms.Form):
    q = forms.CharField(
        label="Nom, établissement, adresse ou identifiant",
        max_length=120,
        required=False,
        widget=forms.TextInput(attrs={"type": "search", "autocomplete": "off", "spellcheck": "false"}),
    )


class ReasonForm(forms.Form):
    reason = forms.CharField(
        label="Motif",
        max_length=MAX_REASON_CHARACTERS,
        help_text="Obligatoire, gardé au journal et montré à la personne. Ni NUMEN ni mot de passe.",
        error_messages={"required": "Écrivez le motif : la personne le lira."},
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )


class ActionForm(ReasonForm):
    action = forms.ChoiceField(choices=[(action, action) for action in DIRECT_ACTIONS])


class HandOverForm(ReasonForm):
    """The confirmer, and whether second factors were lost too."""

    confirmer = forms.TypedChoiceField(
        label="Deuxième personne",
        coerce=int,
        help_text="Elle voit la personne, vérifie son identité et lui remet le code, que vous ne verrez pas.",
        error_messages={"required": "Choisissez qui confirmera l’identité de la personne."},
        widget=forms.RadioSelect,
    )
    drops_factors = forms.BooleanField(
        label="La personne a aussi perdu son second facteur",
        required=False,
        help_text="Application, clé OTP et clés d’accès seront retirées quand le code servira.",
    )
    seen = forms.IntegerField(required=False, min_value=0)  # the pending hand-over on the page; 0 for none
    field_order = ("confirmer", "reason", "drops_factors")

    def __init__(self, *args: Any, seconds: Sequence[Confirmer], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [
            (person.account_id, f"{person.name} – {person.place}" if person.place else person.name)
            for person in seconds
        ]
        self.fields["confirmer"].choices = choices  # type: ignore[attr-defined]
        if len(choices) == 1:
            self.fields["confirmer"].initial = choices[0][0]


class ConfirmForm(forms.Form):
    verification = forms.CharField(
        label="Comment vous êtes-vous assuré de son identité ?",
        max_length=200,
        help_text="Par exemple « Je la connais, elle est devant moi » ou « Carte d’identité présentée ».",
        error_messages={"required": "Écrivez comment vous avez vérifié l’identité de la personne."},
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )


class KeyForm(ReasonForm):
    serial = forms.CharField(
        label="Numéro de série",
        max_length=60,
        help_text="Imprimé au dos de la clé.",
        error_messages={"required": "Écrivez le numéro de série imprimé au dos de la clé."},
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters"}),
    )
    field_order = ("serial", "reason")


class StockForm(forms.Form):
    key_list = forms.CharField(
        label="Liste du fabricant",
        max_length=100_000,
        strip=False,
        help_text="Une clé par ligne : numéro de série ; secret en base32 ou en hexadécimal.",
        error_messages={"required": "Collez la liste livrée avec les clés."},
        widget=forms.Textarea(attrs={"rows": 6, "autocomplete": "off", "spellcheck": "false"}),
    )


class AnswerForm(forms.Form):
    answer = forms.CharField(
        label="Réponse",
        max_length=MAX_ANSWER_CHARACTERS,
        help_text="Montrée sur la page de sa demande. Ne demandez ni NUMEN ni mot de passe.",
        error_messages={"required": "Écrivez la réponse, ou gardez la demande pour plus tard."},
        widget=forms.Textarea(attrs={"rows": 6}),
    )

    def __init__(self, data: Any = None, *, initial: dict[str, str] | None = None, is_sent: bool) -> None:
        super().__init__(data, initial=initial)
        if is_sent:
            self.fields[
                "answer"
            ].help_text = (
                "Envoyée à la personne et montrée sur sa page. Ne demandez ni NUMEN ni mot de passe."
            )


class AdditionForm(forms.Form):
    """What is added to an answer already given."""

    addition = forms.CharField(
        label="Compléter ou corriger la réponse",
        max_length=MAX_ANSWER_CHARACTERS,
        help_text="Part comme la réponse et s’ajoute dessous : ce qui est parti ne se reprend pas.",
        widget=forms.Textarea(attrs={"rows": 4}),
    )


class InsertForm(forms.Form):
    """Which ready answer goes into the answer being written."""

    ready = forms.TypedChoiceField(label="Réponse type", coerce=int, required=False, empty_value=None)

    def __init__(self, data: Any, answers: Sequence[ReadyAnswer]) -> None:
        super().__init__(data)
        choices = [("", "Choisissez…"), *((answer.text_id, answer.title) for answer in answers)]
        self.fields["ready"].choices = choices  # type: ignore[attr-defined]


class AnswerTextForm(SharedForm):
    """A ready answer. `academy_id`: the only académie offered; 0: any."""

    domain = forms.ChoiceField(label="Académie")
    title = forms.CharField(
        label="Titre",
        max_length=80,
        help_text="Pour la retrouver ; la personne ne le lit pas.",
        error_messages={"required": "Donnez un titre à cette réponse."},
    )
    text = forms.CharField(
        label="Texte",
        max_length=MAX_ANSWER_CHARACTERS,
        help_text="Il se complète avant l’envoi. Ne demandez ni NUMEN ni mot de passe.",
        error_messages={"required": "Écrivez le texte de la réponse."},
        widget=forms.Textarea(attrs={"rows": 8}),
    )

    def __init__(self, data: Any, *, academy_id: int = 0, answer: ReadyAnswer | None = None) -> None:
        initial = {"domain": answer.domain, "title": answer.title, "text": answer.text} if answer else {}
        super().__init__(data, initial=initial)
        choices = [(one.domain.lower(), one.name) for one in academy_summaries(academy_id)]
        if answer:  # it stays where it is
            choices = [choice for choice in choices if choice[0] == answer.domain]
        self.fields["domain"].choices = choices  # type: ignore[attr-defined]
        if len(choices) == 1:
            self.fields["domain"].widget = forms.HiddenInput()
            self.fields["domain"].initial = self.initial["domain"] = choices[0][0]

    def answer(self, text_id: int = 0) -> ReadyAnswer:
        """What is typed, once the form is valid."""
        return ReadyAnswer(**self.cleaned_data, text_id=text_id)


class HelpRequestForm(forms.Form):
    """A help request. Secrets in it are masked, with a warning, before it is submitted."""

    kind = forms.ChoiceField(
        label="Que se passe-t-il ?",
        choices=[("", "Choisissez…"), *((kind.value, label) for kind, label in KIND_LABELS.items())],
        error_messages={"required": "Choisissez ce qui ressemble le plus à votre situation."},
    )
    name = forms.CharField(
        label="Prénom et nom",
        max_length=120,
        error_messages={"required": "Écrivez votre prénom et votre nom."},
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    place = forms.CharField(
        label="Établissement",
        max_length=200,
        required=False,
        help_text="Nom et commune, ou code UAI : l’assistance vous trouve plus vite.",
        widget=forms.TextInput(attrs={"autocomplete": "organization"}),
    )
    contact = forms.CharField(
        label="Où vous répondre",
        max_length=254,
        required=False,
        help_text=(
            "Une adresse personnelle ou un numéro de téléphone. Sans rien, la réponse sera sur la "
            "page de votre demande."
        ),
        widget=forms.TextInput(attrs={"autocomplete": "email"}),
    )
    text = forms.CharField(
        label="Votre demande",
        max_length=4000,
        help_text="Ce que vous avez fait, ce que vous voyez. Jamais votre mot de passe, ni votre NUMEN.",
        error_messages={"required": "Décrivez ce qui se passe, en quelques mots."},
        widget=forms.Textarea(attrs={"rows": 6}),
    )

    def __init__(
        self, data: Mapping[str, Any] | None = None, *, initial: dict[str, Any] | None = None
    ) -> None:
        """Anybody may send megabytes: what is left is still too long for its field, and refused."""
        cut = data and {name: str(data.get(name, ""))[:_MAX_TYPED_CHARACTERS] for name in self.base_fields}
        super().__init__(cut, initial=initial)

    def masked(self) -> "HelpRequestForm | None":
        """The same form with its secrets masked; None if there are none."""
        typed = {name: self.data.get(name, "") for name in self.fields}
        clean = {name: without_secrets(text) for name, text in typed.items()}
        return HelpRequestForm(clean) if clean != typed else None
