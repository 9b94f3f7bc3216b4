"""French sentences for the refusals of this room, by code."""

SENTENCES = {
    "autoconfig.program-asked-too-long-ago": (
        "Cette demande n’est plus bonne : recommencez depuis le logiciel."
    ),
    "autoconfig.program-unknown": (
        "Ce logiciel n’est pas connu, ou demande une réponse ailleurs que sur cet appareil."
    ),
    "autoconfig.request-malformed": "Cette demande de configuration automatique est illisible.",
}
