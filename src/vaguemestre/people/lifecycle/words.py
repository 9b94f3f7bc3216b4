"""Lives in French."""

from collections.abc import Mapping

from vaguemestre.people.lifecycle.values import Event, Foreseen, Step

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
# The same, as a sentence read before it is done.
CONSEQUENCES: Mapping[Step, str] = {
    Step.HIDE: "la personne n’est plus montrée dans l’annuaire",
    Step.ANSWER: "une réponse automatique neutre part à qui lui écrit",
    Step.WITHDRAW: "elle n’ouvre plus de boîte partagée, ne reçoit plus les listes, et ses délégations "
    "s’arrêtent",
    Step.SUSPEND: "le compte est suspendu : sessions et logiciels sont coupés, le courrier arrive toujours",
    Step.FORGET: "ses anciennes adresses ne reçoivent plus",
    Step.CLOSE: "le compte et la boîte sont fermés : sessions et logiciels sont coupés, le courrier est "
    "refusé",
    Step.FREEZE: "le compte est fermé : sessions et logiciels sont coupés, le courrier est refusé ; la boîte "
    "est gardée telle quelle",
    Step.PURGE: "la boîte est effacée : il n’en reste rien",
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


def consequences(foreseen: Foreseen) -> tuple[str, ...]:
    """What will happen, a sentence each, in order."""
    told: list[str] = []
    if foreseen.replaces:
        told.append(f"La déclaration en cours est remplacée : {EVENTS[foreseen.replaces]}.")
    if foreseen.reopens:
        told.append("Le compte et la boîte, fermés par la déclaration remplacée, sont d’abord rouverts.")
    told += [f"Aussitôt, {CONSEQUENCES[step]}." for step in foreseen.at_once]
    told += [f"Le {due.on:%d/%m/%Y}, {CONSEQUENCES[due.step]}." for due in foreseen.later]
    if foreseen.notices:
        days = ", ".join(f"{day:%d/%m/%Y}" for day in foreseen.notices)
        told.append(f"La personne est prévenue de la fermeture le : {days}.")
    if not told:
        told = ["Rien ne change pour le compte ni pour la boîte ; la déclaration est gardée."]
    return tuple(told)
