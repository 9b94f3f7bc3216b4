"""What owners and members are told, in their own inbox, when an access begins or ends."""

from datetime import datetime
from hashlib import sha256
from html import escape

from vaguemestre.post.outbox.rules.message import build_message
from vaguemestre.post.outbox.values import Letter, Recipient

# change → (subject, what the member reads, what owners read)
_SAID = {
    "added": (
        "Boîte partagée : {title}",
        "Vous pouvez ouvrir la boîte « {title} » ({address}). Vous la trouvez dans votre messagerie, sous "
        "« Boîtes partagées ».",
        "{name} peut ouvrir la boîte « {title} » ({address}).",
    ),
    "ended": (
        "Boîte partagée : {title}, accès terminé",
        "Votre accès à la boîte « {title} » ({address}) est terminé.",
        "L’accès de {name} à la boîte « {title} » ({address}) est terminé.",
    ),
    "owner": (
        "Boîte partagée : {title}, responsable",
        "Vous êtes responsable de la boîte « {title} » ({address}) : vous choisissez qui l’ouvre, et vous "
        "voyez qui répond.",
        "{name} devient responsable de la boîte « {title} » ({address}).",
    ),
}


def notice(
    change: str, title: str, address: str, name: str, to: str, key: str, at: datetime, *, is_member: bool
) -> tuple[bytes, str]:
    """The message, and its Message-ID: the same key is the same notice."""
    subject, for_member, for_owners = _SAID[change]
    facts = {"title": title, "address": address, "name": name}
    said = (for_member if is_member else for_owners).format(**facts)
    mark = sha256(f"{key} {to}".encode()).hexdigest()[:32]
    message_id = f"<boite.{mark}@{address.partition('@')[2]}>"
    letter = Letter(
        sender=Recipient(title, address),
        to=(Recipient("", to),),
        cc=(),
        bcc=(),
        subject=subject.format(**facts),
        html=f"<p>{escape(said)}</p>",
        text=f"{said}\n",
        message_id=message_id,
        date=at,
    )
    return build_message(letter, boundary=mark), message_id
