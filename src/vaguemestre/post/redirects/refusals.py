"""French sentences for the refusals of this room, by code."""

SENTENCES = {
    "redirects.unknown": (
        "Cette adresse est incomplète ou n’est plus valable. Rouvrez le courriel qui contenait le lien, "
        "et suivez-le de là."
    ),
}
