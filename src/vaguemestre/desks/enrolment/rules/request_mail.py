"""Mail about a NUMEN request. It names nobody and holds neither NUMEN nor secret.

The address, given by whoever filled in the form, may be somebody else's.
"""

from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from typing import NamedTuple

from vaguemestre.desks.enrolment.values import State
from vaguemestre.foundation.kernel.times import PARIS


class ServiceReached(NamedTuple):
    """The service in charge; an empty field is not told."""

    name: str
    phone: str
    address: str


_FOLLOW = "Pour la suivre : {site}/numen/suivi (référence {reference} et votre secret de suivi)."
# State reached → (subject, what is said). Steps of other states are not written about.
_TO_APPLICANT = {
    State.SUBMITTED: (
        "Demande de NUMEN {reference} : bien reçue",
        "La demande de NUMEN {reference} est enregistrée et transmise à : {service}.\n\n" + _FOLLOW,
    ),
    State.NEEDS_INFORMATION: (
        "Demande de NUMEN {reference} : une pièce est attendue",
        "Le service qui étudie la demande de NUMEN {reference} attend une pièce ou une précision. "
        "Ce qu’il demande est écrit sur la page de suivi, où vous pouvez répondre.\n\n" + _FOLLOW,
    ),
    State.APPROVED: (
        "Demande de NUMEN {reference} : votre NUMEN est prêt",
        "La demande {reference} est acceptée. Le NUMEN n’est jamais envoyé par courriel : le service vous le "
        "remettra, ou l’enverra par lettre à l’adresse postale de la demande.\n\n" + _FOLLOW,
    ),
    State.EXISTING_FOUND: (
        "Demande de NUMEN {reference} : vous avez déjà un NUMEN",
        "Le service a étudié la demande {reference} : un NUMEN existe déjà. Il n’est jamais envoyé par "
        "courriel : le service vous le remettra, ou l’enverra par lettre à l’adresse postale de la "
        "demande.\n\n" + _FOLLOW,
    ),
    State.REJECTED: (
        "Demande de NUMEN {reference} : refusée",
        "La demande de NUMEN {reference} est refusée. Le motif est écrit sur la page de suivi.\n\n" + _FOLLOW,
    ),
    State.DELIVERED: (
        "Demande de NUMEN {reference} : la lettre est partie",
        "La lettre de la demande {reference} est partie, ou vous a été remise. Elle dit comment activer "
        "votre compte.",
    ),
}
_REACH = "\n\nLe secret de suivi est perdu, ou une question ? Adressez-vous au service : {reached}."
_END = """

Personne ne vous demandera jamais votre NUMEN ni un mot de passe par courriel ou par téléphone.
Vous n’avez rien demandé ? Quelqu’un a donné cette adresse par erreur : vous pouvez effacer ce message.

La messagerie de votre académie
"""
_TO_SERVICE = {
    State.SUBMITTED: (
        "Nouvelle demande de NUMEN {reference}",
        "Une demande de NUMEN, {reference}, attend le service « {service} ».",
    ),
    State.UNDER_REVIEW: (
        "Demande de NUMEN {reference} : réponse reçue",
        "La pièce ou la précision attendue pour la demande de NUMEN {reference} est arrivée.",
    ),
}


def applicant_mail(
    state: State, reference: str, service: ServiceReached, *, to: str, sender: str, site: str, at: datetime
) -> bytes | None:
    """The message to the applicant (RFC 5322, plain text) for a request that reached that state; None for
    a state they are not written about."""
    if state not in _TO_APPLICANT:
        return None
    subject, words = _TO_APPLICANT[state]
    reached = ", ".join(one for one in (service.name, service.phone, service.address) if one)
    text = words.format(reference=reference, service=service.name, site=site)
    text += _REACH.format(reached=reached) + _END
    return _message(subject.format(reference=reference), text, to, sender, f"{reference}.{state}", at)


def service_mail(
    state: State,
    request_id: int,
    reference: str,
    service: str,
    *,
    to: str,
    sender: str,
    site: str,
    at: datetime,
) -> tuple[str, bytes] | None:
    """(Message-ID, message) to the service in charge; None for a state that asks nothing of it."""
    if state not in _TO_SERVICE:
        return None
    subject, words = _TO_SERVICE[state]
    text = words.format(reference=reference, service=service)
    text += f"\n\nPour l’ouvrir : {site}/gestion/demandes/{request_id}\n\nLa messagerie de votre académie\n"
    key = f"{reference}.{state}.{at:%Y%m%d%H%M%S}"
    return message_id(key, sender), _message(subject.format(reference=reference), text, to, sender, key, at)


def message_id(key: str, sender: str) -> str:
    """The same step is written about under the same identifier, however often it is tried."""
    return f"<numen.{key.lower()}@{sender.partition('@')[2]}>"


def _message(subject: str, text: str, to: str, sender: str, key: str, at: datetime) -> bytes:
    message = EmailMessage(policy=SMTP)
    message["From"] = Address("Messagerie académique", addr_spec=sender)
    message["To"] = Address(addr_spec=to)
    message["Subject"] = subject
    message["Date"] = format_datetime(at.astimezone(PARIS))
    message["Message-ID"] = message_id(key, sender)
    message["Auto-Submitted"] = "auto-generated"
    message["Content-Language"] = "fr"
    message.set_content(text, cte="quoted-printable")
    return message.as_bytes()
