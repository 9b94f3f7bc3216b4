"""Refusals of this room, in French."""

SENTENCES = {
    "service_classes.name-taken": "Une classe de cette académie porte déjà ce nom.",
    "service_classes.not-waiting": "Ce changement n’attend plus personne : il est fait, refusé ou remplacé.",
    "service_classes.same-person": "Vous avez demandé ce changement : une autre personne doit l’accorder.",
    "service_classes.gone": "Cette classe n’existe plus.",
}
