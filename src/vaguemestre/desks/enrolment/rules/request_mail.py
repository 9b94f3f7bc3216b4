"""Mail about a NUMEN request. It names nobody and holds neither NUMEN nor secret.

The contact address is unverified and may belong to somebody else.
"""

from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from typing import NamedTuple

from vaguemestre.desks.enrolment.values import RequestState
from vaguemestre.foundation.kernel.times import PARIS


class ServiceContact(NamedTuple):
    """The service in charge. Empty fields are left out."""

    name: str
    phone: str
    address: str


_FOLLOW = "Pour la suivre : {site}/numen/suivi (référence {reference} et votre secret de suivi)."


class _Template(NamedTuple):
    subject: str
    body: str


class ServiceNotice(NamedTuple):
    """A message to the service in charge."""

    message_id: str
    content: bytes


# By the state reached. The other states send no mail.
_TO_APPLICANT = {
    RequestState.SUBMITTED: _Template(
        "Demande de NUMEN {reference} : bien reçue",
        "La demande de NUMEN {reference} est enregistrée et transmise à : {service}.\n\n" + _FOLLOW,
    ),
    RequestState.NEEDS_INFORMATION: _Template(
        "Demande de NUMEN {reference} : une pièce est attendue",
        "Le service qui étudie la demande de NUMEN {reference} attend une pièce ou une précision. "
        "Ce qu’il demande est écrit sur la page de suivi, où vous pouvez répondre.\n\n" + _FOLLOW,
    ),
    RequestState.APPROVED: _Template(
        "Demande de NUMEN {reference} : votre NUMEN est prêt",
        "La demande {reference} est acceptée. Le NUMEN n’est jamais envoyé par courriel : le service vous le "
        "remettra, ou l’enverra par lettre à l’adresse postale de la demande.\n\n" + _FOLLOW,
    ),
    RequestState.EXISTING_FOUND: _Template(
        "Demande de NUMEN {reference} : vous avez déjà un NUMEN",
        "Le service a étudié la demande {reference} : un NUMEN existe déjà. Il n’est jamais envoyé par "
        "courriel : le service vous le remettra, ou l’enverra par lettre à l’adresse postale de la "
        "demande.\n\n" + _FOLLOW,
    ),
    RequestState.REJECTED: _Template(
        "Demande de NUMEN {reference} : refusée",
        "La demande de NUMEN {reference} est refusée. Le motif est écrit sur la page de suivi.\n\n" + _FOLLOW,
    ),
    RequestState.DELIVERED: _Template(
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
    RequestState.SUBMITTED: _Template(
        "Nouvelle demande de NUMEN {reference}",
        "Une demande de NUMEN, {reference}, attend le service « {service} ».",
    ),
    RequestState.UNDER_REVIEW: _Template(
        "Demande de NUMEN {reference} : réponse reçue",
        "La pièce ou la précision attendue pour la demande de NUMEN {reference} est arrivée.",
    ),
}


def applicant_mail(
    state: RequestState,
    reference: str,
    service: ServiceContact,
    *,
    to: str,
    sender: str,
    site: str,
    at: datetime,
    paragraph: str = "",
) -> bytes | None:
    """The mail to the applicant (RFC 5322, plain text) about a request that reached a state, or None.

    `paragraph`: the académie's own, or "".
    """
    if state not in _TO_APPLICANT:
        return None
    template = _TO_APPLICANT[state]
    reached = ", ".join(part for part in (service.name, service.phone, service.address) if part)
    text = template.body.format(reference=reference, service=service.name, site=site)
    text += _REACH.format(reached=reached) + (f"\n\n{paragraph}" if paragraph else "") + _END
    # a state may come back, passed on or asked for anew: each time is told
    key = f"{reference}.{state}.{at:%Y%m%d%H%M%S}"
    return _compose(template.subject.format(reference=reference), text, to, sender, key, at)


def service_mail(
    state: RequestState,
    request_id: int,
    reference: str,
    service: str,
    *,
    to: str,
    sender: str,
    site: str,
    at: datetime,
) -> ServiceNotice | None:
    """The mail to the service in charge; None if the state requires nothing of it."""
    if state not in _TO_SERVICE:
        return None
    template = _TO_SERVICE[state]
    text = template.body.format(reference=reference, service=service)
    text += f"\n\nPour l’ouvrir : {site}/gestion/demandes/{request_id}\n\nLa messagerie de votre académie\n"
    key = f"{reference}.{state}.{at:%Y%m%d%H%M%S}"
    content = _compose(template.subject.format(reference=reference), text, to, sender, key, at)
    return ServiceNotice(message_id(key, sender), content)


def message_id(key: str, sender: str) -> str:
    """The Message-ID of a step's mail, the same at each retry."""
    return f"<numen.{key.lower()}@{sender.partition('@')[2]}>"


def _compose(subject: str, text: str, to: str, sender: str, key: str, at: datetime) -> bytes:
    message = EmailMessage(policy=SMTP)
    message["From"] = Address("Messagerie académique", addr_spec=sender)
    message["To"] = Address(addr_spec=to)
    message["Subject"] = subject
    message["Date"] = format_datetime(at.astimezone(PARIS))
    message["Message-ID"] = message_id(key, sender)
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(text, cte="quoted-printable")
    message["Content-Language"] = "fr"  # after the text, which drops fields of content
    return message.as_bytes()
