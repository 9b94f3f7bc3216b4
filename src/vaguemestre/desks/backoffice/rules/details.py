"""French labels of the details of journal lines; unknown ones are shown as stored."""

import re
from collections.abc import Mapping
from datetime import date

_NAMES = {
    "about": "au sujet de",
    "account": "compte",
    "accounts": "comptes",
    "act": "acte",
    "address": "adresse",
    "agrees": "d’accord",
    "application": "application",
    "arrivals": "arrivées",
    "after": "après",
    "at_once": "aussitôt",
    "attempts": "essais",
    "before": "avant",
    "browser": "navigateur",
    "categories": "catégories",
    "changes": "changements",
    "charter": "charte",
    "closes_on": "ferme le",
    "colleague": "collègue",
    "copies": "exemplaires",
    "count": "nombre",
    "departures": "départs",
    "deposit": "dépôt",
    "domain": "domaine",
    "due": "prévu le",
    "effect_on": "à effet du",
    "error": "erreur",
    "event": "événement",
    "found": "trouvé",
    "functions": "fonctions",
    "handler": "travail",
    "has_password": "avec mot de passe",
    "is_on": "en marche",
    "is_sorted": "trié",
    "kind": "sorte",
    "layout": "composition",
    "left": "quitte",
    "letter": "message",
    "line": "ligne",
    "lines": "lignes",
    "member": "membre",
    "message_id": "message",
    "messages": "messages",
    "name": "nom",
    "network": "réseau",
    "note": "motif",
    "number": "numéro",
    "part": "rôle",
    "passage": "passage",
    "people": "personnes",
    "protocol": "protocole",
    "pupils": "élèves",
    "reach": "portée",
    "reason": "raison",
    "recipients": "destinataires",
    "refused": "lignes refusées",
    "reply_to": "répondre à",
    "right": "droit",
    "role": "rôle",
    "former_role": "ancien rôle",
    "school": "établissement",
    "sender": "expéditeur",
    "serial": "numéro de série",
    "service": "service",
    "severity": "sévérité",
    "shared": "ordinateur partagé",
    "side": "public",
    "sponsor": "répondant",
    "state": "état",
    "title": "titre",
    "uai": "UAI",
    "until": "jusqu’au",
    "username": "identifiant",
    "what": "quoi",
    "whole": "toute l’académie",
    "why": "pourquoi",
    "writers": "qui écrit",
}
_VALUES = {
    # of a NUMEN request
    "submitted": "reçue",
    "under_review": "à l’étude",
    "needs_information": "une pièce est attendue",
    "approved": "NUMEN attribué",
    "existing_found": "avait déjà un NUMEN",
    "rejected": "refusée",
    "delivered": "remise",
    "closed": "close",
    # of an act on many
    "prepared": "essai à blanc",
    "awaiting": "attend une deuxième personne",
    "running": "en cours",
    "stopped": "interrompu",
    "suspend": "suspension",
    "resume": "fin de suspension",
    "factor": "second facteur demandé",
    "no-factor": "second facteur plus demandé",
    "quota": "taille de boîte",
    "notice": "avis par courriel",
    "letters": "lettres d’activation",
    "reminder": "rappel d’activation",
    "export": "export",
    # rights of members of a mailbox
    "read": "lecture",
    "sort": "tri",
    "send": "envoi",
    "manage": "gestion",
    # why mail is held
    "outbox.limit": "beaucoup de destinataires en peu de temps",
    "outbox.limit-network": "beaucoup de destinataires depuis un même réseau",
    # of the filter
    "cautious": "prudente",
    "normal": "normale",
    "lenient": "permissive",
    # of a NUMEN
    "standard": "ordinaire",
    "seed": "tirée au sort",
    # why a NUMEN was shown, which file was taken
    "letter": "lettre",
    "screen": "écran",
    "journal": "journal",
    "changed people": "personnes changées par un import",
    # columns of people, establishments, services and cards
    "birth_date": "date de naissance",
    "birth_name": "nom de naissance",
    "category": "catégorie",
    "chosen_first_name": "prénom d’usage",
    "civility": "civilité",
    "first_name": "prénom",
    "numen": "NUMEN",
    "posts": "affectations",
    "recovery_address": "adresse de secours",
    "usage_name": "nom d’usage",
    "closed_on": "fermeture",
    "district": "circonscription",
    "kind": "type",
    "name": "nom",
    "opened_on": "ouverture",
    "phone": "téléphone",
    "postal": "adresse postale",
    "postal_code": "code postal",
    "sector": "secteur",
    "successor_id": "suite",
    "town": "commune",
    "unlisted": "liste rouge",
}
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")


def details_label(details: Mapping[str, object], names: Mapping[str, str] | None = None) -> str:
    """The details as `identifiant : rtardif ; ordinateur partagé : non`, without empty ones.

    `names`: subject (`account:7`) → name.
    """
    known = names or {}
    labelled = [
        (_NAMES.get(name, name), known.get(str(value)) or _value_label(value))
        for name, value in details.items()
    ]
    return " ; ".join(f"{name} : {value}" for name, value in labelled if value)


def _value_label(value: object) -> str:
    if isinstance(value, bool):
        return "oui" if value else "non"
    text = "" if value is None else str(value)
    if _DAY.fullmatch(text):
        return f"{date.fromisoformat(text):%d/%m/%Y}"
    return ", ".join(_VALUES.get(word, word) for word in text.split(", "))
