"""Security notices: the message an owner gets after a sensitive act on the account."""

import hashlib
from collections.abc import Sequence
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from typing import Protocol

from vaguemestre.access.signin.rules.acts.kinds import AUTOMATIC, NEWS
from vaguemestre.access.signin.rules.acts.sentences import WORDS
from vaguemestre.foundation.kernel.text.french_dates import dated_moment_fr
from vaguemestre.foundation.kernel.times import PARIS


def notice_id(account_id: int, act: str, at: str, mailbox: str) -> str:
    """Message-ID derived from the event, so the notice is delivered once."""
    mark = hashlib.sha256(f"{account_id} {act} {at}".encode()).hexdigest()[:24]
    return f"<compte.{mark}@{mailbox.partition('@')[2]}>"


def notice(
    *,
    act: str,
    reason: str,
    detail: str,
    name: str,
    address: str,
    sender: str,
    message_id: str,
    site: str,
    link: str,
    at: datetime,
    is_shared: bool = False,
) -> bytes:
    """The notice (RFC 5322), plain text. `link`: « Ce n'était pas moi », "" for acts that have none.

    `is_shared`: to a mailbox of several people, which that link does not lock.
    """
    subject, sentence = WORDS[act]
    message = EmailMessage(policy=SMTP)
    message["From"] = Address("Messagerie académique", addr_spec=sender)
    message["To"] = Address(name, addr_spec=address)
    message["Subject"] = subject
    message["Date"] = format_datetime(at.astimezone(PARIS))
    message["Message-ID"] = message_id
    message["Auto-Submitted"] = "auto-generated"
    message["Sensitivity"] = "Private"  # not for those to whom the mailbox is lent
    context = f"{detail}\n\n" if detail else ""
    context += f"Motif donné : {reason}\n\n" if reason else ""
    wrong = _wrong(act, link, site, is_shared=is_shared)
    moment = dated_moment_fr(at)
    text = _LETTER.format(name=name, sentence=sentence, context=context, moment=moment, wrong=wrong)
    message.set_content(text, cte="8bit")
    message["Content-Language"] = "fr"  # after the text, which drops fields of content
    return message.as_bytes()


def _wrong(act: str, link: str, site: str, *, is_shared: bool) -> str:
    """What to do if it was nobody one knows."""
    if act in AUTOMATIC:
        return _AUTOMATIC
    if act in NEWS:
        return _NOTHING_TO_DO
    if not link:
        return _HELP.format(site=site)
    return (_NOT_US if is_shared else _NOT_ME).format(link=link)


_LETTER = """\
Bonjour {name},

{sentence}

{context}Date : {moment}

{wrong}

Personne ne vous demandera jamais votre mot de passe ni votre NUMEN par courriel ou par téléphone.

La messagerie de votre académie
"""

_HELP = """\
Vous n’attendiez pas cela ? Changez votre mot de passe dans les paramètres, puis prévenez l’assistance : \
{site}/aide dit comment la joindre."""

_NOTHING_TO_DO = "Vous n’en attendiez aucun ? Il n’y a rien à faire : ils s’effacent d’eux-mêmes."

_AUTOMATIC = "Cet avis est automatique : votre réponse ne serait lue de personne."

_NOT_ME = """\
C’était vous ? Il n’y a rien à faire.

Ce n’était pas vous ? Ce lien, valable sept jours, annule cet acte ou referme tout votre compte :
{link}"""


_NOT_US = """\
C’était quelqu’un de la boîte ? Il n’y a rien à faire.

Ce n’était aucun de vous ? Ce lien, valable sept jours, annule cet acte :
{link}"""


class Revoked(Protocol):
    """As `people.credentials` gives it."""

    @property
    def passkeys(self) -> Sequence[str]: ...
    @property
    def applications(self) -> int: ...
    @property
    def contacts(self) -> Sequence[str]: ...


def revoked_words(revoked: Revoked) -> str:
    """One sentence; "" if nothing was."""
    means = [f"clé d’accès « {name} »" for name in revoked.passkeys]
    means += ["application d’authentification"] * revoked.applications
    means += [f"contact de secours {address}" for address in revoked.contacts]
    if not means:
        return ""
    return f"Retirés, parce qu’ajoutés peu avant ou depuis : {', '.join(means)}. Remettez ce qui est à vous."
