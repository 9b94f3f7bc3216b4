"""Files of an act on many: activation letters as one PDF, and the list as CSV rows."""

from collections.abc import Callable, Iterator, Sequence
from datetime import date

from vaguemestre.desks.bulk.rules import letter_text
from vaguemestre.desks.bulk.rules.letter_text import Letter
from vaguemestre.desks.bulk.values import Listed
from vaguemestre.foundation.kernel.text.french_dates import day_fr
from vaguemestre.foundation.ui.printed import LetterHead, PrintedDocument, Slip
from vaguemestre.people.credentials.labels_fr import ACCOUNT_STATE_LABELS

HEADER = ("nom", "identifiant", "adresse", "état du compte", "catégorie", "service", "poste", "académie")


def rows(people: Sequence[Listed], categories: Callable[[str], str]) -> Iterator[Sequence[str]]:
    """A row of the CSV file for each person, under HEADER."""
    for one in people:
        state = ACCOUNT_STATE_LABELS.get(one.state, one.state)
        yield (
            one.name, one.username, one.address, state, categories(one.category), one.service, one.place,
            one.academy,
        )  # fmt: skip


def letters_pdf(letters: Sequence[Letter], day: date) -> bytes:
    """One page for each person."""
    document = PrintedDocument(letter_text.TITLE, letters[0].academy, is_letter=True)
    for letter in letters:
        document.next_letter(
            LetterHead(
                letter_text.sender(letter),
                letter_text.recipient(letter),
                f"Le {day_fr(day)}",
                (("Objet", letter_text.TITLE),),
            )
        )
        for paragraph in letter_text.paragraphs(letter):
            document.paragraph(paragraph)
        document.signed(letter_text.sender(letter), has_slip=True)
        page = letter_text.activation_page(letter)
        document.slip(
            Slip(letter_text.SLIP_TITLE, letter_text.facts(letter), (), letter_text.steps(letter), page)
        )
    return document.content()
