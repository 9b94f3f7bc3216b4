"""Messages to private addresses. They name nobody: an address on file may have changed hands."""

from collections.abc import Mapping
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime

from vaguemestre.foundation.kernel.text.french_dates import dated_moment_fr
from vaguemestre.foundation.kernel.times import PARIS

SENDER = "ne-pas-repondre"

# Kind → (subject, body). `{code}`: the code, or the network an account was activated from.
_WORDS: Mapping[str, tuple[str, str]] = {
    "recover": (
        "Votre code pour choisir un nouveau mot de passe",
        "Quelqu’un demande un nouveau mot de passe pour un compte dont cette adresse est le contact de "
        "secours.\n\nCode : {code}\n\nÉcrivez-le sur la page qui le demande, dans les dix minutes.",
    ),
    "activate": (
        "Votre code pour activer votre compte",
        "Quelqu’un demande à activer le compte professionnel pour lequel cette adresse a été donnée au "
        "service de gestion.\n\nCode : {code}\n\nÉcrivez-le sur la page qui le demande, dans les dix "
        "minutes.",
    ),
    "desk": (
        "Un code de l’assistance pour choisir votre mot de passe",
        "L’assistance vous envoie, à votre demande, un code qui sert une fois, pendant 24 heures.\n\n"
        "Code : {code}\n\nOuvrez {site}/assistant/code et écrivez-le avec votre identifiant et votre date de "
        "naissance.",
    ),
    "activated": (
        "Votre compte professionnel a été activé",
        "Le compte professionnel pour lequel cette adresse a été donnée au service de gestion a été activé "
        "le {moment}, depuis le réseau {code}.",
    ),
    "recovered": (
        "Un nouveau mot de passe a été choisi",
        "Un nouveau mot de passe a été choisi le {moment} pour le compte dont cette adresse est le contact "
        "de secours. Toutes ses sessions ont été fermées.",
    ),
    "handed": (
        "Un code va être remis en main propre",
        "L’assistance et une deuxième personne de l’académie ont convenu, le {moment}, de remettre en main "
        "propre un code pour le compte dont cette adresse est un contact.",
    ),
    "compromised": (
        "Votre compte a été mis à l’abri",
        "Le compte dont cette adresse est le contact de secours semble avoir été utilisé par quelqu’un "
        "d’autre. L’assistance a fermé toutes ses sessions et effacé son mot de passe ; les courriels "
        "continuent d’arriver. Par précaution, la messagerie peut rester fermée deux jours, vos applications "
        "non. Les filtres qui renvoient votre courrier à une autre adresse sont arrêtés : relisez-les avant "
        "de les remettre (Paramètres, Filtres).\n\nPour le retrouver : {site}/assistant/secours, avec votre "
        "NUMEN et votre date de naissance ; un code arrivera à cette adresse.",
    ),
    "answer": ("Réponse de l’assistance", "{code}"),
}
_WITH_CODE = ("recover", "activate", "desk")
_END = """

Vous n’y êtes pour rien ? Prévenez l’assistance : {site}/aide dit comment la joindre.
Personne ne vous demandera jamais {code}votre mot de passe ni votre NUMEN par téléphone ou par courriel.

La messagerie de votre académie
"""


def private_letter(kind: str, *, to: str, code: str, sender: str, site: str, at: datetime) -> bytes:
    """The message (RFC 5322), plain text, from the no-reply address `sender`."""
    subject, words = _WORDS[kind]
    moment = dated_moment_fr(at)
    message = EmailMessage(policy=SMTP)
    message["From"] = Address("Messagerie académique", addr_spec=sender)
    message["To"] = Address(addr_spec=to)
    message["Subject"] = subject
    message["Date"] = format_datetime(at.astimezone(PARIS))
    message["Auto-Submitted"] = "auto-generated"
    message["Sensitivity"] = "Private"  # not for those to whom the mailbox is lent
    body = words.format(code=code, site=site, moment=moment) + _END.format(
        site=site, code="ce code, " if kind in _WITH_CODE else ""
    )
    message.set_content(body, cte="quoted-printable")
    message["Content-Language"] = "fr"  # after the text, which drops fields of content
    return message.as_bytes()
