"""French sentences for the refusals of this room, by code."""

SENTENCES = {
    "lives.account-closed": "Ce compte est déjà fermé.",
    "lives.account-unknown": "Ce compte n’est celui de personne.",
    "lives.boxes-owned": (
        "Confiez d’abord à quelqu’un les boîtes dont vous êtes seul responsable : %(boxes)s."
    ),
    "lives.by-the-desk": "Une compromission est déclarée par l’assistance, qui met le compte à l’abri.",
    "lives.by-the-feed": "Les arrivées et les changements d’affectation viennent du flux RH.",
    "lives.day-impossible": "Cette date est trop loin.",
    "lives.nothing-closes": "Aucune fermeture n’est prévue pour ce compte.",
    "lives.nothing-declared": "Rien n’est déclaré pour ce compte.",
}
