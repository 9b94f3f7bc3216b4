"""French sentences for the refusals of this room, by code."""

SENTENCES = {
    "removals.nothing-to-look-for": (
        "Donnez un Message-ID ou un expéditeur d’enveloppe : ce sont eux que le suivi du courrier connaît."
    ),
    "removals.gone": "Ce retrait n’existe plus : choisissez-en un dans la liste.",
    "removals.not-now": "Ce retrait a changé d’état entre-temps : rechargez la page.",
    "removals.same-person": (
        "Une deuxième personne doit accorder ce retrait : ce n’est pas à qui l’a décidé de le faire."
    ),
    "removals.to-oneself": "Ce droit se donne et se retire par quelqu’un d’autre.",
    "removals.no-administrator": "Ce droit ne se donne qu’à l’administration de toute la plateforme.",
    "removals.bad-hash": "Une empreinte SHA-256 s’écrit en 64 chiffres et lettres de a à f.",
}
