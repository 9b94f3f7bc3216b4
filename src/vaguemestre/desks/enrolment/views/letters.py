"""Letters with a NUMEN: made to be printed, each reading journaled."""

from collections.abc import Sequence
from datetime import date

from django.conf import settings
from django.http import Http404, HttpResponse
from django.utils import timezone
from django.utils.formats import date_format

from vaguemestre.desks.enrolment import queries, services
from vaguemestre.desks.enrolment.http import OfficerRequest
from vaguemestre.desks.enrolment.rules import letters
from vaguemestre.desks.enrolment.values import Letter
from vaguemestre.foundation.kernel.times import paris_day
from vaguemestre.foundation.ui.printed import LetterHead, Printed
from vaguemestre.people.directory.ports import numen_keys


def letters_pdf(request: OfficerRequest, people: Sequence[tuple[int, str]], name: str) -> HttpResponse:
    """`people`: (person, postal address). One page each, those without a NUMEN left out."""
    config, keys, now = settings.CONFIG, numen_keys.get(), timezone.now()
    made: list[Letter] = []
    for person_id, postal in people:
        letter = queries.letter_of(
            request.scope, person_id, keys, postal, config.academy.name, config.public_url,
            writer=request.who.name,
        )  # fmt: skip
        if letter is not None:
            services.reveal_numen(
                request.scope, person_id, keys, "letter", by=f"account:{request.who.account_id}", now=now
            )
            made.append(letter)
    if not made:
        raise Http404
    answer = HttpResponse(_printed(made, paris_day(now)), content_type="application/pdf")
    answer["Content-Disposition"] = f'attachment; filename="{name}-{paris_day(now).isoformat()}.pdf"'
    answer["Cache-Control"] = "no-store"
    return answer


def _printed(made: Sequence[Letter], day: date) -> bytes:
    printed = Printed(letters.TITLE, made[0].academy, is_letter=True)
    for letter in made:
        printed.next_letter(
            LetterHead(
                letters.sender(letter),
                letters.recipient(letter),
                letters.place_and_date(letter, date_format(day, "j F Y")),
                letters.references(letter),
            )
        )
        for paragraph in letters.paragraphs(letter):
            printed.paragraph(paragraph)
        printed.facts(letters.facts(letter))
        for paragraph in letters.activation(letter):
            printed.paragraph(paragraph)
        printed.paragraph(letters.closing(letter))
        printed.signed(letters.signatory(letter))
    return printed.content()
