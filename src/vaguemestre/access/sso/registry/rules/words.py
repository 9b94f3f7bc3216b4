"""French labels of the registry."""

from collections.abc import Mapping

from vaguemestre.access.sso.registry.values import Protocol, Registration
from vaguemestre.foundation.kernel.errors import Refusal
from vaguemestre.people.credentials.values import AccountRole

CATEGORIES = {
    "1D_PUBLIC": "enseignants du premier degré public",
    "2D_PUBLIC": "enseignants du second degré public",
    "CPE": "conseillers principaux d’éducation",
    "PSYEN": "psychologues de l’Éducation nationale",
    "DIRECTION": "personnels de direction",
    "ATSS": "personnels administratifs, techniques, sociaux et de santé",
    "PRIVE_1D": "enseignants du premier degré privé",
    "PRIVE_2D": "enseignants du second degré privé",
    "AESH": "accompagnants d’élèves en situation de handicap",
    "AED": "assistants d’éducation",
}
FUNCTIONS = {
    "ENS": "enseignement",
    "DIR": "direction",
    "ADF": "administration",
    "DOC": "documentation",
    "EDU": "éducation",
    "AED": "assistance éducative",
    "AES": "accompagnement d’élèves",
    "ORI": "orientation",
    "MDS": "santé",
    "LAB": "laboratoire",
    "TEC": "technique",
}
ROLES: Mapping[str, str] = {
    AccountRole.AGENT: "agents",
    AccountRole.HR_OFFICER: "services de gestion",
    AccountRole.HELPDESK: "assistance",
    AccountRole.ADMINISTRATOR: "administrateurs",
    AccountRole.AUDITOR: "auditeurs",
}
PROTOCOLS = {
    Protocol.OIDC: "OpenID Connect",
    Protocol.CAS: "CAS",
    Protocol.SAML: "SAML 2.0",
    Protocol.HEADERS: "En-têtes (nginx)",
}
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
SIGNINGS = {"ES256": "ES256 (recommandé)", "RS256": "RS256 (bibliothèques anciennes)"}


def check_criteria(application: Registration) -> None:
    """Refuse unknown criteria, which would exclude everybody. Raises Refusal `sso.criterion-unknown`."""
    for names, labels in ((application.categories, CATEGORIES), (application.roles, ROLES)):
        for name in names:
            if name not in labels:
                raise Refusal("sso.criterion-unknown", name=name, known=", ".join(labels))


def criteria_of(application: Registration, places: Mapping[str, str] | None = None) -> list[str]:
    """Who may enter, one phrase per criterion; none for everybody. `places`: school names by UAI."""
    phrases = []
    if application.categories:
        phrases.append("catégories : " + _join_labels(application.categories, CATEGORIES))
    if application.functions:
        phrases.append("fonctions : " + _join_labels(application.functions, FUNCTIONS))
    if application.schools:
        phrases.append("établissements : " + _join_labels(application.schools, places or {}))
    if application.services:
        phrases.append("services de gestion : " + ", ".join(application.services))
    if application.roles:
        phrases.append("rôles : " + _join_labels(application.roles, ROLES))
    return phrases


def _join_labels(codes: tuple[str, ...], words: Mapping[str, str]) -> str:
    return ", ".join(words.get(code, code) for code in codes)


def value_label(name: str, value: str | bool | list[str]) -> str | bool | list[str]:
    """An attribute's value for its user: codes replaced by their label, if any."""
    labels = {"category": CATEGORIES, "function": FUNCTIONS}.get(name, {})
    if isinstance(value, list):
        return [labels.get(code, code) for code in value]
    return labels.get(value, value) if isinstance(value, str) else value
