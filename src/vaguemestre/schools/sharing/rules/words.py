"""How rights and kinds are said."""

from collections.abc import Mapping

from vaguemestre.schools.sharing.values import Kind, Right

RIGHTS: Mapping[Right, str] = {
    Right.READ: "lecture",
    Right.SORT: "tri",
    Right.SEND: "envoi",
    Right.MANAGE: "gestion",
}
GIVES: Mapping[Right, str] = {
    Right.READ: "lire les courriels",
    Right.SORT: "lire, ranger et supprimer",
    Right.SEND: "lire, ranger, écrire et répondre",
    Right.MANAGE: "tout, et gérer les membres et les réglages de la boîte",
}
KINDS: Mapping[Kind, str] = {
    Kind.SCHOOL: "établissement",
    Kind.STEWARDSHIP: "intendance",
    Kind.DISTRICT: "circonscription",
    Kind.SERVICE: "service",
    Kind.PROJECT: "projet",
    Kind.PERSON: "boîte personnelle",
}
