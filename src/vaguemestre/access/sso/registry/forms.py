"""What administrators type about an application."""

import re
from collections.abc import Sequence
from typing import Any

from django import forms

from vaguemestre.access.sso.registry.rules.release import ATTRIBUTES
from vaguemestre.access.sso.registry.rules.words import CATEGORIES, FUNCTIONS, ROLES
from vaguemestre.access.sso.registry.values import Application, Assurance, Protocol, Registration, Signing

ICONS = {
    "external-link": "Flèche",
    "building-community": "Bâtiment",
    "school": "École",
    "books": "Livres",
    "calendar": "Calendrier",
    "users": "Personnes",
    "file-text": "Document",
    "briefcase-2": "Mallette",
    "tools": "Outils",
    "world": "Monde",
}
_SIGNINGS = {"ES256": "ES256 (recommandé)", "RS256": "RS256 (bibliothèques anciennes)"}
_HINTS = {
    Protocol.OIDC: "Les adresses de retour (redirect_uri) exactes, une par ligne.",
    Protocol.CAS: "Les adresses de service exactes, une par ligne.",
    Protocol.SAML: "Les consommateurs d’assertions, d’après les métadonnées ; pour en changer, relisez-les.",
    Protocol.HEADERS: "L’adresse sous laquelle est toute l’application, finie par « / ».",
}
_LOGO_LIMIT = 1_000_000


class Lines(forms.CharField):
    """Several texts, one a line (commas and semicolons count too)."""

    widget = forms.Textarea

    def to_python(self, value: Any) -> tuple[str, ...]:  # type: ignore[override]
        text = super().to_python(value) or ""
        return tuple(dict.fromkeys(one for one in re.split(r"[\s,;]+", text) if one))

    def prepare_value(self, value: Any) -> Any:
        return value if isinstance(value, str) or value is None else "\n".join(value)


def _several(label: str, known: dict[str, str], hint: str = "") -> forms.MultipleChoiceField:
    return forms.MultipleChoiceField(
        label=label,
        choices=list(known.items()),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=hint,
    )


def _lines(label: str, hint: str, *, required: bool = False, rows: int = 2) -> Lines:
    wide = forms.Textarea(attrs={"rows": rows, "spellcheck": "false", "autocapitalize": "off"})
    told = {"required": "Donnez au moins une adresse."}
    return Lines(label=label, help_text=hint, required=required, widget=wide, error_messages=told)


class ApplicationForm(forms.Form):
    client_id = forms.RegexField(
        r"^[a-z0-9][a-z0-9-]{1,62}$",
        label="Identifiant (client_id)",
        help_text="Lettres minuscules, chiffres et tirets. Il ne change plus ensuite.",
        error_messages={
            "invalid": "Des lettres minuscules, des chiffres et des tirets, deux au moins.",
            "required": "Donnez un identifiant à l’application.",
        },
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "off", "spellcheck": "false"}),
    )
    nom = forms.CharField(
        label="Nom", max_length=80, error_messages={"required": "Donnez le nom que verront les agents."}
    )
    description = forms.CharField(
        label="Description",
        max_length=160,
        required=False,
        help_text="Quelques mots, dans « Mes applications ».",
    )
    icone = forms.ChoiceField(label="Icône", choices=list(ICONS.items()), required=False)
    accueil = forms.CharField(
        label="Adresse d’accueil",
        max_length=1000,
        required=False,
        help_text="Ouverte depuis « Mes applications ». Vide : l’application n’y est pas montrée.",
    )
    contact = forms.CharField(
        label="Qui contacter",
        max_length=160,
        required=False,
        help_text="Adresse donnée à qui ne peut pas entrer. Vide : l’assistance.",
    )
    adresses = _lines("Adresses", "", required=True, rows=3)
    apres = _lines(
        "Adresses après déconnexion", "Où l’application peut faire revenir, exactes, une par ligne."
    )
    prevenir = forms.CharField(
        label="Adresse prévenue des déconnexions",
        max_length=1000,
        required=False,
        help_text="De serveur à serveur (backchannel_logout_uri).",
    )
    navigateur = forms.CharField(
        label="Adresse de déconnexion par le navigateur",
        max_length=1000,
        required=False,
        help_text="Seulement si l’application ne peut pas être prévenue de serveur à serveur.",
    )
    mandataires = _lines("Mandataires CAS (pgtUrl)", "Adresses où envoyer un ticket de mandataire, exactes.")
    prefixes = _lines(
        "Préfixes de service",
        "Toute page au-dessous est admise ; une adresse finie par « / » par ligne.",
    )
    signature = forms.ChoiceField(
        label="Signature des jetons", choices=list(_SIGNINGS.items()), required=False
    )
    public = forms.BooleanField(
        label="Application sans secret",
        required=False,
        help_text="Page ou programme de téléphone ; PKCE protège.",
    )
    pairwise = forms.BooleanField(
        label="Identifiant propre à cette application",
        required=False,
        help_text="Elle ne peut pas rapprocher ce qu’elle sait d’une personne de ce que savent les autres.",
    )
    accord = forms.BooleanField(
        label="Demander l’accord de la personne", required=False, help_text="À sa première entrée."
    )
    otp = forms.BooleanField(
        label="Exiger un second facteur", required=False, help_text="Pour les applications sensibles."
    )
    attributs = _several(
        "Attributs transmis", {name: f"{words} · {name}" for name, words in ATTRIBUTES.items()}
    )
    categories = _several("Catégories admises", CATEGORIES)
    fonctions = _several("Fonctions admises", FUNCTIONS)
    etablissements = _lines("Établissements admis", "Codes UAI, un par ligne. Vide : tous.")
    services = _lines("Services de gestion admis", "Codes (DPE, DSDEN_80…), un par ligne. Vide : tous.")
    roles = _several("Rôles toujours admis", ROLES)

    def __init__(self, *args: Any, protocol: Protocol, known: Application | None = None, **more: Any) -> None:
        if known:
            more["initial"] = _initial(known)
        super().__init__(*args, **more)
        self.protocol, self.known = protocol, known
        self.fields["adresses"].help_text = _HINTS[protocol]
        if known:
            del self.fields["client_id"]
        for name in _not_for(protocol):
            del self.fields[name]
        if protocol is Protocol.SAML:
            self.fields["adresses"].disabled = True

    def registration(self) -> Registration:
        """What was typed; the form is valid."""
        given = self.cleaned_data

        def texts(name: str) -> tuple[str, ...]:
            return tuple(given.get(name) or ())

        return Registration(
            client_id=self.known.client_id if self.known else given["client_id"],
            name=given["nom"],
            protocol=self.protocol,
            addresses=self.known.addresses
            if self.known and self.protocol is Protocol.SAML
            else texts("adresses"),
            home=given["accueil"],
            description=given["description"],
            icon=given["icone"] or "external-link",
            contact=given["contact"],
            after_sign_out=texts("apres"),
            tell_sign_out=given.get("prevenir", ""),
            front_sign_out=given.get("navigateur", ""),
            public=given.get("public", False),
            signing=Signing(given.get("signature") or "ES256"),
            pairwise=given.get("pairwise", self.protocol is Protocol.SAML),
            consent=given["accord"],
            assurance=Assurance.OTP if given["otp"] else Assurance.ORDINARY,
            released=texts("attributs"),
            categories=texts("categories"),
            functions=texts("fonctions"),
            schools=texts("etablissements"),
            services=texts("services"),
            roles=texts("roles"),
            proxies=texts("mandataires"),
            prefixes=texts("prefixes"),
        )


class LogoForm(forms.Form):
    logo = forms.FileField(
        label="Logo",
        required=False,
        help_text="PNG, JPEG ou WebP, 1 Mo au plus ; redessiné en 96 × 96 points.",
        widget=forms.ClearableFileInput(attrs={"accept": "image/png,image/jpeg,image/webp"}),
    )

    def clean_logo(self) -> bytes:
        sent = self.cleaned_data["logo"]
        if not sent:
            raise forms.ValidationError("Choisissez une image.")
        if sent.size > _LOGO_LIMIT:
            raise forms.ValidationError("Cette image dépasse 1 Mo : réduisez-la.")
        return bytes(sent.read())


class ImportForm(forms.Form):
    """Metadata, as a file or pasted."""

    fichier = forms.FileField(label="Fichier de métadonnées", required=False)
    texte = forms.CharField(
        label="Ou le texte des métadonnées",
        required=False,
        max_length=2_000_000,
        widget=forms.Textarea(attrs={"rows": 8, "spellcheck": "false", "autocapitalize": "off"}),
    )
    client_id = forms.RegexField(
        r"^[a-z0-9][a-z0-9-]{1,62}$",
        label="Identifiant ici",
        required=False,
        help_text="Vide : d’après les métadonnées.",
        error_messages={"invalid": "Des lettres minuscules, des chiffres et des tirets, deux au moins."},
    )

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        sent = given.get("fichier")
        content = sent.read() if sent else (given.get("texte") or "").encode()
        if not content.strip():
            raise forms.ValidationError("Donnez un fichier, ou collez le texte des métadonnées.")
        given["content"] = content
        return given


class PersonForm(forms.Form):
    personne = forms.CharField(
        label="Identifiant ou adresse d’un agent",
        max_length=254,
        help_text="La consultation est inscrite au journal.",
        error_messages={"required": "Donnez l’identifiant ou l’adresse d’un agent."},
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "off", "spellcheck": "false"}),
    )


def _not_for(protocol: Protocol) -> Sequence[str]:
    oidc = ("apres", "prevenir", "navigateur", "signature", "public", "pairwise")
    match protocol:
        case Protocol.OIDC:
            return ("mandataires", "prefixes")
        case Protocol.CAS:
            return oidc
        case _:
            return (*oidc, "mandataires", "prefixes")


def _initial(known: Application) -> dict[str, object]:
    return {
        "nom": known.name,
        "description": known.description,
        "icone": known.icon,
        "accueil": known.home,
        "contact": known.contact,
        "adresses": known.addresses,
        "apres": known.after_sign_out,
        "prevenir": known.tell_sign_out,
        "navigateur": known.front_sign_out,
        "mandataires": known.proxies,
        "prefixes": known.prefixes,
        "signature": known.signing.value,
        "public": known.public,
        "pairwise": known.pairwise,
        "accord": known.consent,
        "otp": known.assurance is Assurance.OTP,
        "attributs": list(known.released),
        "categories": list(known.categories),
        "fonctions": list(known.functions),
        "etablissements": known.schools,
        "services": known.services,
        "roles": list(known.roles),
    }
