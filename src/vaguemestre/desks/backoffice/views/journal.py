"""The journal: search, pages, download. Reading it is journaled."""

import re
from collections.abc import Iterable, Iterator, Mapping
from itertools import batched
from typing import NamedTuple

from django.http import HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET

from vaguemestre.access.signin.administrators import actor_of, for_auditors
from vaguemestre.access.signin.http import SignedInRequest
from vaguemestre.desks.backoffice import services
from vaguemestre.desks.backoffice.forms.administration import JournalForm
from vaguemestre.desks.backoffice.queries import journal_criteria, thing_names
from vaguemestre.desks.backoffice.rules.action_labels import ACTION_LABELS, action_label
from vaguemestre.desks.backoffice.rules.actors import actor_names
from vaguemestre.desks.backoffice.rules.details import details_label
from vaguemestre.desks.backoffice.rules.things import thing_label
from vaguemestre.foundation.journal.chain import last_seal, unsealed_entries
from vaguemestre.foundation.journal.queries import (
    JournalEntry,
    JournalFilter,
    filtered_entries,
    journal_page,
)
from vaguemestre.foundation.journal.values import numbers_of
from vaguemestre.foundation.journal.verification import sealed_months
from vaguemestre.foundation.kernel.errors import Refusal
from vaguemestre.foundation.kernel.texts import without_accents
from vaguemestre.foundation.ui.files.sheets import csv_response
from vaguemestre.foundation.ui.listing import Listing
from vaguemestre.foundation.ui.refusals import sentence
from vaguemestre.people.credentials.queries import usernames_of
from vaguemestre.people.directory.queries import shown_names


@require_GET
@for_auditors
def show(request: SignedInRequest) -> HttpResponse:
    services.record_journal_reading(actor_of(request), now=timezone.now())
    form = JournalForm(request.GET)
    listing = Listing.of(request.GET, ("-ligne", "ligne"), count=50)
    rows: tuple[JournalEntry, ...] = ()
    total, problem = 0, ""
    is_searched = form.is_valid()  # a day that is none would be a search of all days
    try:
        if is_searched:
            rows, total = journal_page(
                _criteria(form), first=listing.first, count=listing.count, backwards=listing.backwards
            )
    except Refusal as refusal:
        problem = sentence(refusal)
    number, seal = last_seal()
    context = {
        "form": form,
        "rows": list(_display_rows(rows)),
        "total": total,
        "is_searched": is_searched,
        "listing": listing,
        "head": number,
        "seal": seal,
        "waiting": unsealed_entries().count(),
        "months": sealed_months(),
        "acts": sorted(set(ACTION_LABELS.values()), key=without_accents),
        "problem": problem,
        "file": reverse("backoffice:journal-file") + listing.link(tri=""),
        "is_asked": any(request.GET.get(name) for name in form.fields),
    }
    return render(request, "backoffice/journal.html", context)


@require_GET
@for_auditors
def download(request: SignedInRequest) -> HttpResponseBase:
    """Download the matching lines; the download is journaled. Back to the page if a day of it is none."""
    form = JournalForm(request.GET)
    if not form.is_valid():
        return HttpResponseRedirect(f"{reverse('backoffice:journal')}?{request.GET.urlencode()}")
    criteria = _criteria(form)
    services.record_download("journal", "journal", by=actor_of(request), now=timezone.now())
    header = ("ligne", "date", "acte", "libelle", "par", "sur", "details")
    return csv_response("journal", header, _cells(filtered_entries(criteria)))


def _criteria(form: JournalForm) -> JournalFilter:
    """The search criteria of the form."""
    return journal_criteria(form.typed("acte"), form.typed("par"), form.typed("objet"), form.dates)


_SUBJECT = re.compile(r"[a-z-]+:\d+")


class _DisplayRow(NamedTuple):
    line: JournalEntry
    act: str
    by: str
    to: str
    details: str


def _display_rows(rows: Iterable[JournalEntry]) -> Iterator[_DisplayRow]:
    lines = list(rows)
    subjects = [line.by for line in lines] + [line.to for line in lines]
    subjects += [
        str(value) for line in lines for value in line.details.values() if _SUBJECT.fullmatch(str(value))
    ]
    names = actor_names(subjects, usernames_of)
    names |= thing_names(subjects)
    people = shown_names(numbers_of("person", subjects))
    for row in lines:
        number = next(iter(numbers_of("person", [row.to])), 0)
        yield _DisplayRow(
            line=row,
            act=action_label(row.action),
            by=thing_label(names.get(row.by, row.by)),
            to=people.get(number) or thing_label(names.get(row.to, row.to)),
            details=details_label(row.details, names),
        )


def _cells(rows: Iterable[JournalEntry]) -> Iterator[tuple[object, ...]]:
    for batch in batched(rows, 500):
        for row in _display_rows(batch):
            line = row.line
            when = timezone.localtime(line.at).isoformat(sep=" ", timespec="seconds")
            yield line.number, when, line.action, row.act, row.by, row.to, _raw_details(line.details)


def _raw_details(details: Mapping[str, object]) -> str:
    """The details as sealed: the file is evidence."""
    return " ; ".join(f"{name} = {value}" for name, value in details.items())
