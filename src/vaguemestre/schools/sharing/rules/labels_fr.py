"""French labels of rights and kinds of mailboxes."""

from collections.abc import Mapping

from vaguemestre.schools.sharing.values import BoxKind, Right

RIGHT_LABELS: Mapping[Right, str] = {
    Right.READ: "lecture",
    Right.SORT: "tri",
    Right.SEND: "envoi",
    Right.MANAGE: "gestion",
}
RIGHT_DESCRIPTIONS: Mapping[Right, str] = {
    Right.READ: "lire les courriels",
    Right.SORT: "lire, ranger et supprimer",
    Right.SEND: "lire, ranger, écrire et répondre",
    Right.MANAGE: "tout, et gérer les membres et les réglages de la boîte",
}
KIND_LABELS: Mapping[BoxKind, str] = {
    BoxKind.SCHOOL: "établissement",
    BoxKind.STEWARDSHIP: "intendance",
    BoxKind.DISTRICT: "circonscription",
    BoxKind.SERVICE: "service",
    BoxKind.PROJECT: "projet",
    BoxKind.PERSON: "boîte personnelle",
}
