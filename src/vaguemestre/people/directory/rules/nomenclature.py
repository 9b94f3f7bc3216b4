"""Labels of function and discipline codes (docs/domain.md §6.4, §6.5). Unknown codes are their own label."""

from vaguemestre.foundation.kernel.texts import without_accents

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


def function_choices() -> list[tuple[str, str]]:
    """(code, label), each label once, in alphabetical order."""
    codes = {label: code for code, label in reversed(FUNCTIONS.items())}
    return [(code, label) for label, code in sorted(codes.items(), key=lambda pair: without_accents(pair[0]))]


def discipline_choices() -> list[tuple[str, str]]:
    """(code, label), in alphabetical order."""
    return sorted(DISCIPLINES.items(), key=lambda pair: without_accents(pair[1]))


def functions_with_same_label(code: str) -> tuple[str, ...]:
    """The codes with the same label: a search for one finds the others."""
    label = function_label(code)
    return tuple(other for other, its_label in FUNCTIONS.items() if its_label == label) or (code,)


def function_label(code: str) -> str:
    """The French label of a function code."""
    return FUNCTIONS.get(code, code)


def discipline_label(code: str) -> str:
    """The French label of a discipline code."""
    return DISCIPLINES.get(code, code)


def structure_kind_label(code: str) -> str:
    """The label of a kind of establishment; feeds write « Ecole » without its accent."""
    return "École" if code == "Ecole" else code
