"""French sentences for the refusals of this room, by code."""

SENTENCES = {
    "sharing.refusal-unexplained": "Écrivez le motif du refus : la personne le reçoit par courriel.",
    "sharing.access-ended": (
        "Vous n’avez plus accès à cette boîte : l’accès qui vous était donné a pris fin. Un texte que vous y "
        "écriviez vous attend dans votre propre messagerie."
    ),
    "sharing.address-impossible": (
        "Écrivez des lettres, chiffres ou tirets après « %(head)s » : %(most)s caractères en tout."
    ),
    "sharing.answered-meanwhile": (
        "%(what)s Relisez avant d’envoyer ; « Envoyer » une seconde fois envoie aussi votre réponse."
    ),
    "sharing.box-gone": "Cette boîte est fermée.",
    "sharing.cannot-take": "Cette personne ne peut pas s’en charger : il lui faut le droit « tri ».",
    "sharing.day-impossible": "Écrivez des jours qui existent, ainsi : 19/12/2026.",
    "sharing.days-reversed": "La fin doit venir après le début, et ne pas être passée.",
    "sharing.key-needs-send": "Un logiciel de messagerie lit, range et écrit : il faut le droit « envoi ».",
    "sharing.key-not-lent": "Une boîte confiée s’ouvre ici seulement, jamais dans un autre logiciel.",
    "sharing.delegation-endless": "Une délégation a une fin : au plus un an après son début.",
    "sharing.delegation-right": "Cette boîte ne se confie pas ainsi.",
    "sharing.delegation-to-oneself": "C’est votre propre adresse.",
    "sharing.may-no-longer-send": "Vous ne pouvez plus écrire depuis cette boîte.",
    "sharing.member-already": "Cette personne est déjà membre de la boîte.",
    "sharing.member-changed-meanwhile": (
        "Quelqu’un d’autre, ou vous dans une autre fenêtre, a changé cet accès depuis que cette page est "
        "ouverte : rien n’est enregistré. Relisez ce qui vaut maintenant, puis changez-le de nouveau s’il le "
        "faut."
    ),
    "sharing.member-gone": "Cette personne n’est plus membre de la boîte.",
    "sharing.name-typed": "Rien n’est encore fait : choisissez plus bas la personne pour « %(address)s ».",
    "sharing.never-activated": (
        "La personne qui a l’adresse « %(address)s » n’a pas encore activé son compte : confiez-lui la boîte "
        "quand ce sera fait."
    ),
    "sharing.nobody": "« %(address)s » n’est l’adresse d’aucun agent de l’académie.",
    "sharing.note-empty": "La note est vide.",
    "sharing.not-taken-back": (
        "Seul un responsable nommé ici depuis moins de trente jours se reprend : cette boîte est à lui."
    ),
    "sharing.owned": "Cette boîte a un responsable : lui seul choisit les membres.",
    "sharing.owner-away": (
        "La personne qui a l’adresse « %(address)s » n’ouvre aucune boîte en ce moment (compte suspendu, "
        "départ ou congé) : nommez quelqu’un d’autre."
    ),
    "sharing.owner-by-post": (
        "Cette personne est responsable par sa fonction : ses droits suivent l’affectation."
    ),
    "sharing.owner-oneself": (
        "Personne ne se nomme soi-même responsable : nommez quelqu’un d’autre, ou demandez-le à une autre "
        "personne de l’administration."
    ),
    "sharing.own-request": (
        "Vous avez demandé cette boîte : une autre personne de l’administration l’ouvre. S’il n’y en a pas, "
        "un collègue en fait la demande, et vous l’ouvrez."
    ),
    "sharing.request-decided": "Cette demande a déjà été traitée.",
    "sharing.right-missing": (
        "Vous n’avez pas, ou plus, le droit « %(needed)s » sur cette boîte : demandez à son responsable."
    ),
    "sharing.taken-first": (
        "%(by)s vient de s’en charger : rien n’est changé. « Je m’en charge » le lui reprend, s’il le faut."
    ),
    "sharing.too-many": "Une boîte a au plus %(most)s membres.",
    "sharing.too-many-left": (
        "Une boîte a au plus %(most)s membres : places libres, %(left)s. Décochez des personnes : "
        "personne n’a été ajouté."
    ),
    "sharing.too-many-requests": "Vous avez déjà %(most)s demandes en attente.",
    "sharing.too-many-typed": "Au plus %(most)s personnes à la fois : ajoutez les autres ensuite.",
}
