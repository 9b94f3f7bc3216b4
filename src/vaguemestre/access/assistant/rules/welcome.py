"""The welcome message."""

from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime

from vaguemestre.foundation.kernel.times import PARIS


def welcome_id(mailbox: str) -> str:
    """Message-ID derived from the mailbox, so the message is delivered once."""
    local, _, domain = mailbox.partition("@")
    return f"<bienvenue.{local}@{domain}>"


def welcome_message(
    *, name: str, address: str, mailbox: str, username: str, site: str, now: datetime, paragraph: str = ""
) -> bytes:
    """The welcome message (RFC 5322), plain text. `paragraph`: the académie's own, or ""."""
    domain = mailbox.partition("@")[2]
    message = EmailMessage(policy=SMTP)
    message["From"] = Address("Messagerie académique", "ne-pas-repondre", domain)
    message["To"] = Address(name, addr_spec=address)
    message["Subject"] = "Bienvenue dans votre messagerie"
    message["Date"] = format_datetime(now.astimezone(PARIS))
    message["Message-ID"] = welcome_id(mailbox)
    message["Auto-Submitted"] = "auto-generated"
    own = f"{paragraph}\n\n" if paragraph else ""
    text = _WORDS.format(name=name, address=address, username=username, site=site, paragraph=own)
    # 8bit as it always was; a long paragraph would make a line longer than SMTP carries (RFC 5321 §4.5.3.1)
    message.set_content(text, cte="quoted-printable" if paragraph else "8bit")
    message["Content-Language"] = "fr"  # after the text, which drops fields of content
    return message.as_bytes()


_WORDS = """\
Bonjour {name},

Votre compte est activé. Votre adresse professionnelle est {address} ; votre identifiant est {username}.

Pour commencer :
- écrivez ou lisez vos courriels sur {site}/messagerie/ ;
- pour un logiciel ou un téléphone, créez un mot de passe d’application dans les paramètres : votre mot de \
passe ne sert que sur ce site ;
- sur un poste de la salle des professeurs, cochez « Ordinateur partagé » avant de vous connecter.

{paragraph}Personne ne vous demandera jamais votre mot de passe ni votre NUMEN par courriel ou par téléphone.
En cas de difficulté : {site}/aide

La messagerie de votre académie
"""
