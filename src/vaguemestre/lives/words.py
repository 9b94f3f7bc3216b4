"""Lives in French."""

from collections.abc import Mapping

from vaguemestre.lives.values import Event, Step

EVENTS: Mapping[Event, str] = {
    Event.ARRIVAL: "Arrivée",
    Event.MOVE_WITHIN: "Changement d’affectation dans l’académie",
    Event.LEAVE: "Congé d’un an au plus",
    Event.LONG_LEAVE: "Congé long, disponibilité ou détachement",
    Event.TRANSFER: "Mutation dans une autre académie",
    Event.ACADEMY_MOVE: "Mutation dans une académie de la même installation",
    Event.RETIREMENT: "Retraite",
    Event.CONTRACT_END: "Fin de contrat",
    Event.DEATH: "Décès",
    Event.SUSPENSION: "Suspension disciplinaire",
    Event.COMPROMISE: "Compromission",
}
STEPS: Mapping[Step, str] = {
    Step.HIDE: "n’est plus montré dans l’annuaire",
    Step.ANSWER: "réponse automatique neutre",
    Step.WITHDRAW: "n’ouvre plus de boîte partagée, ne reçoit plus les listes",
    Step.SUSPEND: "compte suspendu, le courrier arrive toujours",
    Step.FORGET: "les anciennes adresses ne reçoivent plus",
    Step.CLOSE: "compte et boîte fermés",
    Step.FREEZE: "compte fermé, boîte gelée",
    Step.PURGE: "boîte effacée",
}
STATES: Mapping[str, str] = {
    "pending": "jamais activé",
    "active": "actif",
    "suspended": "suspendu",
    "closed": "fermé",
}
MAILBOXES: Mapping[str, str] = {
    "open": "ouverte",
    "held": "bloquée après une compromission, le courrier arrive",
    "closed": "fermée, encore gardée",
    "frozen": "gelée",
    "purged": "effacée",
}
