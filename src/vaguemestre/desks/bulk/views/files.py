"""The files that an act on many made: letters, or the list. Each download is journaled."""

from collections.abc import Sequence
from functools import cache, partial

from django.conf import settings
from django.http import Http404, HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_POST

from vaguemestre.access.signin.administrators import actor_of, for_recent_administrators
from vaguemestre.access.signin.http import SignedInRequest, act_words
from vaguemestre.access.signin.offices import within_academy
from vaguemestre.desks.bulk import files, queries, services
from vaguemestre.desks.bulk.rules.letter_text import Letter
from vaguemestre.desks.bulk.values import Act, ActFile, Listed, State
from vaguemestre.desks.bulk.views.acts import WITH_FILE, file_or_404
from vaguemestre.desks.enrolment.forms.officer_forms import CATEGORY_LABELS
from vaguemestre.foundation.kernel.times import paris_day
from vaguemestre.foundation.ui.files.sheets import csv_lines
from vaguemestre.people.paragraphs.queries import paragraph_for
from vaguemestre.people.paragraphs.values import LetterKind


@require_POST
@act_words("télécharger la liste ou les lettres d’un acte")
@for_recent_administrators
@within_academy
def download(request: SignedInRequest, act_id: int) -> HttpResponse:
    file, now = file_or_404(request, act_id), timezone.now()
    people = queries.people_done(act_id, file.academy_id)
    if file.order.act not in WITH_FILE or file.state is not State.DONE or not people:
        raise Http404
    services.record_file_taken(act_id, by=actor_of(request), now=now)
    if file.order.act is Act.EXPORT:
        content = "".join(csv_lines(files.HEADER, files.rows(people, _category)))
        response = HttpResponse(content, content_type="text/csv; charset=utf-8")
        response["Content-Disposition"] = f'attachment; filename="personnes-{act_id}.csv"'
        return response
    return _letters(file, people)


def _letters(file: ActFile, people: Sequence[Listed]) -> HttpResponse:
    config = settings.CONFIG
    letters, paragraph = [], cache(partial(paragraph_for, LetterKind.ACTIVATION_LETTER))
    for one in people:
        domain = one.address.partition("@")[2]
        letters.append(
            Letter(
                one.name,
                one.username,
                one.address,
                one.place,
                one.academy,
                one.service,
                config.site_of(domain),
                paragraph(domain),
            )
        )
    response = HttpResponse(
        files.letters_pdf(letters, paris_day(timezone.now())), content_type="application/pdf"
    )
    response["Content-Disposition"] = f'attachment; filename="lettres-{file.act_id}.pdf"'
    return response


def _category(code: str) -> str:
    return next((str(title) for key, title in CATEGORY_LABELS.items() if key == code), code)
