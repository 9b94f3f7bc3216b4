"""What the submission door answers to a mail program: one line of ASCII, in French without its accents."""

from vaguemestre.foundation.kernel.times import PARIS
from vaguemestre.post.outbox.values import Answer, Verdict

_REPLIES = {
    "outbox.redirect-outside": "550 5.7.1 Ce courriel ne peut pas etre transmis hors de l'academie",
    "outbox.redirect-limit": "550 5.7.28 Trop de courriels transmis en peu de temps",
    "outbox.access-ended": "421 4.7.0 Cet acces est ferme : reconnectez-vous",
    "outbox.from-twice": "550 5.7.1 Ce message a plusieurs expediteurs : envoyez-le sous votre seule adresse",
    "outbox.from-unreadable": "550 5.7.1 L'expediteur du message (From) n'est pas lisible",
    "outbox.name-holds-address": (
        "550 5.7.1 Le nom d'expediteur contient une autre adresse que la votre : retirez-la"
    ),
    "outbox.from-somebody-else": "550 5.7.1 Vous ne pouvez ecrire que sous vos propres adresses",
}


def reply_of(verdict: Verdict) -> str:
    """Empty for what is not refused, and for a refusal nobody can put in words (« later »)."""
    if verdict.answer is not Answer.REFUSE:
        return ""
    if verdict.code.startswith("outbox.limit") and verdict.until:
        hour = f"{verdict.until.astimezone(PARIS):%H:%M}"
        return f"550 5.7.28 Trop de destinataires en peu de temps : reessayez apres {hour}"
    return _REPLIES.get(verdict.code, "")
