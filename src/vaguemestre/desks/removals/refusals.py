"""French sentences for the refusals of this room, by code."""

SENTENCES = {
    "removals.nothing-to-look-for": (
        "Donnez au moins un Message-ID, un expéditeur d’enveloppe, un objet, un lien ou une empreinte."
    ),
    "removals.gone": "Ce retrait n’existe plus : choisissez-en un dans la liste.",
    "removals.not-now": "Ce retrait a changé d’état entre-temps : rechargez la page.",
    "removals.same-person": (
        "Une deuxième personne doit accorder ce retrait, ou sa remise : ce n’est pas à qui l’a décidé de le "
        "faire."
    ),
    "removals.to-oneself": "Ce droit se donne et se retire par quelqu’un d’autre.",
    "removals.nobody-of-that-name": (
        "Personne n’a l’identifiant « %(typed)s » : relisez-le, ou cherchez-le dans « Personnes »."
    ),
    "removals.no-administrator": "Ce droit ne se donne qu’à l’administration de toute la plateforme.",
    "removals.bad-link": "Écrivez une adresse (https://site.example/page) ou un nom d’hôte (site.example).",
    "removals.bad-hash": "Une empreinte SHA-256 s’écrit en 64 chiffres et lettres de a à f.",
}
