"""How long personal data are kept, each duration read where the code applies it."""

from datetime import timedelta
from typing import Any, NamedTuple

from vaguemestre.access.signin.rules import limits
from vaguemestre.access.signin.services.sessions import DELETED_AFTER
from vaguemestre.desks.enrolment.services.requests import PROOFS_KEPT
from vaguemestre.foundation.kernel.texts import counted
from vaguemestre.mailbox.portability.handlers import KEPT as FILES_KEPT
from vaguemestre.post.outbox.services.delivery_status import RETENTION as TRACKING_KEPT
from vaguemestre.schools.sharing.services.together import ACTIVITY_KEPT


class Retention(NamedTuple):
    """A kind of data and how long it is kept, in French."""

    what: str
    how_long: str


def retentions(config: Any) -> tuple[Retention, ...]:
    """What the page of personal data says; nothing that no code does."""
    lives = config.lifecycle
    return (
        Retention(
            "Compte",
            f"jusqu’à la fin de vos fonctions ; il est fermé {lives.transfer_closed} jours après une "
            f"mutation, {lives.retirement_closed} jours après une retraite, {config.feed.grace_days} jours "
            "après la fin d’un contrat",
        ),
        Retention(
            "Courriels",
            f"tant que vous les gardez ; une boîte fermée est effacée {lives.purged} jours après le départ",
        ),
        Retention(
            "État civil",
            f"effacé {lives.civil_status_months} mois après la fermeture du compte, sauf si les ressources "
            "humaines vous déclarent encore",
        ),
        Retention(
            "Sessions",
            f"fermées après {_said(limits.IDLE)} sans rien faire ({_said(limits.IDLE_SHARED)} sur un "
            f"ordinateur partagé), et après {_said(limits.MAX_DURATION)} au plus ; avec « Mon appareil », "
            f"{_said(limits.OWN_DEVICE)}, mais écrire ou changer un réglage redemande une preuve après "
            f"{_said(limits.MAX_DURATION)}",
        ),
        Retention(
            "Sessions terminées et essais de connexion infructueux",
            f"effacés {_said(DELETED_AFTER)} plus tard",
        ),
        Retention(
            "Journal des connexions et des actes sur les comptes",
            "sans limite de durée : il n’est pas purgé, et la base refuse d’en changer ou d’en retirer une "
            "ligne",
        ),
        Retention("Suivi des envois (destinataires, heure, ce que chacun est devenu)", _said(TRACKING_KEPT)),
        Retention("Activité des boîtes partagées", _said(ACTIVITY_KEPT)),
        Retention("Fichiers prêtés par un lien", f"le temps choisi, {config.files.most_days} jours au plus"),
        Retention("Fichiers apportés ou à emporter (import, export)", _said(FILES_KEPT)),
        Retention(
            "Demande de NUMEN",
            f"ses pièces sont effacées {_said(PROOFS_KEPT)} après sa clôture ; la demande reste avec le "
            "dossier",
        ),
        Retention(
            "Identifiant et adresse",
            "ils ne sont jamais redonnés à quelqu’un d’autre, et restent donc connus du service",
        ),
    )


def _said(span: timedelta) -> str:
    """A duration in its largest whole unit."""
    seconds = int(span.total_seconds())
    for size, unit in ((86_400, "jour"), (3_600, "heure"), (60, "minute")):
        if seconds % size == 0 and (count := seconds // size):
            return counted(count, unit)
    return counted(seconds, "seconde")
