"""Labels of function and discipline codes (docs/domain.md §6.4, §6.5). An unknown code is shown as it is."""

from vaguemestre.foundation.kernel.texts import bare

FUNCTIONS = {
    "ENS": "Enseignement",
    "DIR": "Direction",
    "EDU": "Éducation (CPE)",
    "DOC": "Documentation",
    "ADF": "Administration",
    "AED": "Assistance d’éducation",
    "AES": "Accompagnement d’élèves",
    "AVS": "Accompagnement d’élèves",
    "ORI": "Orientation",
    "MDS": "Santé, social",
    "LAB": "Laboratoire",
    "OUV": "Ouvriers, service",
    "TEC": "Technique",
    "CTR": "Direction des formations professionnelles",
    "IEN1D": "Inspection du premier degré",
    "SUR": "Surveillance",
}
DISCIPLINES = {
    "L0080": "Documentation",
    "L0100": "Philosophie",
    "L0201": "Lettres classiques",
    "L0202": "Lettres modernes",
    "L0421": "Allemand",
    "L0422": "Anglais",
    "L0426": "Espagnol",
    "L0433": "Portugais",
    "L1000": "Histoire-géographie",
    "L1100": "Sciences économiques et sociales",
    "L1300": "Mathématiques",
    "L1400": "Technologie",
    "L1500": "Physique-chimie",
    "L1600": "SVT",
    "L1700": "Éducation musicale",
    "L1800": "Arts plastiques",
    "L1900": "EPS",
    "L6500": "Arts appliqués",
    "L7100": "Biochimie-génie biologique",
    "L7300": "Sciences médico-sociales",
    "L8012": "Économie-gestion, comptabilité",
    "L8013": "Économie-gestion, marketing",
    "P0210": "Lettres-histoire (LP)",
    "P0222": "Lettres-anglais (LP)",
    "P1315": "Mathématiques-sciences (LP)",
}


def functions_to_choose() -> list[tuple[str, str]]:
    """(code, words), each wording once, in the order of the dictionary."""
    once = {words: code for code, words in reversed(FUNCTIONS.items())}
    return [(code, words) for words, code in sorted(once.items(), key=lambda one: bare(one[0]))]


def disciplines_to_choose() -> list[tuple[str, str]]:
    """(code, words), in the order of the dictionary."""
    return sorted(DISCIPLINES.items(), key=lambda one: bare(one[1]))


def functions_alike(code: str) -> tuple[str, ...]:
    """The codes said with the same words: whoever looks for one looks for the others."""
    words = function_said(code)
    return tuple(one for one, said in FUNCTIONS.items() if said == words) or (code,)


def function_said(code: str) -> str:
    return FUNCTIONS.get(code, code)


def discipline_said(code: str) -> str:
    return DISCIPLINES.get(code, code)


def structure_kind_said(code: str) -> str:
    """The kind of an establishment in words; feeds write « Ecole » without its accent."""
    return "École" if code == "Ecole" else code
