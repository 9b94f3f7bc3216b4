"""Messages to recovery contacts. They name nobody: the address may be mistyped."""

import json
from collections.abc import Mapping
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime

from vaguemestre.foundation.kernel.times import PARIS
from vaguemestre.people.credentials.rules.secret_box import seal, unseal
from vaguemestre.people.credentials.values import SecretKeys

_WORDS: Mapping[str, tuple[str, str]] = {
    "confirm": (
        "Confirmez votre contact de secours",
        "Quelqu’un a donné cette adresse comme contact de secours d’un compte de la messagerie "
        "académique.\n\n"
        "Code : {code}\n\nÉcrivez-le sur la page qui le demande, dans les dix minutes.",
    ),
    "recover": (
        "Votre code pour choisir un nouveau mot de passe",
        "Quelqu’un demande un nouveau mot de passe pour un compte dont cette adresse est le contact de "
        "secours.\n\nCode : {code}\n\nÉcrivez-le sur la page qui le demande, dans les dix minutes.",
    ),
    "alarm": (
        "Votre compte académique : {subject}",
        "Cette adresse est le contact de secours d’un compte de la messagerie académique. Dans ce "
        "compte :\n\n{subject}\n\nC’était vous ? Il n’y a rien à faire.\n\n"
        "Ce n’était pas vous ? Ce lien, valable sept jours, annule cet acte ou referme tout :\n{link}",
    ),
    "replaced": (
        "Un autre contact de secours a été ajouté",
        "Un autre contact de secours a été ajouté au compte dont cette adresse est le contact. Il servira "
        "dans trois jours ; d’ici là, cette adresse reste la seule.",
    ),
}
_END = """

Vous n’y êtes pour rien ? Ne donnez ce message à personne.
Personne ne vous demandera jamais un code par téléphone ou par courriel. Aide : {site}/aide

La messagerie de votre académie
"""


def seal_letter(address: str, code: str, owner: int, keys: SecretKeys) -> str:
    """Address and code sealed for the jobs table, where neither may be readable."""
    return seal(json.dumps([address, code]).encode(), owner, keys).hex()


def unseal_letter(sealed: str, owner: int, keys: SecretKeys) -> tuple[str, str]:
    """(address, code). Raises Refusal `credentials.secret-sealed-otherwise`."""
    address, code = json.loads(unseal(bytes.fromhex(sealed), owner, keys))
    return address, code


def contact_mail(
    kind: str,
    *,
    to: str,
    sender: str,
    site: str,
    now: datetime,
    code: str = "",
    subject: str = "",
    link: str = "",
) -> bytes:
    """The message (RFC 5322), in plain text. `subject` and `link`: of an alarm."""
    title, words = _WORDS[kind]
    message = EmailMessage(policy=SMTP)
    message["From"] = Address("Messagerie académique", addr_spec=sender)
    message["To"] = Address(addr_spec=to)
    message["Subject"] = title.format(subject=subject[:1].lower() + subject[1:])
    message["Date"] = format_datetime(now.astimezone(PARIS))
    message["Auto-Submitted"] = "auto-generated"
    message["Sensitivity"] = "Private"  # not for those to whom the mailbox is lent
    message.set_content(
        words.format(code=code, subject=subject, link=link) + _END.format(site=site), cte="quoted-printable"
    )
    message["Content-Language"] = "fr"  # after the text, which drops fields of content
    return message.as_bytes()
