"""French labels of codes, criteria and settings."""

from collections.abc import Mapping

from vaguemestre.people.directory.rules.nomenclature import (
    discipline_label,
    function_label,
    structure_kind_label,
)
from vaguemestre.people.directory.rules.places import department_name
from vaguemestre.schools.lists.values import Criteria, Files, ReplyTo, Rule, Writers

CORPS = {
    "615": "Professeurs des écoles",
    "551": "Professeurs agrégés",
    "553": "Professeurs certifiés",
    "531": "Professeurs d’EPS",
    "575": "Professeurs de lycée professionnel",
    "550": "Chaires supérieures",
    "563": "CPE",
    "522": "Psychologues de l’Éducation nationale",
    "779": "Professeurs contractuels",
    "776": "Maîtres auxiliaires",
    "004": "Personnels de direction",
    "115": "Inspecteurs (IEN)",
    "108": "Inspecteurs (IA-IPR)",
    "051": "Attachés d’administration",
    "054": "Secrétaires administratifs",
    "057": "Adjoints administratifs",
    "941": "Adjoints techniques de recherche",
    "830": "Techniciens de recherche",
    "834": "Assistants ingénieurs",
    "833": "Ingénieurs d’études",
    "836": "Ingénieurs de recherche",
    "986": "Infirmiers",
    "997": "Médecins de l’Éducation nationale",
    "H09": "Assistants sociaux",
}
CATEGORIES = {
    "1D_PUBLIC": "Enseignants du premier degré public",
    "2D_PUBLIC": "Enseignants du second degré public",
    "CPE": "Conseillers principaux d’éducation",
    "PSYEN": "Psychologues de l’Éducation nationale",
    "DIRECTION": "Personnels de direction",
    "ATSS": "Personnels administratifs, techniques, sociaux, de santé",
    "PRIVE_1D": "Enseignants du premier degré privé",
    "PRIVE_2D": "Enseignants du second degré privé",
    "AESH": "Accompagnants d’élèves (AESH)",
    "AED": "Assistants d’éducation (AED)",
}
SECTORS = {"PUBLIC": "Public", "PRIVE": "Privé sous contrat"}
WRITERS = {
    Writers.MANAGERS: "Ses propriétaires et modérateurs",
    Writers.MEMBERS: "Ses membres",
    Writers.INSIDE: "Tous les agents de l’académie",
    Writers.ANYBODY: "Tout le monde, aussi de l’extérieur",
}
REPLIES = {
    ReplyTo.AUTHOR: "À l’auteur du message",
    ReplyTo.LIST: "À toute la liste",
    ReplyTo.OWNERS: "Aux propriétaires de la liste",
}
FILES = {
    Files.KEEP: "Jointes à chaque exemplaire (en lien au-delà de 1 Mo)",
    Files.LINK: "Toujours en lien vers la page du message",
}


def value_label(name: str, code: str, places: Mapping[str, str] | None = None) -> str:
    """Label of a value of a criterion; the code itself if it is unknown. `places`: UAI → name."""
    labels = {"uais": places or {}, "corps": CORPS, "categories": CATEGORIES, "sectors": SECTORS}
    match name:
        case "functions":
            return function_label(code)
        case "disciplines":
            return discipline_label(code)
        case "districts":
            return f"Circonscription {code}"
        case "departments":
            return department_name(code)
        case "kinds":
            return structure_kind_label(code)
        case _:
            return labels.get(name, {}).get(code, code)


def criteria_label(criteria: Criteria, places: Mapping[str, str]) -> str:
    """Label of a block: `Enseignement ; SVT ; Collège ; Somme (80)`."""
    blocks = [
        " ou ".join(value_label(name, code, places) for code in getattr(criteria, name))
        for name in Criteria.__slots__
        if getattr(criteria, name)
    ]
    return " ; ".join(blocks)


def rule_labels(rule: Rule, places: Mapping[str, str]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Labels of the blocks of `any`, and of `besides`."""
    return (
        tuple(criteria_label(block, places) for block in rule.any),
        tuple(criteria_label(block, places) for block in rule.besides),
    )
