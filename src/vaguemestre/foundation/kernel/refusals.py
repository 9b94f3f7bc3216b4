"""French sentences for the refusals of this room, by code."""

SENTENCES = {
    "kernel.address-malformed": "« %(address)s » n’est pas une adresse électronique.",
    "kernel.no-such-day": "Cette date n’existe pas : vérifiez le jour et le mois.",
    "kernel.far-day": "Vérifiez l’année.",
}
