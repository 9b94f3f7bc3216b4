"""SMTP replies of the submission policy: one line of ASCII, in French without accents."""

from vaguemestre.foundation.kernel.text.french_dates import hour_fr
from vaguemestre.post.outbox.values import Decision, Verdict

_REPLIES = {
    "outbox.redirect-outside": "550 5.7.1 Ce courriel ne peut pas etre transmis hors de l'academie",
    "outbox.redirect-list": "550 5.7.1 Un filtre ne peut rien transmettre a une liste de diffusion",
    "outbox.redirect-limit": "550 5.7.28 Trop de courriels transmis en peu de temps",
    "outbox.access-ended": "421 4.7.0 Cet acces est ferme : reconnectez-vous",
    "outbox.from-twice": "550 5.7.1 Ce message a plusieurs expediteurs : envoyez-le sous votre seule adresse",
    "outbox.from-unreadable": "550 5.7.1 L'expediteur du message (From) n'est pas lisible",
    "outbox.name-holds-address": (
        "550 5.7.1 Le nom d'expediteur contient une autre adresse que la votre : retirez-la"
    ),
    "outbox.removed-content": (
        "554 5.7.0 Ce message ressemble a un message dangereux retire des boites : il n'est pas envoye"
    ),
    "outbox.unsigned": ("451 4.7.5 Rien ne part encore hors de l'academie : la cle DKIM n'est pas publiee"),
    "outbox.from-somebody-else": "550 5.7.1 Vous ne pouvez ecrire que sous vos propres adresses",
}


def smtp_reply(verdict: Verdict) -> str:
    """SMTP reply for a refusal. Empty for other decisions, and for refusals without words (« later »)."""
    if verdict.decision is not Decision.REFUSE:
        return ""
    if verdict.code.startswith("outbox.limit") and verdict.until:
        hour = hour_fr(verdict.until).replace("\N{NO-BREAK SPACE}", " ")  # the reply is ASCII
        return f"550 5.7.28 Trop de destinataires en peu de temps : reessayez apres {hour}"
    if verdict.limit_mb:
        return f"552 5.3.4 Message trop lourd : {verdict.limit_mb} Mo au plus dans votre classe de service"
    return _REPLIES.get(verdict.code, "")
