"""Refusals of this room, in French."""

SENTENCES = {
    "service_classes.name-taken": "Une classe de cette académie porte déjà ce nom.",
    "service_classes.gone": "Cette classe n’existe plus.",
}
