"""Texts ready to be changed. None tells a stranger why, where, or how to call."""

from datetime import date, timedelta

from vaguemestre.mailbox.sorting.values import Absence, Model, Place

_HELLO, _BYE = "Bonjour,\n\n", "\n\nCordialement,\n"


def wordings(name: str, starts_on: date | None, ends_on: date | None) -> tuple[Model, ...]:
    """Signed with the name; the days are told where they are known."""
    until = f" jusqu’au {_said(ends_on)} inclus" if ends_on else ""
    between = f" du {_said(starts_on)} au {_said(ends_on)} inclus" if starts_on and ends_on else ""
    after = f" à partir du {_said(ends_on + timedelta(days=1))}" if ends_on else " à mon retour"
    signed = f"{_BYE}{name}"
    outside = f"{_HELLO}Je suis absent(e){until} et vous répondrai{after}.{signed}"
    return (
        Model(
            "conges",
            "Congés",
            f"{_HELLO}Je suis en congé{between}. Je lirai votre message{after}.{signed}",
            outside,
        ),
        Model(
            "formation",
            "Formation ou réunion",
            f"{_HELLO}Je suis en formation{between} et consulte peu mes courriels. "
            f"Je vous réponds{after}.{signed}",
            outside,
        ),
        Model(
            "relais",
            "Un collègue prend le relais",
            f"{_HELLO}Je suis absent(e){until}. Pour ce qui ne peut attendre, adressez-vous à la personne "
            f"nommée ci-dessous.{signed}",
            outside,
        ),
        Model(
            "partiel",
            "Temps partiel",
            f"{_HELLO}Je ne travaille pas aujourd’hui. Je lirai votre message à mon prochain jour de "
            f"présence.{signed}",
            f"{_HELLO}Je ne travaille pas aujourd’hui et vous répondrai dès mon prochain jour de "
            f"présence.{signed}",
        ),
        Model("neutre", "Absence, sans autre précision", outside, outside),
    )


def neutral(name: str, starts_on: date, ends_on: date) -> Absence:
    """What the help desk may set for somebody: that they are away and until when, to colleagues only."""
    text = (
        f"Bonjour,\n\n{name} est absent(e) jusqu’au {_said(ends_on)} inclus. Votre message est conservé et "
        "sera lu à son retour.\n\nRéponse automatique posée par l’assistance de la messagerie."
    )
    return Absence(
        is_on=True,
        starts_on=starts_on,
        ends_on=ends_on,
        internal_text=text,
        external_text="",
        place=Place.DESK,
    )


def gone(name: str, starts_on: date, ends_on: date, new_address: str, only_to: str = "") -> Absence:
    """What is answered for somebody who left or is away for long: neither why, nor until when.

    `new_address` only where the person agreed; `only_to`: a domain, where they are reached at another.
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


def _said(day: date | None) -> str:
    return f"{day:%d/%m/%Y}" if day else ""
