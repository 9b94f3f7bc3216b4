"""What the composer sends → values. Nothing typed is lost for being wrong: the rules say where."""

from django import forms

from vaguemestre.mailbox.compose.values import IdentityGiven, Mode, Opening, StockTextGiven, Written
from vaguemestre.post.mailstore.values import MessageRef

_MODES = tuple((mode.value, mode.value) for mode in Mode)


class OpeningForm(forms.Form):
    mode = forms.ChoiceField(choices=_MODES)
    folder = forms.CharField(max_length=500, required=False, strip=False)
    uid_validity = forms.IntegerField(min_value=1, max_value=2**32 - 1, required=False)
    uid = forms.IntegerField(min_value=1, max_value=2**32 - 1, required=False)
    to = forms.CharField(max_length=10_000, required=False)

    def opening(self) -> Opening | None:
        """None when what was asked makes no sense."""
        if not self.is_valid():
            return None
        given = self.cleaned_data
        mode = Mode(given["mode"])
        if mode is Mode.NEW:
            return Opening(mode, to=given["to"])
        if not (given["folder"] and given["uid_validity"] and given["uid"]):
            return None
        return Opening(mode, MessageRef(given["folder"], given["uid_validity"], given["uid"]))


class BorrowForm(forms.Form):
    folder = forms.CharField(max_length=500, strip=False)
    uid_validity = forms.IntegerField(min_value=1, max_value=2**32 - 1)
    uid = forms.IntegerField(min_value=1, max_value=2**32 - 1)

    def ref(self) -> MessageRef | None:
        """None when no message is named."""
        if not self.is_valid():
            return None
        given = self.cleaned_data
        return MessageRef(given["folder"], given["uid_validity"], given["uid"])


class WrittenForm(forms.Form):
    to = forms.CharField(required=False, strip=False)
    cc = forms.CharField(required=False, strip=False)
    bcc = forms.CharField(required=False, strip=False)
    subject = forms.CharField(required=False, strip=False)
    html = forms.CharField(required=False, strip=False)
    text = forms.CharField(required=False, strip=False)
    plain = forms.BooleanField(required=False)
    unfolded = forms.BooleanField(required=False)
    revision = forms.IntegerField(min_value=0, required=False)
    attempt = forms.IntegerField(min_value=1, required=False)
    later = forms.CharField(max_length=40, required=False)
    identity = forms.IntegerField(min_value=0, max_value=2**31 - 1, required=False)

    def written(self) -> Written:
        """What was typed, as typed."""
        given = self.data
        return Written(
            to=given.get("to", ""),
            cc=given.get("cc", ""),
            bcc=given.get("bcc", ""),
            subject=given.get("subject", ""),
            html=given.get("html", ""),
            text=given.get("text", ""),
            is_plain=bool(given.get("plain")),
            keeps_quote=not given.get("unfolded"),
            identity=self.number("identity", 0),
            importance=given.get("importance", ""),
            wants_receipt=bool(given.get("wants_receipt")),
            wants_report=bool(given.get("wants_report")),
        )

    def number(self, name: str, otherwise: int) -> int:
        """A whole number of the form; `otherwise` when it is absent or is none."""
        self.is_valid()
        value = self.cleaned_data.get(name)
        return value if isinstance(value, int) else otherwise


class EnclosureForm(forms.Form):
    name = forms.CharField(max_length=1000, strip=False)
    kind = forms.CharField(max_length=200, required=False)
    size = forms.IntegerField(min_value=0, max_value=2**31 - 1)
    picture = forms.BooleanField(required=False)


class IdentityForm(forms.Form):
    """`own`: the addresses offered."""

    address = forms.ChoiceField(label="Adresse d’expéditeur")
    name = forms.CharField(label="Nom affiché", max_length=100, help_text="Ce que lisent vos correspondants.")
    reply_to = forms.CharField(
        label="Adresse de réponse",
        max_length=254,
        required=False,
        help_text="Laissez vide pour recevoir les réponses à l’adresse d’expéditeur.",
    )
    is_default = forms.BooleanField(label="Identité habituelle", required=False)
    signed_with = forms.ChoiceField(
        label="Signature",
        required=False,
        widget=forms.RadioSelect,
        choices=(("", "Aucune"), ("academy", "Celle de l’académie"), ("own", "La mienne")),
    )
    html = forms.CharField(required=False, strip=False)

    def __init__(self, *args: object, own: tuple[str, ...], **more: object) -> None:
        super().__init__(*args, **more)  # type: ignore[arg-type]
        self.fields["address"].choices = [(one, one) for one in own]  # type: ignore[attr-defined]

    def given(self) -> IdentityGiven:
        """What was typed; the rules say what is wrong with it."""
        typed = self.data
        return IdentityGiven(
            address=typed.get("address", ""),
            name=typed.get("name", ""),
            reply_to=typed.get("reply_to", ""),
            signed_with=typed.get("signed_with", ""),
            signature=typed.get("html", ""),
            is_default=bool(typed.get("is_default")),
        )


class SignatureFileForm(forms.Form):
    file = forms.FileField(
        label="Fichier",
        help_text=(
            "Préférences de SOGo (.json), table des identités de Roundcube (.json, .csv), signatures de "
            "Zimbra (.txt), export d’ici (identites.json), ou une signature seule (.html, .txt)."
        ),
        error_messages={"required": "Choisissez un fichier.", "empty": "Ce fichier est vide."},
        widget=forms.FileInput({"accept": ".json,.csv,.txt,.html,.htm"}),
    )


class StockTextForm(forms.Form):
    """`schools`: (id, name) of those it may be shared with."""

    title = forms.CharField(label="Titre", max_length=100)
    subject = forms.CharField(label="Objet proposé", max_length=200, required=False, help_text="Facultatif.")
    structure = forms.ChoiceField(label="Partage", required=False)
    html = forms.CharField(required=False, strip=False)

    def __init__(self, *args: object, schools: tuple[tuple[int, str], ...], **more: object) -> None:
        super().__init__(*args, **more)  # type: ignore[arg-type]
        offered = [("", "Moi seulement"), *((str(pk), name) for pk, name in schools)]
        self.fields["structure"].choices = offered  # type: ignore[attr-defined]

    def given(self) -> StockTextGiven:
        typed = self.data
        structure = typed.get("structure", "")
        return StockTextGiven(
            title=typed.get("title", ""),
            subject=typed.get("subject", ""),
            html=typed.get("html", ""),
            structure_id=int(structure) if structure.isascii() and structure.isdecimal() else 0,
        )
