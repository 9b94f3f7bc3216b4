"""French sentences for the refusals of this room, by code."""

SENTENCES = {
    "quarantine.gone": (
        "Ce courriel n’est plus en quarantaine : il a été remis, ou effacé au bout de son délai."
    ),
    "quarantine.virus": "Ce courriel contient un virus : il n’est remis à personne.",
    "quarantine.removed": (
        "Ce courriel a été retiré de toutes les boîtes parce qu’il est dangereux : il n’est pas remis."
    ),
}
