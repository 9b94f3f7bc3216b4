"""French sentences for the refusals of this room, by code."""

SENTENCES = {
    "backoffice.job-gone": "Ce travail n’est plus en échec : quelqu’un l’a relancé ou abandonné.",
    "backoffice.name-too-common": (
        "Plus de %(most)s personnes portent ce nom : écrivez aussi le prénom, ou l’identifiant."
    ),
    "backoffice.officer-elsewhere": (
        "Ce compte est d’une autre académie : choisissez quelqu’un de l’académie de ce service."
    ),
    "backoffice.officer-otherwise": (
        "Ce compte a déjà un autre rôle : retirez-le d’abord, ou choisissez un autre compte."
    ),
    "backoffice.own-class": "On ne change pas sa propre classe : demandez à un autre administrateur.",
    "backoffice.own-role": "On ne change pas son propre rôle : demandez à un autre administrateur.",
    "backoffice.reason-missing": "Écrivez pourquoi ce travail est abandonné : le journal le garde.",
    "backoffice.role-needs-factor": (
        "Cette personne n’a pas de second facteur : qu’elle ajoute d’abord une application "
        "d’authentification ou une clé d’accès dans ses paramètres, page « Sécurité »."
    ),
    "backoffice.role-not-active": (
        "Ce compte n’est pas actif : qui l’activerait aurait ce rôle. Donnez-le une fois que la personne "
        "l’aura activé."
    ),
    "backoffice.role-of-installation": (
        "Cette personne administre toute l’installation : demandez-le à quelqu’un qui l’administre aussi."
    ),
    "backoffice.role-unknown": "Ce rôle n’existe pas.",
}
