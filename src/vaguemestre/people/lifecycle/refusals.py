"""French sentences for the refusals of this room, by code."""

SENTENCES = {
    "lifecycle.account-closed": "Ce compte est déjà fermé.",
    "lifecycle.account-unknown": "Ce compte n’est celui de personne.",
    "lifecycle.boxes-owned": (
        "Confiez d’abord à quelqu’un les boîtes qui n’ont que vous comme responsable : %(boxes)s."
    ),
    "lifecycle.by-the-desk": "Une compromission est déclarée par l’assistance, qui met le compte à l’abri.",
    "lifecycle.by-the-feed": "Les arrivées et les changements d’affectation viennent du flux RH.",
    "lifecycle.day-impossible": "Cette date est trop loin.",
    "lifecycle.death-to-come": "Un décès ne se déclare pas d’avance : vérifiez le jour.",
    "lifecycle.nothing-closes": "Aucune fermeture n’est prévue pour ce compte.",
    "lifecycle.nothing-declared": "Rien n’est déclaré pour ce compte.",
}
