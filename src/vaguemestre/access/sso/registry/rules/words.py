"""The registry in French words."""

from collections.abc import Mapping

from vaguemestre.access.sso.registry.values import Protocol, Registration
from vaguemestre.foundation.kernel.errors import Refusal

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
ROLES = {
    "agent": "agents",
    "hr_officer": "services de gestion",
    "helpdesk": "assistance",
    "administrator": "administrateurs",
}
PROTOCOLS = {
    Protocol.OIDC: "OpenID Connect",
    Protocol.CAS: "CAS",
    Protocol.SAML: "SAML 2.0",
    Protocol.HEADERS: "En-têtes (nginx)",
}


def check_criteria(application: Registration) -> None:
    """A word of nobody's would shut everybody out. Raises Refusal `sso.criterion-unknown`."""
    for named, known in ((application.categories, CATEGORIES), (application.roles, ROLES)):
        for name in named:
            if name not in known:
                raise Refusal("sso.criterion-unknown", name=name, known=", ".join(known))


def criteria_of(application: Registration, places: Mapping[str, str] | None = None) -> list[str]:
    """Who may enter, one phrase a criterion; none: everybody. `places`: names of establishments, by UAI."""
    found = []
    if application.categories:
        found.append("catégories : " + _listed(application.categories, CATEGORIES))
    if application.functions:
        found.append("fonctions : " + _listed(application.functions, FUNCTIONS))
    if application.schools:
        found.append("établissements : " + _listed(application.schools, places or {}))
    if application.services:
        found.append("services de gestion : " + ", ".join(application.services))
    if application.roles:
        found.append("rôles : " + _listed(application.roles, ROLES))
    return found


def _listed(codes: tuple[str, ...], words: Mapping[str, str]) -> str:
    return ", ".join(words.get(code, code) for code in codes)


def value_said(name: str, value: str | bool | list[str]) -> str | bool | list[str]:
    """What an attribute holds, for whoever it is about: a code in words where it has some."""
    words = {"category": CATEGORIES, "function": FUNCTIONS}.get(name, {})
    if isinstance(value, list):
        return [words.get(one, one) for one in value]
    return words.get(value, value) if isinstance(value, str) else value
