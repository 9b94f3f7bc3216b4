"""Notices to members and owners, in their own inbox, when an access begins or ends."""

from collections.abc import Sequence
from datetime import datetime
from hashlib import sha256
from html import escape
from typing import NamedTuple

from vaguemestre.post.outbox.rules.message import build_message
from vaguemestre.post.outbox.values import Letter, Recipient
from vaguemestre.schools.sharing.values import MembershipChange


class NoticeFacts(NamedTuple):
    """The box, by title and address, and the names of the members whose access changed.

    `until`: the last day on which somebody who hands over reads it.
    """

    title: str
    address: str
    names: Sequence[str]
    until: str = ""


class Notice(NamedTuple):
    """A message ready to deliver."""

    content: bytes
    message_id: str


class _Template(NamedTuple):
    subject: str
    for_member: str
    for_owners: str
    for_owners_of_several: str = ""  # of what one act does to several


_TEMPLATES = {
    MembershipChange.ADDED: _Template(
        "Boîte partagée : {title}",
        "Vous pouvez ouvrir la boîte « {title} » ({address}). Vous la trouvez dans votre messagerie, sous "
        "« Boîtes partagées ».",
        "{name} peut ouvrir la boîte « {title} » ({address}).",
        "{number} personnes peuvent désormais ouvrir la boîte « {title} » ({address}) : {names}.",
    ),
    MembershipChange.ENDED: _Template(
        "Boîte partagée : {title}, accès terminé",
        "Votre accès à la boîte « {title} » ({address}) est terminé.",
        "L’accès de {name} à la boîte « {title} » ({address}) est terminé.",
    ),
    MembershipChange.HANDS_OVER: _Template(
        "Boîte partagée : {title}, à transmettre",
        "Vous n’êtes plus responsable de la boîte « {title} » ({address}). Vous la lisez encore jusqu’au "
        "{until}, pour transmettre ce qui est en cours.",
        "{name} n’est plus responsable de la boîte « {title} » ({address}), et la lit encore jusqu’au "
        "{until}.",
    ),
    MembershipChange.MANAGER: _Template(
        "Boîte partagée : {title}, droit de gestion",
        "Vous gérez désormais la boîte « {title} » ({address}) : vous choisissez qui l’ouvre.",
        "{name} gère désormais la boîte « {title} » ({address}) : cette personne choisit qui l’ouvre.",
        "{number} personnes gèrent désormais la boîte « {title} » ({address}) et choisissent qui l’ouvre : "
        "{names}.",
    ),
    MembershipChange.OWNER: _Template(
        "Boîte partagée : {title}, responsable",
        "Vous êtes responsable de la boîte « {title} » ({address}) : vous choisissez qui l’ouvre, et vous "
        "voyez qui répond.",
        "{name} devient responsable de la boîte « {title} » ({address}).",
    ),
}


def membership_notice(
    change: MembershipChange, facts: NoticeFacts, to: str, key: str, at: datetime, *, is_member: bool
) -> Notice:
    """The notice to one recipient. Its Message-ID depends on `key` and `to` only: a retry is a duplicate."""
    template, values = _TEMPLATES[change], facts._asdict() | {"names": ", ".join(facts.names)}
    if is_member:
        text = template.for_member.format(**values)
    elif len(facts.names) == 1:
        text = template.for_owners.format(name=facts.names[0], **values)
    else:
        text = template.for_owners_of_several.format(number=len(facts.names), **values)
    mark = sha256(f"{key} {to}".encode()).hexdigest()[:32]
    message_id = f"<boite.{mark}@{facts.address.partition('@')[2]}>"
    letter = Letter(
        sender=Recipient(facts.title, facts.address),
        to=(Recipient("", to),),
        cc=(),
        bcc=(),
        subject=template.subject.format(**values),
        html=f"<p>{escape(text)}</p>",
        text=f"{text}\n",
        message_id=message_id,
        date=at,
    )
    return Notice(build_message(letter, boundary=mark), message_id)
