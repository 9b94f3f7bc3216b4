"""Forms of imports and of the transfer to another installation."""

import re
from collections.abc import Collection
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from vaguemestre.mailbox.portability.values import ELSEWHERE_FOLDER, IMAPS_PORT, Server

_HOST = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9.-]{0,251}[A-Za-z0-9])?")
_PORT = re.compile(r"0*[1-9][0-9]{0,4}", re.ASCII)
_WHERE = (
    ("", "dans les dossiers où ils étaient"),
    ("apart", f"à part, dans un dossier « {ELSEWHERE_FOLDER} »"),
)


class WhereForm(forms.Form):
    where = forms.ChoiceField(
        label="Ranger les courriels", choices=_WHERE, required=False, widget=forms.RadioSelect
    )

    @property
    def apart(self) -> str:
        """The folder to import everything into; empty to keep the original folders."""
        return ELSEWHERE_FOLDER if self.cleaned_data.get("where") == "apart" else ""


class FileForm(WhereForm):
    file = forms.FileField(
        label="Fichier de courriels",
        help_text="mbox, .eml, Outlook (.pst), archive .zip ou .tgz de ces fichiers, déménagement (.vmd).",
        error_messages={"required": "Choisissez un fichier.", "empty": "Ce fichier est vide."},
        widget=forms.FileInput({"accept": ".mbox,.mbx,.eml,.zip,.tgz,.gz,.pst,.vmd,application/mbox"}),
    )


class PartnerForm(forms.Form):
    """The installation to transfer to, among those this one knows."""

    destination = forms.ChoiceField(
        label="Académie d’arrivée", error_messages={"invalid_choice": "Choisissez une académie de la liste."}
    )

    def __init__(self, *args: Any, domains: Collection[str], **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["destination"].choices = [(domain, domain) for domain in sorted(domains)]  # type: ignore[attr-defined]


class ServerForm(WhereForm):
    host = forms.CharField(
        label="Serveur IMAP",
        max_length=253,
        help_text="Son nom est dans l’aide de votre ancienne messagerie, par exemple imap.exemple.fr.",
        widget=forms.TextInput({"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"}),
        error_messages={"required": "Écrivez le nom du serveur."},
    )
    username = forms.CharField(
        label="Identifiant ou adresse chez votre ancienne messagerie",
        max_length=254,
        widget=forms.TextInput({"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"}),
        error_messages={"required": "Écrivez l’identifiant que vous y aviez."},
    )
    password = forms.CharField(
        label="Mot de passe de votre ancienne messagerie",
        max_length=500,
        strip=False,
        help_text="Gardé chiffré le temps de la reprise, puis effacé.",
        widget=forms.PasswordInput({"autocomplete": "off"}),
        error_messages={"required": "Écrivez le mot de passe de l’ancienne messagerie."},
    )

    def clean_host(self) -> str:
        host, _, port = str(self.cleaned_data["host"]).strip().removeprefix("imaps://").partition(":")
        if not _HOST.fullmatch(host) or not _PORT.fullmatch(port or str(IMAPS_PORT)):
            raise ValidationError("Ce n’est pas le nom d’un serveur : écrivez par exemple imap.exemple.fr.")
        self.port = int(port or IMAPS_PORT)
        return host.lower()

    @property
    def server(self) -> Server:
        data = self.cleaned_data
        return Server(data["host"], self.port, data["username"].strip(), data["password"])
