"""What one may choose in the inventory, and the order of its lines."""

from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime

from vaguemestre.desks.inventory.values import Key, Kinds, Standing
from vaguemestre.foundation.kernel.texts import without_accents
from vaguemestre.schools.lists.values import Kind as ListKind
from vaguemestre.schools.sharing.values import BoxKind

BOX_LABELS: Mapping[BoxKind, str] = {
    BoxKind.SCHOOL: "Boîte d’établissement",
    BoxKind.STEWARDSHIP: "Boîte d’intendance",
    BoxKind.DISTRICT: "Boîte de circonscription",
    BoxKind.SERVICE: "Boîte de service",
    BoxKind.PROJECT: "Boîte de projet",
}
LIST_LABELS: Mapping[ListKind, str] = {
    ListKind.RULE: "Liste par règle",
    ListKind.MANUAL: "Liste à abonnés",
}
KINDS: Mapping[str, Kinds] = {
    "": Kinds("Boîtes et listes", tuple(BOX_LABELS), tuple(LIST_LABELS)),
    "boites": Kinds("Toutes les boîtes", boxes=tuple(BOX_LABELS)),
    "etablissement": Kinds(BOX_LABELS[BoxKind.SCHOOL], boxes=(BoxKind.SCHOOL,)),
    "intendance": Kinds(BOX_LABELS[BoxKind.STEWARDSHIP], boxes=(BoxKind.STEWARDSHIP,)),
    "circonscription": Kinds(BOX_LABELS[BoxKind.DISTRICT], boxes=(BoxKind.DISTRICT,)),
    "service": Kinds(BOX_LABELS[BoxKind.SERVICE], boxes=(BoxKind.SERVICE,)),
    "projet": Kinds(BOX_LABELS[BoxKind.PROJECT], boxes=(BoxKind.PROJECT,)),
    "listes": Kinds("Toutes les listes", lists=tuple(LIST_LABELS)),
    "regle": Kinds(LIST_LABELS[ListKind.RULE], lists=(ListKind.RULE,)),
    "abonnes": Kinds(LIST_LABELS[ListKind.MANUAL], lists=(ListKind.MANUAL,)),
}
STANDINGS: Mapping[Standing, str] = {
    Standing.OPEN: "Ouvertes",
    Standing.VACANT: "Sans responsable",
    Standing.CLOSED: "Fermées",
}
_NEVER = datetime.min.replace(tzinfo=UTC)
ORDERS: Mapping[str, Callable[[Key], str | datetime]] = {
    "adresse": lambda key: key.address.lower(),
    "intitule": lambda key: without_accents(key.title),
    "usage": lambda key: key.last_used_at or _NEVER,
}


def in_order(keys: Iterable[Key], order: str, *, backwards: bool) -> list[Key]:
    """`order`: a key of ORDERS. What was never used stands before what was."""
    by_address = sorted(keys, key=lambda key: (key.address.lower(), key.is_list))
    return sorted(by_address, key=ORDERS[order], reverse=backwards)
