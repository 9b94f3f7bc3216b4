"""Forms of contacts: card, group, file, writer."""

import re
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from vaguemestre.foundation.kernel.errors import Refusal
from vaguemestre.foundation.ui.refusals import sentence
from vaguemestre.foundation.ui.shared_form import SharedForm
from vaguemestre.mailbox.contacts.rules.cards import birthday_fr, normalize_card
from vaguemestre.mailbox.contacts.values import ContactCard

_FIELD_OF = {
    "kernel.address-malformed": "address",
    "contacts.birthday-malformed": "birthday",
    "contacts.website-malformed": "website",
    "contacts.photo-busy": "photo",
    "contacts.photo-unreadable": "photo",
}


def _text(label: str, length: int, **attributes: str) -> forms.CharField:
    return forms.CharField(
        label=label,
        max_length=length,
        required=False,
        widget=forms.TextInput({"autocomplete": "off", **attributes}),
    )


class ContactForm(SharedForm):
    """Form of a card, which a phone or another window may write meanwhile; `card` is its value once valid.

    `photo`: the stored one; `draw` makes thumbnails.
    """

    name = _text("Nom", 200)
    address = forms.CharField(
        label="Adresse électronique",
        max_length=254,
        required=False,
        widget=forms.EmailInput({"autocomplete": "off"}),
    )
    others = forms.CharField(
        label="Autres adresses électroniques",
        max_length=2000,
        required=False,
        help_text="Une par ligne.",
        widget=forms.Textarea({"rows": 2}),
    )
    mobile = _text("Téléphone portable", 40, type="tel")
    phone = _text("Téléphone fixe", 40, type="tel")
    work_phone = _text("Téléphone professionnel", 40, type="tel")
    organisation = _text("Établissement ou organisation", 200)
    title = _text("Fonction", 200)
    postal = forms.CharField(
        label="Adresse postale", max_length=1000, required=False, widget=forms.Textarea({"rows": 3})
    )
    birthday = _text("Anniversaire", 10, placeholder="JJ/MM/AAAA", inputmode="numeric")
    website = _text("Site web", 500, type="url", placeholder="https://")
    note = forms.CharField(label="Notes", max_length=5000, required=False, widget=forms.Textarea({"rows": 4}))
    photo = forms.FileField(
        label="Photo", required=False, widget=forms.FileInput({"accept": "image/jpeg,image/png,image/webp"})
    )
    no_photo = forms.BooleanField(label="Retirer la photo", required=False)

    def __init__(
        self,
        *args: Any,
        photo: bytes = b"",
        draw: Callable[[bytes], bytes] | None = None,
        **named: Any,
    ) -> None:
        super().__init__(*args, **named)
        self._photo, self._draw = photo, draw

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or self.cleaned_data
        if self.errors:
            return data
        try:
            card = normalize_card(self._card(data))
            if data["photo"] and self._draw:  # last: it costs most
                card = replace(card, photo=self._draw(data["photo"].read()))
            self.card = card
        except Refusal as refusal:
            field = _FIELD_OF.get(refusal.code, "name")
            malformed = str(refusal.facts.get("address", ""))
            if field == "address" and malformed and malformed != data["address"].strip():
                field = "others"
            self.add_error(field, ValidationError(sentence(refusal)))
        return data

    def _card(self, data: dict[str, Any]) -> ContactCard:
        photo = b"" if data["no_photo"] else self._photo
        others = tuple(address for address in re.split(r"[\s,;]+", data["others"]) if address)
        names = ("mobile", "work_phone", "organisation", "title", "postal", "birthday", "website")
        return ContactCard(
            data["name"], data["address"], data["phone"], data["note"], others, photo=photo,
            **{name: data[name] for name in names},
        )  # fmt: skip


def initial_fields(card: ContactCard) -> dict[str, str]:
    """Initial values of the form of a card."""
    is_whole = not card.birthday.startswith("--")
    names = ("name", "address", "phone", "mobile", "work_phone", "organisation", "title", "postal", "website")
    return {
        **{name: getattr(card, name) for name in names},
        "note": card.note,
        "others": "\n".join(card.others),
        "birthday": birthday_fr(card.birthday) if is_whole else card.birthday,
    }


class GroupForm(forms.Form):
    name = forms.CharField(
        label="Nom du groupe", max_length=200, error_messages={"required": "Donnez un nom au groupe."}
    )


class FileForm(forms.Form):
    file = forms.FileField(
        label="Fichier de contacts",
        help_text="vCard (.vcf), LDIF de SOGo ou de Thunderbird, CSV d’Outlook, Gmail, Zimbra ou Roundcube.",
        error_messages={"required": "Choisissez un fichier.", "empty": "Ce fichier est vide."},
    )


class WriterForm(forms.Form):
    who = forms.CharField(
        label="Identifiant ou adresse",
        max_length=254,
        error_messages={"required": "Écrivez un identifiant ou une adresse."},
    )
