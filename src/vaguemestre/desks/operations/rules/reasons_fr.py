"""Why messages are refused, in French, by our own words for reasons (`post.trace.rules.reasons`)."""

REASONS = {
    "unknown-recipient": "Adresse inconnue",
    "mailbox-full": "Boîte pleine",
    "too-large": "Message trop lourd",
    "too-many": "Trop de courriels ou de destinataires en peu de temps",
    "address": "Adresse refusée",
    "mailbox": "Boîte fermée ou en défaut",
    "system": "Serveur plein ou en panne",
    "network": "Serveur injoignable",
    "protocol": "Échange mal formé",
    "content": "Contenu refusé",
    "policy": "Règle de sécurité, indésirable ou réputation",
    "filter": "Filtre d’une personne",
    "expired": "Abandonné après plusieurs jours",
    "sent-back": "Rendu à l’expéditeur par un administrateur",
    "other": "Autre raison",
}


def reason_fr(reason: str) -> str:
    return REASONS.get(reason, REASONS["other"])
