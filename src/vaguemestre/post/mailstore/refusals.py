"""French sentences for the refusals of this room, by code."""

SENTENCES = {
    "mailstore.folder-exists": "Un dossier porte déjà ce nom : choisissez-en un autre.",
    "mailstore.folder-limit": (
        "Cette boîte a autant de dossiers qu’une boîte peut en avoir : supprimez-en un avant d’en créer."
    ),
    "mailstore.folder-depth": (
        "Aucun dossier ne peut être créé là : il y a dix niveaux de dossiers au plus, ou des noms trop longs."
    ),
    "mailstore.folder-gone": "Ce dossier n’existe plus.",
    "mailstore.folder-name": (
        "Ce nom de dossier n’est pas possible : 1 à 60 caractères, sans « / » ni point au début."
    ),
    "mailstore.message-gone": "Ce courriel n’est plus là : il a été déplacé ou supprimé.",
    "mailstore.quota-reached": "Votre boîte est pleine : supprimez des messages ou videz la corbeille.",
}
