"""The assistant's decisions: its budgets, and the message that welcomes."""

from datetime import datetime, timedelta
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime

from vaguemestre.kernel.times import PARIS
from vaguemestre.signin.rules.throttle import Budget

# SECURITY §3.2: five tries a day against one NUMEN, twenty an hour from one network, a brake for all.
TARGET = Budget(
    free=4,
    longest=timedelta(minutes=1),
    memory=timedelta(hours=24),
    exhausted_at=5,
    pause=timedelta(hours=24),
)
NETWORK = Budget(free=20, longest=timedelta(minutes=5), memory=timedelta(hours=1))
EVERYBODY = Budget(free=400, longest=timedelta(seconds=10), memory=timedelta(hours=1))


def budgets(numen_digest: str, network: str) -> dict[str, Budget]:
    """Whose budgets one look-up draws on; failures only are kept."""
    return {
        target(numen_digest): TARGET,
        f"assistant-network:{network}": NETWORK,
        "assistant": EVERYBODY,
    }


def code_budget(mark: str) -> dict[str, Budget]:
    """Five tries at one code."""
    pause = timedelta(hours=24)
    return {
        f"assistant-code:{mark[:32]}": Budget(4, timedelta(seconds=1), pause, exhausted_at=5, pause=pause)
    }


def target(numen_digest: str) -> str:
    """The subject of look-ups of one NUMEN."""
    return f"assistant:{numen_digest[:32]}"


def welcome_id(mailbox: str) -> str:
    """The same for the same mailbox: the message is put there once."""
    local, _, domain = mailbox.partition("@")
    return f"<bienvenue.{local}@{domain}>"


def welcome(*, name: str, address: str, mailbox: str, username: str, site: str, now: datetime) -> bytes:
    """The first message of a mailbox (RFC 5322), in plain text."""
    domain = mailbox.partition("@")[2]
    message = EmailMessage(policy=SMTP)
    message["From"] = Address("Messagerie académique", "ne-pas-repondre", domain)
    message["To"] = Address(name, addr_spec=address)
    message["Subject"] = "Bienvenue dans votre messagerie"
    message["Date"] = format_datetime(now.astimezone(PARIS))
    message["Message-ID"] = welcome_id(mailbox)
    message["Auto-Submitted"] = "auto-generated"
    message["Content-Language"] = "fr"
    message.set_content(_WORDS.format(name=name, address=address, username=username, site=site), cte="8bit")
    return message.as_bytes()


_WORDS = """\
Bonjour {name},

Votre compte est activé. Votre adresse professionnelle est {address} ; votre identifiant est {username}.

Pour commencer :
- écrivez ou lisez vos courriels sur {site}/messagerie/ ;
- pour un logiciel ou un téléphone, créez un mot de passe d’application dans les paramètres : votre mot de \
passe ne sert que sur ce site ;
- sur un poste de la salle des professeurs, cochez « Ordinateur partagé » avant de vous connecter.

Personne ne vous demandera jamais votre mot de passe ni votre NUMEN par courriel ou par téléphone.
En cas de difficulté : {site}/aide

La messagerie de votre académie
"""
