"""Retention periods of personal data, each read from the code that applies it."""

from datetime import timedelta
from typing import Any, NamedTuple

from vaguemestre.access.signin.rules import limits
from vaguemestre.access.signin.services.sessions import DELETED_AFTER
from vaguemestre.desks.enrolment.services.requests import PROOFS_KEPT
from vaguemestre.foundation.kernel.texts import counted
from vaguemestre.mailbox.portability.handlers import KEPT as FILES_KEPT
from vaguemestre.post.outbox.services.delivery_status import RETENTION as TRACKING_KEPT
from vaguemestre.schools.sharing.services.collaboration import ACTIVITY_KEPT


class Retention(NamedTuple):
    """A category of data and its retention period, in French."""

    category: str
    duration: str


def retention_periods(config: Any) -> tuple[Retention, ...]:
    """The retention periods of the privacy page. Each one is enforced by code."""
    return (*_account_periods(config), *_mail_periods(config), *_request_periods())


def _account_periods(config: Any) -> tuple[Retention, ...]:
    periods = config.lifecycle
    return (
        Retention(
            "Compte",
            f"jusqu’à la fin de vos fonctions ; il est fermé {periods.transfer_closed} jours après une "
            f"mutation, {periods.retirement_closed} jours après une retraite, {config.feed.grace_days} jours "
            "après la fin d’un contrat",
        ),
        Retention(
            "Courriels",
            f"tant que vous les gardez ; une boîte fermée est effacée {periods.purged} jours après le départ",
        ),
        Retention(
            "État civil",
            f"effacé {periods.civil_status_months} mois après la fermeture du compte, sauf si les ressources "
            "humaines vous déclarent encore",
        ),
        Retention(
            "Sessions",
            f"fermées après {_span_fr(limits.IDLE)} sans rien faire ({_span_fr(limits.IDLE_SHARED)} sur un "
            f"ordinateur partagé), et après {_span_fr(limits.MAX_DURATION)} au plus ; avec « Mon appareil », "
            f"{_span_fr(limits.OWN_DEVICE)}, mais écrire ou changer un réglage redemande une preuve après "
            f"{_span_fr(limits.MAX_DURATION)}",
        ),
        Retention(
            "Sessions terminées et essais de connexion infructueux",
            f"effacés {_span_fr(DELETED_AFTER)} plus tard",
        ),
        Retention(
            "Journal des connexions et des actes sur les comptes",
            "sans limite de durée : il n’est pas purgé, et la base refuse d’en changer ou d’en retirer une "
            "ligne",
        ),
    )


def _mail_periods(config: Any) -> tuple[Retention, ...]:
    return (
        Retention(
            "Suivi des envois (destinataires, heure, ce que chacun est devenu)", _span_fr(TRACKING_KEPT)
        ),
        Retention(
            "Chemin de chaque courriel (expéditeur, destinataires, heures, réponses des serveurs)",
            f"{counted(config.mail.trace_months, 'mois', 'mois')} après celui de l’envoi",
        ),
        Retention("Activité des boîtes partagées", _span_fr(ACTIVITY_KEPT)),
        Retention("Fichiers prêtés par un lien", f"le temps choisi, {config.files.most_days} jours au plus"),
        Retention("Fichiers apportés ou à emporter (import, export)", _span_fr(FILES_KEPT)),
    )


def _request_periods() -> tuple[Retention, ...]:
    return (
        Retention(
            "Demande de NUMEN",
            f"ses pièces sont effacées {_span_fr(PROOFS_KEPT)} après sa clôture ; la demande reste avec le "
            "dossier",
        ),
        Retention(
            "Identifiant et adresse",
            "ils ne sont jamais redonnés à quelqu’un d’autre, et restent donc connus du service",
        ),
    )


def _span_fr(span: timedelta) -> str:
    """A duration in its largest whole unit."""
    seconds = int(span.total_seconds())
    for size, unit in ((86_400, "jour"), (3_600, "heure"), (60, "minute")):
        if seconds % size == 0 and (count := seconds // size):
            return counted(count, unit)
    return counted(seconds, "seconde")
