"""Letters with a NUMEN as PDF; every disclosure is journaled."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from django.conf import settings
from django.http import Http404, HttpResponse
from django.utils import timezone

from vaguemestre.desks.enrolment import queries
from vaguemestre.desks.enrolment.http import OfficerRequest
from vaguemestre.desks.enrolment.ports import disclose_numen
from vaguemestre.desks.enrolment.rules import letters
from vaguemestre.desks.enrolment.values import DeliveryLetter
from vaguemestre.foundation.kernel.text.french_dates import day_fr
from vaguemestre.foundation.kernel.times import paris_day
from vaguemestre.foundation.ui.academy import academy_of
from vaguemestre.foundation.ui.printed import LetterHead, PrintedDocument, Slip
from vaguemestre.people.paragraphs.queries import paragraph_for
from vaguemestre.people.paragraphs.values import LetterKind


def letters_pdf(request: OfficerRequest, people: Sequence[tuple[int, str]], name: str) -> HttpResponse:
    """The letters to these people (person id, postal address), one page each; without NUMEN, none."""
    config, disclose, now = settings.CONFIG, disclose_numen.get(), timezone.now()
    deliveries: list[DeliveryLetter] = []
    paragraph = paragraph_for(LetterKind.NUMEN_LETTER, academy_of(request).domain)
    for person_id, postal in people:
        letter = queries.letter_of(
            request.scope, person_id, postal, academy_of(request).name, config.public_url,
            writer=request.who.name,
        )  # fmt: skip
        if letter is not None:
            numen = disclose(request.who.account_id, person_id, "letter")
            deliveries.append(replace(letter, numen=numen, paragraph=paragraph))
    if not deliveries:
        raise Http404
    response = HttpResponse(print_letters(deliveries, paris_day(now)), content_type="application/pdf")
    response["Content-Disposition"] = f'attachment; filename="{name}-{paris_day(now).isoformat()}.pdf"'
    response["Cache-Control"] = "no-store"
    return response


def print_letters(deliveries: Sequence[DeliveryLetter], day: date) -> bytes:
    """One sheet for each: the NUMEN stands on its slip only, so that the letter may be filed without it."""
    document = PrintedDocument(letters.TITLE, deliveries[0].academy, is_letter=True)
    for letter in deliveries:
        document.next_letter(
            LetterHead(
                letters.sender(letter),
                letters.recipient(letter),
                letters.place_and_date(letter, day_fr(day)),
                letters.references(letter),
            )
        )
        for paragraph in letters.paragraphs(letter):
            document.paragraph(paragraph)
        document.paragraph(letters.closing(letter))
        document.signed(letters.signatory(letter), has_slip=True)
        slip = Slip(
            letters.slip_title(letter),
            letters.facts(letter),
            (letters.NUMEN,),
            letters.steps(letter),
            letter.page,
        )
        document.slip(slip)
    return document.content()
