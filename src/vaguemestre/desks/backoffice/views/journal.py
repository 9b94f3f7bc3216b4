"""The journal: sought, read by pages, taken out as a file; reading it is written in it."""

from collections.abc import Iterable, Iterator, Mapping
from itertools import batched
from typing import Any

from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET

from vaguemestre.access.signin.http import SignedInRequest
from vaguemestre.desks.backoffice import services
from vaguemestre.desks.backoffice.forms import JournalForm
from vaguemestre.desks.backoffice.http import by_, for_administrators
from vaguemestre.desks.backoffice.queries import journal_sought
from vaguemestre.desks.backoffice.rules.actors import actors_in, numbers_of
from vaguemestre.desks.backoffice.rules.acts import ACTS, act_said
from vaguemestre.desks.backoffice.rules.details import details_said
from vaguemestre.foundation.journal.queries import Sought, Written, journal_head, journal_lines, journal_page
from vaguemestre.foundation.kernel.errors import Refusal
from vaguemestre.foundation.kernel.texts import bare
from vaguemestre.foundation.ui.listing import Listing
from vaguemestre.foundation.ui.refusals import sentence
from vaguemestre.foundation.ui.sheets import sheet
from vaguemestre.people.credentials.queries import usernames_of
from vaguemestre.people.directory.queries import shown_names


@require_GET
@for_administrators
def show(request: SignedInRequest) -> HttpResponse:
    services.note_reading(by_(request), now=timezone.now())
    form = JournalForm(request.GET)
    listing = Listing.of(request.GET, ("-ligne", "ligne"), count=50)
    rows: tuple[Written, ...] = ()
    total, problem = 0, ""
    try:
        rows, total = journal_page(
            _sought(form), first=listing.first, count=listing.count, backwards=listing.backwards
        )
    except Refusal as refusal:
        problem = sentence(refusal)
    number, seal = journal_head()
    told = {
        "form": form,
        "rows": list(_shown(rows)),
        "total": total,
        "listing": listing,
        "head": number,
        "seal": seal,
        "acts": sorted(set(ACTS.values()), key=bare),
        "problem": problem,
        "file": reverse("backoffice:journal-file") + listing.link(tri=""),
        "is_asked": any(request.GET.get(name) for name in form.fields),
    }
    return render(request, "backoffice/journal.html", told)


@require_GET
@for_administrators
def take(request: SignedInRequest) -> HttpResponseBase:
    """The lines sought, as a file; that is written in the journal too."""
    form = JournalForm(request.GET)
    sought = _sought(form)
    services.note_taking("journal", "journal", by=by_(request), now=timezone.now())
    header = ("ligne", "date", "acte", "libelle", "par", "sur", "details")
    return sheet("journal", header, _cells(journal_lines(sought)))


def _sought(form: JournalForm) -> Sought:
    """What the page shows, as typed, becomes what the journal writes."""
    return journal_sought(form.typed("acte"), form.typed("par"), form.typed("objet"), form.dates)


def _shown(rows: Iterable[Written]) -> Iterator[dict[str, Any]]:
    kept = list(rows)
    told = [row.by for row in kept] + [row.to for row in kept]
    names = actors_in(told, usernames_of)
    people = shown_names(numbers_of("person", told))
    for row in kept:
        number = next(iter(numbers_of("person", [row.to])), 0)
        yield {
            "line": row,
            "act": act_said(row.action),
            "by": names.get(row.by, row.by),
            "to": people.get(number) or names.get(row.to, row.to),
            "details": details_said(row.details),
        }


def _cells(rows: Iterable[Written]) -> Iterator[tuple[object, ...]]:
    for some in batched(rows, 500):
        for one in _shown(some):
            line = one["line"]
            when = timezone.localtime(line.at).isoformat(sep=" ", timespec="seconds")
            yield line.number, when, line.action, one["act"], one["by"], one["to"], _as_kept(line.details)


def _as_kept(details: Mapping[str, object]) -> str:
    """In the file, which is evidence, the details are as they were sealed."""
    return " ; ".join(f"{name} = {value}" for name, value in details.items())
