"""What an application is told of somebody: what its registration names, nothing by default."""

from collections.abc import Iterable

from vaguemestre.access.sso.registry.rules.school_attributes import school_attributes
from vaguemestre.access.sso.registry.values import Identity, Registration
from vaguemestre.foundation.kernel.errors import Refusal

type Told = str | bool | list[str]

# ProConnect's names where it has some, those of the national guichet and of SupAnn where applications expect
# them (docs/domain.md §4.5–4.6), those of OpenID Connect otherwise. In French for whoever decides.
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


def plain_words(name: str) -> str:
    """An attribute for whoever it is about: without the standard it comes from."""
    return ATTRIBUTES[name].partition(" (")[0]


def check_released(names: Iterable[str]) -> None:
    """Raises Refusal `sso.attribute-unknown`."""
    for name in names:
        if name not in ATTRIBUTES:
            raise Refusal("sso.attribute-unknown", name=name, known=", ".join(ATTRIBUTES))


def released(application: Registration, identity: Identity) -> dict[str, Told]:
    """The attributes of `identity` that this application may know; empty ones are left out."""
    if not application.released:
        return {}
    every = everything(identity)
    return {name: every[name] for name in ATTRIBUTES if name in application.released and every[name]}


def everything(identity: Identity) -> dict[str, Told]:
    """All that could be told of somebody."""
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
