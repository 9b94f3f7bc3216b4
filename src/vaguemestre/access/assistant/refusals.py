"""French sentences for the refusals of this room, by code."""

SENTENCES = {
    "assistant.closed": (
        "Trop d’essais ont été faits sur ce NUMEN, par vous ou par d’autres. Réessayez dans %(wait)s, ou "
        "demandez un code : il l’ouvre tout de suite."
    ),
    "assistant.code-not-possible": (
        "Nous ne pouvons pas continuer avec ces informations. Vérifiez le code, l’identifiant et la "
        "date, puis recommencez. Un code ne sert qu’une fois, pendant 24 heures : au besoin, demandez-en "
        "un autre à l’assistance."
    ),
    "assistant.link-over": (
        "Ce lien a déjà servi ou n’est plus valable. Demandez-en un autre à qui vous l’a donné."
    ),
    "assistant.not-possible": (
        "Nous ne pouvons pas continuer avec ces informations. Vérifiez-les et recommencez. Si votre "
        "compte est déjà activé, ou si cela persiste, la page d’aide dit comment joindre l’assistance."
    ),
    "assistant.wait": "Trop d’essais infructueux. Réessayez dans %(wait)s.",
}
