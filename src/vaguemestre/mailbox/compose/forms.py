"""Forms of the composer → values. Invalid input is kept as typed, for the rules to refuse."""

from django import forms

from vaguemestre.foundation.ui.shared_form import SharedForm
from vaguemestre.mailbox.compose.queries import is_picture_path
from vaguemestre.mailbox.compose.rules.outgoing_html import draft_html
from vaguemestre.mailbox.compose.values import (
    DraftFields,
    IdentityFields,
    Mode,
    StartRequest,
    StockTextFields,
)
from vaguemestre.post.mailstore.values import MessageRef
from vaguemestre.post.outbox.rules.text import plain_text

_MODES = tuple((mode.value, mode.value) for mode in Mode)


class StartForm(forms.Form):
    mode = forms.ChoiceField(choices=_MODES)
    folder = forms.CharField(max_length=500, required=False, strip=False)
    uid_validity = forms.IntegerField(min_value=1, max_value=2**32 - 1, required=False)
    uid = forms.IntegerField(min_value=1, max_value=2**32 - 1, required=False)
    to = forms.CharField(max_length=10_000, required=False)

    def start_request(self) -> StartRequest | None:
        """Request of the form, None when it is invalid."""
        if not self.is_valid():
            return None
        fields = self.cleaned_data
        mode = Mode(fields["mode"])
        if mode is Mode.NEW:
            return StartRequest(mode, to=fields["to"])
        if not (fields["folder"] and fields["uid_validity"] and fields["uid"]):
            return None
        return StartRequest(mode, MessageRef(fields["folder"], fields["uid_validity"], fields["uid"]))


class MessageRefForm(forms.Form):
    folder = forms.CharField(max_length=500, strip=False)
    uid_validity = forms.IntegerField(min_value=1, max_value=2**32 - 1)
    uid = forms.IntegerField(min_value=1, max_value=2**32 - 1)

    def ref(self) -> MessageRef | None:
        """Reference of the message, None when it is invalid."""
        if not self.is_valid():
            return None
        fields = self.cleaned_data
        return MessageRef(fields["folder"], fields["uid_validity"], fields["uid"])


class DraftForm(forms.Form):
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

    def draft_fields(self) -> DraftFields:
        """Fields as typed."""
        data = self.data
        return DraftFields(
            to=data.get("to", ""),
            cc=data.get("cc", ""),
            bcc=data.get("bcc", ""),
            subject=data.get("subject", ""),
            html=data.get("html", ""),
            text=data.get("text", ""),
            is_plain=bool(data.get("plain")),
            keeps_quote=not data.get("unfolded"),
            identity=self.number("identity", 0),
            importance=data.get("importance", ""),
            wants_receipt=bool(data.get("wants_receipt")),
            wants_report=bool(data.get("wants_report")),
        )

    def number(self, name: str, default: int) -> int:
        """Integer field of the form; `default` when it is absent or invalid."""
        self.is_valid()
        value = self.cleaned_data.get(name)
        return value if isinstance(value, int) else default


class EnclosureForm(forms.Form):
    name = forms.CharField(max_length=1000, strip=False)
    kind = forms.CharField(max_length=200, required=False)
    size = forms.IntegerField(min_value=0, max_value=2**31 - 1)
    picture = forms.BooleanField(required=False)


class RichTextForm(SharedForm):
    """A form with a rich text, `html`, that another window may change meanwhile."""

    html = forms.CharField(required=False, strip=False)

    def said(self, name: str, value: object) -> str:
        """The words of a rich text, without its marks."""
        return (plain_text(str(value)).strip() or "rien") if name == "html" else super().said(name, value)


class IdentityForm(RichTextForm):
    """Form of an identity. `own_addresses`: choices of the sender address."""

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

    def __init__(self, *args: object, own_addresses: tuple[str, ...], **more: object) -> None:
        super().__init__(*args, **more)
        self.fields["address"].choices = [(address, address) for address in own_addresses]  # type: ignore[attr-defined]

    def clean_html(self) -> str:
        return draft_html(self.cleaned_data["html"], lambda _: False)

    def identity_fields(self) -> IdentityFields:
        """Fields as typed; the rules check them."""
        data = self.data
        return IdentityFields(
            address=data.get("address", ""),
            name=data.get("name", ""),
            reply_to=data.get("reply_to", ""),
            signed_with=data.get("signed_with", ""),
            signature=data.get("html", ""),
            is_default=bool(data.get("is_default")),
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


class StockTextForm(RichTextForm):
    """Form of a stock text. `schools`: (id, name) of those it may be shared with; `alone`: unshared."""

    title = forms.CharField(label="Titre", max_length=100)
    subject = forms.CharField(label="Objet proposé", max_length=200, required=False, help_text="Facultatif.")
    structure = forms.ChoiceField(label="Partage", required=False)

    def __init__(
        self,
        *args: object,
        schools: tuple[tuple[int, str], ...],
        alone: str = "Moi seulement",
        **more: object,
    ) -> None:
        super().__init__(*args, **more)
        choices = [("", alone), *((str(pk), name) for pk, name in schools)]
        self.fields["structure"].choices = choices  # type: ignore[attr-defined]

    def clean_html(self) -> str:
        return draft_html(self.cleaned_data["html"], is_picture_path)

    def stock_text_fields(self) -> StockTextFields:
        """Fields as typed; the service checks them."""
        data = self.data
        structure = data.get("structure", "")
        return StockTextFields(
            title=data.get("title", ""),
            subject=data.get("subject", ""),
            html=data.get("html", ""),
            structure_id=int(structure) if structure.isascii() and structure.isdecimal() else 0,
        )
