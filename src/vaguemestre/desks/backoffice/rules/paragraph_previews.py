"""The text of each letter as somebody imaginary would get it, cut where the académie's paragraph stands."""

from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime
from email import message_from_bytes
from email.policy import default
from typing import NamedTuple

from vaguemestre.access.assistant.rules.welcome import welcome_message
from vaguemestre.desks.bulk.rules import letter_text
from vaguemestre.desks.enrolment.rules import letters
from vaguemestre.desks.enrolment.rules.request_mail import ServiceContact, applicant_mail
from vaguemestre.desks.enrolment.values import DeliveryLetter, RequestState
from vaguemestre.people.lifecycle.letters import closing_letter
from vaguemestre.people.paragraphs.values import LetterKind

_MARK = "\ue000"  # no paragraph holds it
_NAME, _USERNAME, _NUMEN = "Marie Exemple", "mexemple", "(son NUMEN)"
_DAY, _AT = date(2027, 1, 4), datetime(2027, 1, 4, 8, tzinfo=UTC)


class Preview(NamedTuple):
    """The text of a letter on each side of the paragraph."""

    before: str
    after: str


class Place(NamedTuple):
    """An académie as letters name it. `site`: the address of its pages, without a slash at its end."""

    academy: str
    domain: str
    site: str

    @property
    def address(self) -> str:
        return f"marie.exemple@{self.domain}"

    @property
    def sender(self) -> str:
        return f"ne-pas-repondre@{self.domain}"


def preview(kind: LetterKind, place: Place) -> Preview:
    before, _, after = _TEXTS[kind](place).partition(_MARK)
    return Preview(before.strip(), after.strip())


def _numen_letter(place: Place) -> str:
    letter = DeliveryLetter(
        civility="Mme", name=f"Mme {_NAME}", postal="", service="Service de gestion", service_code="",
        service_postal="", contacts=(), academy=place.academy, reference="", writer="", username=_USERNAME,
        has_namesake=False, address=place.address, numen=_NUMEN, page=f"{place.site}/assistant/",
        paragraph=_MARK,
    )  # fmt: skip
    return "\n\n".join((*letters.paragraphs(letter), letters.closing(letter), *letters.signatory(letter)))


def _activation_letter(place: Place) -> str:
    letter = letter_text.Letter(
        _NAME, _USERNAME, place.address, "", place.academy, "Service de gestion", place.site, _MARK
    )
    return "\n\n".join((*letter_text.paragraphs(letter), *letter_text.sender(letter)))


def _welcome(place: Place) -> str:
    return _text_of(
        welcome_message(
            name=_NAME, address=place.address, mailbox=f"{_USERNAME}@{place.domain}", username=_USERNAME,
            site=place.site, now=_AT, paragraph=_MARK,
        )
    )  # fmt: skip


def _numen_request(place: Place) -> str:
    content = applicant_mail(
        RequestState.SUBMITTED, "N27-EXEMPLE", ServiceContact("Service de gestion", "", ""),
        to=place.address, sender=place.sender, site=place.site, at=_AT, paragraph=_MARK,
    )  # fmt: skip
    return _text_of(content or b"")


def _closing(place: Place) -> str:
    return _text_of(
        closing_letter(
            to=place.address, sender=place.sender, site=place.site, closes_on=_DAY, at=_AT, paragraph=_MARK
        )
    )


def _text_of(content: bytes) -> str:
    return str(message_from_bytes(content, policy=default).get_content())


_TEXTS: Mapping[LetterKind, Callable[[Place], str]] = {
    LetterKind.NUMEN_LETTER: _numen_letter,
    LetterKind.ACTIVATION_LETTER: _activation_letter,
    LetterKind.WELCOME: _welcome,
    LetterKind.NUMEN_REQUEST: _numen_request,
    LetterKind.CLOSING: _closing,
}
