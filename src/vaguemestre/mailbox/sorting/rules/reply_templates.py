"""Templates of absence replies, of a person or of a shared mailbox.

None tells strangers the reason, the place or a phone number.
"""

import re
from collections.abc import Iterator
from datetime import date, timedelta
from typing import NamedTuple

from vaguemestre.mailbox.sorting.values import Absence, Place, ReplyTemplate

_HELLO, _BYE = "Bonjour,\n\n", "\n\nCordialement,\n"
NAMED_BELOW = "personne nommée ci-dessous"  # the details of the replacement end the text


class Days(NamedTuple):
    """First and last day of an absence, where they are known."""

    starts_on: date | None
    ends_on: date | None


def reply_templates(name: str, starts_on: date | None, ends_on: date | None) -> tuple[ReplyTemplate, ...]:
    """Templates signed with the name; they mention the days that are known."""
    until = f" jusqu’au {_day_fr(ends_on)} inclus" if ends_on else ""
    between = f" du {_day_fr(starts_on)} au {_day_fr(ends_on)} inclus" if starts_on and ends_on else ""
    after = f" à partir du {_day_fr(ends_on + timedelta(days=1))}" if ends_on else " à mon retour"
    signed = f"{_BYE}{name}"
    outside = f"{_HELLO}Je ne suis pas joignable{until} et vous répondrai{after}.{signed}"
    return (
        ReplyTemplate(
            "conges",
            "Congés",
            f"{_HELLO}Je suis en congé{between}. Je lirai votre message{after}.{signed}",
            outside,
        ),
        ReplyTemplate(
            "formation",
            "Formation ou réunion",
            f"{_HELLO}Je suis en formation{between} et consulte peu mes courriels. "
            f"Je vous réponds{after}.{signed}",
            outside,
        ),
        ReplyTemplate(
            "relais",
            "Quelqu’un prend le relais",
            f"{_HELLO}Je ne suis pas joignable{until}. Pour ce qui ne peut attendre, adressez-vous à la "
            f"{NAMED_BELOW}.{signed}",
            outside,
        ),
        ReplyTemplate(
            "partiel",
            "Temps partiel",
            f"{_HELLO}Je ne travaille pas aujourd’hui. Je lirai votre message à mon prochain jour de "
            f"présence.{signed}",
            f"{_HELLO}Je ne travaille pas aujourd’hui et vous répondrai dès mon prochain jour de "
            f"présence.{signed}",
        ),
        ReplyTemplate("neutre", "Absence, sans autre précision", outside, outside),
    )


def box_reply_templates(
    title: str, starts_on: date | None, ends_on: date | None
) -> tuple[ReplyTemplate, ...]:
    """As `reply_templates`, in the words of a school or service, signed with the title of its mailbox."""
    between = f" du {_day_fr(starts_on)} au {_day_fr(ends_on)} inclus" if starts_on and ends_on else ""
    until = f" jusqu’au {_day_fr(ends_on)} inclus" if ends_on else ""
    after = f" à partir du {_day_fr(ends_on + timedelta(days=1))}" if ends_on else " à la réouverture"
    signed = f"{_BYE}{title}"
    closed = f"{_HELLO}Nos bureaux sont fermés{between}. Votre message sera lu{after}.{signed}"
    neutral = f"{_HELLO}Nous ne pouvons pas vous répondre{until}. Votre message sera lu{after}.{signed}"
    duty = (
        f"{_HELLO}Une permanence est assurée{between} : les réponses sont plus lentes. Votre message sera lu "
        f"au plus tard{after}.{signed}"
    )
    weekly = (
        f"{_HELLO}Nos bureaux sont fermés aujourd’hui. Votre message sera lu à notre prochain jour "
        f"d’ouverture.{signed}"
    )
    relay = (
        f"{_HELLO}Nous ne pouvons pas vous répondre{until}. Pour ce qui ne peut attendre, adressez-vous à la "
        f"{NAMED_BELOW}.{signed}"
    )
    return (
        ReplyTemplate("fermeture", "Fermeture", closed, closed),
        ReplyTemplate("permanence", "Permanence", duty, duty),
        ReplyTemplate("relais", "Quelqu’un prend le relais", relay, neutral),
        ReplyTemplate("partiel", "Jours de fermeture", weekly, weekly),
        ReplyTemplate("neutre", "Absence, sans autre précision", neutral, neutral),
    )


def templates_for(
    name: str, starts_on: date | None, ends_on: date | None, *, is_box: bool
) -> tuple[ReplyTemplate, ...]:
    """Templates of the mailbox: those of a person, or those of a shared mailbox."""
    return (box_reply_templates if is_box else reply_templates)(name, starts_on, ends_on)


def with_days(text: str, before: Days, after: Days) -> str:
    """The text of an absence that was of the days `before`, for the days `after`: it mentions those.

    What was typed around the days stays as it is; a day that is no longer known stays too.
    """
    changes = dict(_mentioned(before, after))
    if not changes:
        return text
    return re.sub("|".join(map(re.escape, changes)), lambda match: changes[match[0]], text)


def _mentioned(before: Days, after: Days) -> Iterator[tuple[str, str]]:
    """Each day that a template mentions, as it was written and as it is now; the last day wins."""
    if before.starts_on and after.starts_on:
        yield _day_fr(before.starts_on), _day_fr(after.starts_on)
    if before.ends_on and after.ends_on:
        back = timedelta(days=1)
        yield _day_fr(before.ends_on + back), _day_fr(after.ends_on + back)
        yield _day_fr(before.ends_on), _day_fr(after.ends_on)


def desk_absence(name: str, starts_on: date, ends_on: date) -> Absence:
    """Neutral absence set by the help desk: gives the last day, to colleagues only."""
    text = (
        f"Bonjour,\n\n{name} ne peut vous répondre jusqu’au {_day_fr(ends_on)} inclus. Votre message est "
        "conservé et sera lu à son retour.\n\nRéponse automatique posée par l’assistance de la messagerie."
    )
    return Absence(
        is_on=True,
        starts_on=starts_on,
        ends_on=ends_on,
        internal_text=text,
        external_text="",
        place=Place.DESK,
    )


def leaver_absence(name: str, starts_on: date, ends_on: date, new_address: str, only_to: str = "") -> Absence:
    """Reply for somebody who left or is on long leave: neither reason nor end.

    `new_address`: only with the person's consent; `only_to`: domain they can no longer be reached at.
    """
    text = f"Bonjour,\n\n{name} ne lit plus les messages envoyés à cette adresse."
    text += f" Vous pouvez lui écrire à {new_address}." if new_address else ""
    text += "\n\nRéponse automatique de la messagerie académique."
    return Absence(
        is_on=True,
        starts_on=starts_on,
        ends_on=ends_on,
        internal_text=text,
        external_text=text,
        place=Place.LEFT,
        only_to=only_to,
    )


def _day_fr(day: date | None) -> str:
    return f"{day:%d/%m/%Y}" if day else ""
