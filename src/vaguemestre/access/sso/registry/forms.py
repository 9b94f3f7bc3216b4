"""Administrators' forms for applications."""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from django import forms

from vaguemestre.access.sso.registry.rules.release import ATTRIBUTES
from vaguemestre.access.sso.registry.rules.words import CATEGORIES, FUNCTIONS, ICONS, ROLES, SIGNINGS
from vaguemestre.access.sso.registry.values import Application, Assurance, Protocol, Registration, Signing
from vaguemestre.foundation.ui.shared_form import SharedForm
from vaguemestre.people.directory.queries import place_names, service_summaries

_HINTS = {
    Protocol.OIDC: "Les adresses de retour (redirect_uri) exactes, une par ligne.",
    Protocol.CAS: "Les adresses de service exactes, une par ligne.",
    Protocol.SAML: "Les consommateurs d’assertions, d’après les métadonnées ; pour en changer, relisez-les.",
    Protocol.HEADERS: "L’adresse sous laquelle est toute l’application, finie par « / ».",
}
_MAX_LOGO_BYTES = 1_000_000


class LinesField(forms.CharField):
    """Several texts, one per line (commas and semicolons separate too)."""

    widget = forms.Textarea

    def to_python(self, value: Any) -> tuple[str, ...]:  # type: ignore[override]
        text = super().to_python(value) or ""
        return tuple(dict.fromkeys(line for line in re.split(r"[\s,;]+", text) if line))

    def prepare_value(self, value: Any) -> Any:
        return value if isinstance(value, str) or value is None else "\n".join(value)


def _choices_field(label: str, labels: Mapping[str, str], hint: str = "") -> forms.MultipleChoiceField:
    return forms.MultipleChoiceField(
        label=label,
        choices=list(labels.items()),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=hint,
    )


def _lines_field(label: str, hint: str, *, required: bool = False, rows: int = 2) -> LinesField:
    textarea = forms.Textarea(attrs={"rows": rows, "spellcheck": "false", "autocapitalize": "off"})
    messages = {"required": "Donnez au moins une adresse."}
    return LinesField(
        label=label, help_text=hint, required=required, widget=textarea, error_messages=messages
    )


class ApplicationForm(SharedForm):
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
    name = forms.CharField(
        label="Nom", max_length=80, error_messages={"required": "Donnez le nom que verront les agents."}
    )
    description = forms.CharField(
        label="Description",
        max_length=160,
        required=False,
        help_text="Quelques mots, dans « Mes applications ».",
    )
    icon = forms.ChoiceField(label="Icône", choices=list(ICONS.items()), required=False)
    home = forms.CharField(
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
    addresses = _lines_field("Adresses", "", required=True, rows=3)
    after_sign_out = _lines_field(
        "Adresses après déconnexion", "Où l’application peut faire revenir, exactes, une par ligne."
    )
    back_channel_sign_out = forms.CharField(
        label="Adresse prévenue des déconnexions",
        max_length=1000,
        required=False,
        help_text="De serveur à serveur (backchannel_logout_uri).",
    )
    front_channel_sign_out = forms.CharField(
        label="Adresse de déconnexion par le navigateur",
        max_length=1000,
        required=False,
        help_text="Seulement si l’application ne peut pas être prévenue de serveur à serveur.",
    )
    proxies = _lines_field(
        "Mandataires CAS (pgtUrl)", "Adresses où envoyer un ticket de mandataire, exactes."
    )
    prefixes = _lines_field(
        "Préfixes de service",
        "Toute page au-dessous est admise ; une adresse finie par « / » par ligne.",
    )
    signing = forms.ChoiceField(label="Signature des jetons", choices=list(SIGNINGS.items()), required=False)
    public = forms.BooleanField(
        label="Application sans secret",
        required=False,
        help_text="Page ou programme de téléphone ; PKCE protège.",
    )
    pairwise = forms.BooleanField(
        label="Identifiant propre à cette application",
        required=False,
        help_text="Sans attribut qui nomme la personne, elle ne rapproche rien de ce que savent les autres.",
    )
    consent = forms.BooleanField(
        label="Demander l’accord de la personne", required=False, help_text="À sa première entrée."
    )
    otp = forms.BooleanField(
        label="Exiger un second facteur", required=False, help_text="Pour les applications sensibles."
    )
    attributes = _choices_field(
        "Attributs transmis", {name: f"{words} · {name}" for name, words in ATTRIBUTES.items()}
    )
    categories = _choices_field("Catégories admises", CATEGORIES)
    functions = _choices_field("Fonctions admises", FUNCTIONS)
    schools = _lines_field("Établissements admis", "Codes UAI, un par ligne. Vide : tous.")
    services = _lines_field("Services de gestion admis", "Codes (DPE, DSDEN_80…), un par ligne. Vide : tous.")
    roles = _choices_field("Rôles toujours admis", ROLES)

    def __init__(
        self, *args: Any, protocol: Protocol, application: Application | None = None, **more: Any
    ) -> None:
        if application:
            more["initial"] = _initial(application)
        super().__init__(*args, **more)
        self.protocol, self.application = protocol, application
        self.fields["addresses"].help_text = _HINTS[protocol]
        if application:
            del self.fields["client_id"]
        for name in _fields_not_of(protocol):
            del self.fields[name]
        if protocol is Protocol.SAML:
            self.fields["addresses"].disabled = True

    def clean_schools(self) -> tuple[str, ...]:
        return self._known_codes("schools", place_names)

    def clean_services(self) -> tuple[str, ...]:
        return self._known_codes("services", lambda _: (row.code for row in service_summaries()))

    def _known_codes(self, name: str, find: Callable[[Sequence[str]], Iterable[str]]) -> tuple[str, ...]:
        """The codes in capitals; one that nobody has would keep everybody out. Those kept before stay."""
        codes = tuple(dict.fromkeys(code.upper() for code in self.cleaned_data[name]))
        known = {*find(codes), *getattr(self.application, name, ())}
        if unknown := next((code for code in codes if code not in known), None):
            raise forms.ValidationError(f"« {unknown} » n’existe pas ici : vérifiez ce code.")
        return codes

    def registration(self) -> Registration:
        """The registration typed in a valid form."""
        typed = self.cleaned_data

        def texts(name: str) -> tuple[str, ...]:
            return tuple(typed.get(name) or ())

        return Registration(
            client_id=self.application.client_id if self.application else typed["client_id"],
            name=typed["name"],
            protocol=self.protocol,
            addresses=self.application.addresses
            if self.application and self.protocol is Protocol.SAML
            else texts("addresses"),
            home=typed["home"],
            description=typed["description"],
            icon=typed["icon"] or "external-link",
            contact=typed["contact"],
            after_sign_out=texts("after_sign_out"),
            tell_sign_out=typed.get("back_channel_sign_out", ""),
            front_sign_out=typed.get("front_channel_sign_out", ""),
            public=typed.get("public", False),
            signing=Signing(typed.get("signing") or "ES256"),
            pairwise=typed.get("pairwise", self.protocol is Protocol.SAML),
            consent=typed["consent"],
            assurance=Assurance.OTP if typed["otp"] else Assurance.ORDINARY,
            released=texts("attributes"),
            categories=texts("categories"),
            functions=texts("functions"),
            schools=texts("schools"),
            services=texts("services"),
            roles=texts("roles"),
            proxies=texts("proxies"),
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
        upload = self.cleaned_data["logo"]
        if not upload:
            raise forms.ValidationError("Choisissez une image.")
        if upload.size > _MAX_LOGO_BYTES:
            raise forms.ValidationError("Cette image dépasse 1 Mo : réduisez-la.")
        return bytes(upload.read())


class ImportForm(forms.Form):
    """Metadata, uploaded or pasted."""

    file = forms.FileField(label="Fichier de métadonnées", required=False)
    text = forms.CharField(
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
        typed = super().clean() or {}
        upload = typed.get("file")
        content = upload.read() if upload else (typed.get("text") or "").encode()
        if not content.strip():
            raise forms.ValidationError("Donnez un fichier, ou collez le texte des métadonnées.")
        typed["content"] = content
        return typed


class PersonForm(forms.Form):
    person = forms.CharField(
        label="Identifiant ou adresse d’un agent",
        max_length=254,
        help_text="La consultation est inscrite au journal.",
        error_messages={"required": "Donnez l’identifiant ou l’adresse d’un agent."},
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "off", "spellcheck": "false"}),
    )


def _fields_not_of(protocol: Protocol) -> Sequence[str]:
    oidc = (
        "after_sign_out",
        "back_channel_sign_out",
        "front_channel_sign_out",
        "signing",
        "public",
        "pairwise",
    )
    match protocol:
        case Protocol.OIDC:
            return ("proxies", "prefixes")
        case Protocol.CAS:
            return oidc
        case _:
            return (*oidc, "proxies", "prefixes")


def _initial(application: Application) -> dict[str, object]:
    return {
        "name": application.name,
        "description": application.description,
        "icon": application.icon,
        "home": application.home,
        "contact": application.contact,
        "addresses": application.addresses,
        "after_sign_out": application.after_sign_out,
        "back_channel_sign_out": application.tell_sign_out,
        "front_channel_sign_out": application.front_sign_out,
        "proxies": application.proxies,
        "prefixes": application.prefixes,
        "signing": application.signing.value,
        "public": application.public,
        "pairwise": application.pairwise,
        "consent": application.consent,
        "otp": application.assurance is Assurance.OTP,
        "attributes": list(application.released),
        "categories": list(application.categories),
        "functions": list(application.functions),
        "schools": application.schools,
        "services": application.services,
        "roles": list(application.roles),
    }
