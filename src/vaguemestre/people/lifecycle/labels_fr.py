"""French labels of lifecycle events and steps."""

from collections.abc import Mapping

from vaguemestre.people.lifecycle.values import EventKind, Forecast, Step

EVENT_LABELS: Mapping[EventKind, str] = {
    EventKind.ARRIVAL: "Arrivée",
    EventKind.MOVE_WITHIN: "Changement d’affectation dans l’académie",
    EventKind.LEAVE: "Congé d’un an au plus",
    EventKind.LONG_LEAVE: "Congé long, disponibilité ou détachement",
    EventKind.TRANSFER: "Mutation dans une autre académie",
    EventKind.ACADEMY_MOVE: "Mutation dans une académie de la même installation",
    EventKind.RETIREMENT: "Retraite",
    EventKind.CONTRACT_END: "Fin de contrat",
    EventKind.DEATH: "Décès",
    EventKind.SUSPENSION: "Suspension disciplinaire",
    EventKind.COMPROMISE: "Mise à l’abri du compte",
}
STEP_LABELS: Mapping[Step, str] = {
    Step.HIDE: "n’est plus montré dans l’annuaire",
    Step.ANSWER: "réponse automatique neutre",
    Step.WITHDRAW: "n’ouvre plus de boîte partagée, ne reçoit plus les listes",
    Step.SUSPEND: "compte suspendu, le courrier arrive toujours",
    Step.FORGET: "les anciennes adresses ne reçoivent plus",
    Step.CLOSE: "compte et boîte fermés",
    Step.FREEZE: "compte fermé, boîte gelée",
    Step.PURGE: "boîte effacée",
}
# Steps as sentences, for the preview of a declaration.
CONSEQUENCE_SENTENCES: Mapping[Step, str] = {
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


def forecast_sentences(forecast: Forecast) -> tuple[str, ...]:
    """What a declaration would do, one French sentence each, in order."""
    sentences: list[str] = []
    if forecast.replaces:
        sentences.append(f"La déclaration en cours est remplacée : {EVENT_LABELS[forecast.replaces]}.")
    if forecast.reopens:
        sentences.append("Le compte et la boîte, fermés par la déclaration remplacée, sont d’abord rouverts.")
    sentences += [f"Aussitôt, {CONSEQUENCE_SENTENCES[step]}." for step in forecast.at_once]
    sentences += [f"Le {due.on:%d/%m/%Y}, {CONSEQUENCE_SENTENCES[due.step]}." for due in forecast.later]
    if forecast.notices:
        days = ", ".join(f"{day:%d/%m/%Y}" for day in forecast.notices)
        sentences.append(f"La personne est prévenue de la fermeture le : {days}.")
    if not sentences:
        sentences = ["Rien ne change pour le compte ni pour la boîte ; la déclaration est gardée."]
    return tuple(sentences)
