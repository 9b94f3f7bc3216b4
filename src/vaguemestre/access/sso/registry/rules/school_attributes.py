"""Attributes of the school and higher-education federations (docs/domain.md §4.5 b and d)."""

from vaguemestre.access.sso.registry.values import Identity, SchoolPost

_KINDS = {  # kind of establishment → (type, code of its nature)
    "Ecole": ("T1", "ECO", "151"),
    "Collège": ("T3", "CLG", "340"),
    "Lycée": ("T3", "LYC", "300"),
    "Lycée professionnel": ("T3", "LP", "320"),
    "Information et orientation": ("T3", "CIO", "770"),
}
_OTHER = ("T4", "ADM", "800")
_HEADS = "DIR"
_NOBODY = "X"
_TEACHES = {"ENS", "DOC"}
_CIVILITIES = {"M.": "M.", "Mme": "Mme"}


def school_attributes(identity: Identity) -> dict[str, str | list[str]]:
    """The attributes, empty where unknown. `FrEduRneResp` is « X » for those who head no school."""
    places = identity.places
    affiliations = _affiliations(identity)
    headed = [_fr_edu(place, "N") for place in places if place.function == _HEADS]
    schools = list(identity.schools)
    return {
        "ctemail": identity.address,
        "ctfn": identity.first_name,
        "ctln": identity.last_name,
        "ctdn": identity.name,
        "codaca": identity.academy_code,
        "title": list(identity.functions),
        "rne": schools,
        "FrEduRne": [_fr_edu(place, place.function or "N") for place in places],
        "FrEduRneResp": headed or ([_NOBODY] if places else []),
        "FrEduFonctAdm": list(identity.functions),
        "cn": f"{identity.last_name.upper()} {identity.first_name}".strip(),
        "displayName": identity.name,
        "sn": identity.last_name,
        "givenName": identity.first_name,
        "mail": identity.address,
        "eduPersonPrincipalName": f"{identity.username}@{identity.domain}" if identity.domain else "",
        "eduPersonAffiliation": affiliations,
        "eduPersonScopedAffiliation": [
            f"{name}@{identity.domain}" for name in affiliations if identity.domain
        ],
        "supannCivilite": _CIVILITIES.get(identity.civility, ""),
        "supannAliasLogin": identity.username,
        "supannEtablissement": [f"{{UAI}}{uai}" for uai in schools],
        "supannEntiteAffectation": schools,
        "supannEntiteAffectationPrincipale": schools[0] if schools else "",
        "supannEmpCorps": list(dict.fromkeys(f"{{NCORPS}}{place.corps}" for place in places if place.corps)),
    }


def _fr_edu(place: SchoolPost, function: str) -> str:
    """`UAI$UAJ$PU$ENS$UAI$T3$CLG$340`."""
    level, kind, nature = _KINDS.get(place.kind, _OTHER)
    sector = "PU" if place.sector in ("", "PUBLIC") else "PR"
    return "$".join((place.uai, "UAJ", sector, function, place.uai, level, kind, nature))


def _affiliations(identity: Identity) -> list[str]:
    if not identity.is_active:
        return []
    teaches = any(place.function in _TEACHES for place in identity.places)
    return ["member", "employee", *(["teacher", "faculty"] if teaches else ["staff"])]
