"""Which interrupted forms can be stored and sent again, and which of their values are displayed."""

import re
from collections.abc import Sequence
from datetime import date, timedelta

from vaguemestre.foundation.kernel.text.french_dates import day_fr
from vaguemestre.people.credentials.values import AccountRole

LIFETIME = timedelta(minutes=10)
MAX_BYTES = 200_000
_SECRET = re.compile(r"password|secret|confirmation|pin\b|(?<!postal_)code\b|response", re.IGNORECASE)
_TOKEN = re.compile(r"[A-Za-z0-9_:.=+/-]{40,}")
_BARE = re.compile(r"[a-z0-9_.:-]+")
_ISO_DAY = re.compile(r"\d{4}-\d\d-\d\d")
_MAX_DISPLAYED_CHARACTERS = 300
# Fields that hold codes: the label of the act, or its page, already says what they choose.
_CODES = {
    "act", "action", "assignee", "category", "confirmer", "event", "next", "person_id", "plan", "schedule",
    "scope", "shown", "source", "sure", "token",
}  # fmt: skip
_LABELS = {
    "account": "Compte",
    "answer": "Réponse",
    "birth_date": "Date de naissance",
    "birth_name": "Nom de naissance",
    "birth_place": "Lieu de naissance",
    "chosen_first_name": "Prénom d’usage",
    "civility": "Civilité",
    "confirm_losses": "Départs voulus",
    "contact": "Adresse électronique",
    "drops_factors": "Second facteur perdu aussi",
    "day": "Jour",
    "departures": "Nombre de départs",
    "device": "Nom de l’appareil",
    "effect_on": "Jour d’effet",
    "ends_on": "Fin",
    "first_name": "Prénom",
    "hour": "Heure",
    "is_other": "C’est quelqu’un d’autre",
    "key_list": "Clés",
    "kind": "Genre",
    "lifetime": "Durée",
    "local": "Début de l’adresse",
    "mailing": "Courriel",
    "message": "Message",
    "new_address": "Adresse",
    "numen": "NUMEN",
    "people": "Personnes",
    "post": "Poste",
    "reason": "Motif",
    "requested_by": "Demandeur",
    "right": "Droit",
    "school": "Établissement",
    "scope": "Étendue",
    "serial": "Numéro de série",
    "sponsor": "Qui en répond",
    "starts_on": "Début",
    "text": "Texte",
    "title": "Intitulé",
    "usage_name": "Nom d’usage",
    "uai": "Code de l’établissement (UAI)",
    "dossier": "Numéro de dossier",
    "role": "Rôle",
    "verification": "Identité vérifiée ainsi",
    "name": "Nom",
    "address": "Adresse",
    "icon": "Icône",
    "home": "Adresse d’accueil",
    "addresses": "Adresses",
    "after_sign_out": "Adresses après déconnexion",
    "back_channel_sign_out": "Adresse prévenue des déconnexions",
    "front_channel_sign_out": "Adresse de déconnexion par le navigateur",
    "proxies": "Mandataires CAS",
    "prefixes": "Préfixes de service",
    "signing": "Signature des jetons",
    "consent": "Accord de la personne",
    "otp": "Second facteur",
    "attributes": "Attributs transmis",
    "functions": "Fonctions admises",
    "schools": "Établissements admis",
    "end_others": "Fermer les autres sessions",
    "at_once": "L’ancien secret ne vaut plus rien",
    "phone": "Téléphone",
    "town": "Commune",
    "postal_code": "Code postal",
    "opened_on": "Ouverture",
    "closed_on": "Fermeture",
}
_VALUES = {
    "on": "oui",
    AccountRole.ADMINISTRATOR: "administration",
    AccountRole.AUDITOR: "audit",
    AccountRole.HELPDESK: "assistance",
    AccountRole.HR_OFFICER: "services de gestion",
}

_CHOICES = {
    ("right", "read"): "lecture",
    ("right", "sort"): "tri",
    ("right", "send"): "envoi",
    ("right", "manage"): "gestion",
    ("role", "owner"): "propriété",
    ("scope", "inbox"): "la boîte de réception seulement",
    ("scope", "all"): "tous les dossiers, sauf « Personnel » et « Privé »",
    ("role", "moderator"): "modération",
}
# Fields whose numbers are those of rows of the database.
_NUMBERED = {"account", "message", "people", "post", "school", "schools", "sponsor"}
ABOUT = "about"

type Fields = Sequence[tuple[str, str]]


def can_be_stored(fields: Fields, *, has_files: bool) -> bool:
    """Whether the form can be stored: files and secrets never are, those forms are filled in again."""
    size = sum(len(name.encode()) + len(value.encode()) for name, value in fields)
    is_secret = any(_SECRET.search(name) and value for name, value in fields)
    return not has_files and not is_secret and size <= MAX_BYTES


def displayed_values(fields: Fields) -> list[tuple[str, str]]:
    """(label, value) of what the user typed or chose, for the page that asks to go on; no tokens or codes.

    A form says who or what it is about in a field `about`, or `about-N` for what has the number N among
    those it lets choose: numbers and codes are left out.
    """
    chosen = {value for name, value in fields if not name.startswith(ABOUT)}
    return [
        (_label(name), words)
        for name, value in fields
        if (not name.startswith(f"{ABOUT}-") or name.removeprefix(f"{ABOUT}-") in chosen)
        and (words := _words_of(name, value.strip()))
    ]


def _label(name: str) -> str:
    return _LABELS.get(name, "Concerne" if name.startswith(ABOUT) else "Vous aviez écrit")


def _words_of(name: str, value: str) -> str:
    """What is displayed of a value; "" for a code, a number of the database, or a field without a name."""
    if choice := _CHOICES.get((name, value)):
        return choice
    is_code = name.rpartition("-")[2] in _CODES or bool(_TOKEN.fullmatch(value))
    is_number = name in _NUMBERED and value.isdecimal()
    is_unnamed = name not in _LABELS and not name.startswith(ABOUT) and bool(_BARE.fullmatch(value))
    if is_code or is_number or is_unnamed:
        return ""
    if _ISO_DAY.fullmatch(value):
        try:
            return day_fr(date.fromisoformat(value))
        except ValueError:
            return ""
    return _VALUES.get(value, value[:_MAX_DISPLAYED_CHARACTERS])
