"""French sentences for the refusals of this room, by code."""

SENTENCES = {
    "portal.announcement-ends-before-it-starts": "La fin vient avant le début : corrigez l’une des dates.",
    "portal.announcement-gone": "Ce message a été retiré entre-temps.",
    "portal.announcement-too-long": (
        "Ce message est trop long : 120 caractères pour le titre, 2 000 pour le texte."
    ),
    "portal.announcement-without-words": "Donnez un titre à ce message.",
}
