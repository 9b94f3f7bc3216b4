"""Attribute release: an application learns what its registration lists, nothing by default."""

from collections.abc import Iterable

from vaguemestre.access.sso.registry.rules.school_attributes import school_attributes
from vaguemestre.access.sso.registry.values import Identity, Registration
from vaguemestre.foundation.kernel.errors import Refusal

type AttributeValue = str | bool | list[str]

# ProConnect's names where it has some, those of the national guichet and of SupAnn where applications expect
# them (docs/domain.md §4.5–4.6), those of OpenID Connect otherwise. Labels in French for administrators.
ATTRIBUTES = {
    "uid": "identifiant",
    "preferred_username": "identifiant (nom OpenID Connect)",
    "name": "prénom et nom",
    "given_name": "prénom",
    "family_name": "nom",
    "usual_name": "nom d’usage (ProConnect)",
    "email": "adresse électronique",
    "email_verified": "adresse vérifiée",
    "siret": "SIRET de l’académie (ProConnect)",
    "organizational_unit": "établissement ou service (ProConnect)",
    "belonging_population": "population : agent (ProConnect)",
    "category": "catégorie de personnel",
    "uai": "établissements (UAI)",
    "function": "fonctions",
    "service": "service de gestion",
    "ctemail": "adresse électronique (guichet)",
    "ctfn": "prénom (guichet)",
    "ctln": "nom (guichet)",
    "ctdn": "prénom et nom (guichet)",
    "codaca": "code de l’académie",
    "title": "code de fonction (annuaire)",
    "rne": "établissements (annuaire)",
    "FrEduRne": "établissements et fonctions, forme FrEdu",
    "FrEduRneResp": "établissements dirigés, forme FrEdu",
    "FrEduFonctAdm": "fonction administrative, forme FrEdu",
    "cn": "nom et prénom (annuaire)",
    "displayName": "prénom et nom (annuaire)",
    "sn": "nom (annuaire)",
    "givenName": "prénom (annuaire)",
    "mail": "adresse électronique (annuaire)",
    "eduPersonPrincipalName": "identifiant dans la fédération",
    "eduPersonAffiliation": "appartenance (eduPerson)",
    "eduPersonScopedAffiliation": "appartenance et domaine (eduPerson)",
    "supannCivilite": "civilité (SupAnn)",
    "supannAliasLogin": "identifiant (SupAnn)",
    "supannEtablissement": "établissements (SupAnn)",
    "supannEntiteAffectation": "affectations (SupAnn)",
    "supannEntiteAffectationPrincipale": "affectation principale (SupAnn)",
    "supannEmpCorps": "corps (SupAnn)",
}

# those that name one person
IDENTIFIERS = (
    "uid", "preferred_username", "email", "ctemail", "mail", "eduPersonPrincipalName", "supannAliasLogin",
)  # fmt: skip


def attribute_label(name: str) -> str:
    """The label of an attribute for its user, without the name of its standard."""
    return ATTRIBUTES[name].partition(" (")[0]


def check_released(names: Iterable[str]) -> None:
    """Check that the attributes exist. Raises Refusal `sso.attribute-unknown`."""
    for name in names:
        if name not in ATTRIBUTES:
            raise Refusal("sso.attribute-unknown", name=name, known=", ".join(ATTRIBUTES))


def released_attributes(application: Registration, identity: Identity) -> dict[str, AttributeValue]:
    """The non-empty attributes released to that application."""
    if not application.released:
        return {}
    attributes = all_attributes(identity)
    names = (name for name in ATTRIBUTES if name in application.released)
    return {name: attributes[name] for name in names if attributes[name]}


def all_attributes(identity: Identity) -> dict[str, AttributeValue]:
    """Every attribute of a user, released or not."""
    return {
        "uid": identity.username,
        "preferred_username": identity.username,
        "name": identity.name,
        "given_name": identity.first_name,
        "family_name": identity.last_name,
        "usual_name": identity.last_name,
        "email": identity.address,
        "email_verified": True,
        "siret": identity.siret,
        "organizational_unit": identity.places[0].name if identity.places else "",
        "belonging_population": "agent",
        "category": identity.category,
        "uai": list(identity.schools),
        "function": list(identity.functions),
        "service": identity.service,
        **school_attributes(identity),
    }
