"""French sentences for the refusals of this room, by code."""

SENTENCES = {
    "backoffice.name-too-common": (
        "Plus de %(most)s personnes portent ce nom : écrivez aussi le prénom, ou l’identifiant."
    ),
    "backoffice.officer-otherwise": (
        "Ce compte a déjà un autre rôle : retirez-le d’abord, ou choisissez un autre compte."
    ),
    "backoffice.own-role": "On ne change pas son propre rôle : demandez à un autre administrateur.",
    "backoffice.role-unknown": "Ce rôle n’existe pas.",
}
