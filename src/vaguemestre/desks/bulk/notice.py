"""The messages of notices to many and of reminders, as plain text (RFC 5322)."""

from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime

from vaguemestre.foundation.kernel.times import PARIS

_REMINDER = """\
Bonjour,

Votre académie vous a ouvert un compte et une messagerie professionnelle, que vous n’avez pas encore activés.

Pour le faire, il faut votre NUMEN et votre date de naissance :
{site}/assistant/

Votre NUMEN ne vous est jamais envoyé par courriel : votre service de gestion vous le remet.
Ne répondez pas à ce message. Personne ne vous demandera jamais votre NUMEN ni un mot de passe par courriel
ou par téléphone.
{help}
La messagerie de votre académie
"""


def notice(*, to: str, sender: str, subject: str, text: str, message_id: str, at: datetime) -> bytes:
    """The message; nobody answers it (`Auto-Submitted`, RFC 3834)."""
    return _message(to, sender, " ".join(subject.split()), text.rstrip() + "\n", message_id, at)


def reminder(*, to: str, sender: str, site: str, phone: str, message_id: str, at: datetime) -> bytes:
    """What reminds somebody, at a private address, to activate their account. It names nobody."""
    words = f"\nBesoin d’aide ? Appelez l’assistance au {phone}.\n" if phone else ""
    text = _REMINDER.format(site=site, help=words)
    return _message(to, sender, "Votre messagerie académique vous attend", text, message_id, at)


def _message(to: str, sender: str, subject: str, text: str, message_id: str, at: datetime) -> bytes:
    message = EmailMessage(policy=SMTP)
    message["From"] = Address("Messagerie académique", addr_spec=sender)
    message["To"] = Address(addr_spec=to)
    message["Subject"] = subject
    message["Date"] = format_datetime(at.astimezone(PARIS))
    message["Message-ID"] = message_id
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(text, cte="quoted-printable")
    message["Content-Language"] = "fr"  # after the text, which drops fields of content
    return message.as_bytes()
