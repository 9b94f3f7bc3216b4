"""The registry in French words."""

from vaguemestre.sso.registry.values import Protocol, Registration

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
    "manager": "services de gestion",
    "helpdesk": "assistance",
    "administrator": "administrateurs",
}
PROTOCOLS = {
    Protocol.OIDC: "OpenID Connect",
    Protocol.CAS: "CAS",
    Protocol.SAML: "SAML 2.0",
    Protocol.HEADERS: "En-têtes (nginx)",
}


def criteria_of(application: Registration) -> list[str]:
    """Who may enter, one phrase a criterion; none: everybody."""
    found = []
    if application.categories:
        found.append("catégories : " + _listed(application.categories, CATEGORIES))
    if application.functions:
        found.append("fonctions : " + _listed(application.functions, FUNCTIONS))
    if application.schools:
        found.append("établissements : " + ", ".join(application.schools))
    if application.services:
        found.append("services de gestion : " + ", ".join(application.services))
    if application.roles:
        found.append("rôles : " + _listed(application.roles, ROLES))
    return found


def _listed(codes: tuple[str, ...], words: dict[str, str]) -> str:
    return ", ".join(words.get(code, code) for code in codes)
