"""The letters that announce a closing, and take it back, to a private address. They name nobody."""

from datetime import date, datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime

from vaguemestre.foundation.kernel.times import PARIS

_WORDS = """\
Bonjour,

Cette adresse est le contact de secours d’un compte de la messagerie académique. Ce compte sera fermé
le {day} : plus rien ne l’ouvrira, et le courrier qui lui est adressé sera refusé.

D’ici là, connectez-vous pour emporter vos courriels, vos contacts et vos filtres :
{site}/parametres/courriers

Vous restez en fonction ? Votre service de gestion peut prolonger le compte : dites-le lui avant cette date.
{paragraph}Personne ne vous demandera jamais votre mot de passe ni votre NUMEN par courriel ou par téléphone.

La messagerie de votre académie
"""

_WITHDRAWN = """\
Bonjour,

Cette adresse est le contact de secours d’un compte de la messagerie académique. La fermeture de ce compte,
qui vous avait été annoncée, n’aura pas lieu : il reste ouvert, et il n’y a rien à faire.

Personne ne vous demandera jamais votre mot de passe ni votre NUMEN par courriel ou par téléphone.

La messagerie de votre académie
"""


def closing_letter(
    *, to: str, sender: str, site: str, closes_on: date, at: datetime, paragraph: str = ""
) -> bytes:
    """The message (RFC 5322), in plain text. `paragraph`: the académie's own, or ""."""
    own = f"\n{paragraph}\n\n" if paragraph else ""
    text = _WORDS.format(day=f"{closes_on:%d/%m/%Y}", site=site, paragraph=own)
    return _letter(to, sender, f"Votre compte académique sera fermé le {closes_on:%d/%m/%Y}", text, at)


def withdrawal_letter(*, to: str, sender: str, at: datetime) -> bytes:
    """The message (RFC 5322), in plain text."""
    return _letter(to, sender, "Votre compte académique ne sera pas fermé", _WITHDRAWN, at)


def _letter(to: str, sender: str, subject: str, text: str, at: datetime) -> bytes:
    message = EmailMessage(policy=SMTP)
    message["From"] = Address("Messagerie académique", addr_spec=sender)
    message["To"] = Address(addr_spec=to)
    message["Subject"] = subject
    message["Date"] = format_datetime(at.astimezone(PARIS))
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(text, cte="quoted-printable")
    message["Content-Language"] = "fr"  # after the text, which drops fields of content
    return message.as_bytes()
