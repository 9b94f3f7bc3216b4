"""Import, export and duplicates."""

from collections.abc import Iterator
from contextlib import contextmanager
from threading import Lock

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from vaguemestre.access.signin.http import SignedInRequest, signed_in
from vaguemestre.foundation.kernel.errors import Refusal
from vaguemestre.foundation.ui.refusals import sentence
from vaguemestre.mailbox.contacts import queries, services
from vaguemestre.mailbox.contacts.forms import FileForm
from vaguemestre.mailbox.contacts.http import redirect_to, requested_book
from vaguemestre.mailbox.contacts.ports import FileReaderBusy, read_apart
from vaguemestre.mailbox.contacts.rules.file_task import CSV

MAX_LINES_SHOWN = 200
_FILE = Lock()
_KINDS = {"vcf": "3.0", "vcf4": "4.0", "csv": CSV}


@require_POST
@signed_in
def import_contacts(request: SignedInRequest) -> HttpResponse:
    """Import a file and report what was done."""
    book, form = requested_book(request), FileForm(request.POST, request.FILES)
    imported, error = None, ""
    if form.is_valid():
        try:
            with _only_file():
                imported = services.import_file(book, form.cleaned_data["file"].read(), read_apart.get())
        except Refusal as refusal:
            error = sentence(refusal)
    invalid_lines = imported.invalid_lines[:MAX_LINES_SHOWN] if imported else ()
    context = {
        "book": book,
        "form": form,
        "imported": imported,
        "error": error,
        "invalid_lines": [
            (line, sentence(Refusal(line.code, address=line.excerpt))) for line in invalid_lines
        ],
    }
    return render(request, "contacts/imported.html", context, status=200 if imported else 422)


@require_GET
@signed_in
def export_contacts(request: SignedInRequest, kind: str) -> HttpResponse:
    """Export the book as `vcf` (vCard 3.0), `vcf4` (4.0) or `csv`."""
    book = requested_book(request)
    day = timezone.localdate().isoformat()
    with _only_file():
        text = services.export_book(book, _KINDS[kind], read_apart.get(), most=services.MAX_PAGE_CHARACTERS)
    if kind == "csv":
        text, mime, name = "\ufeff" + text, "text/csv", f"contacts-{day}.csv"
    else:
        mime, name = "text/vcard", f"contacts-{day}.vcf"
    answer = HttpResponse(text, content_type=f"{mime}; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


@require_http_methods(["GET", "POST"])
@signed_in
def show_duplicates(request: SignedInRequest) -> HttpResponse:
    """Sets of duplicates. POST: merge the chosen cards."""
    book = requested_book(request)
    if request.method == "POST":
        contact_ids = [
            int(contact_id) for contact_id in request.POST.getlist("contact") if contact_id.isdecimal()
        ]
        services.merge_duplicates(book, contact_ids)
        return redirect_to(book, "fusionne", "duplicates")
    context = {"book": book, "sets": queries.duplicates_in(book), "notice": request.GET.get("fait", "")}
    return render(request, "contacts/duplicates.html", context)


@contextmanager
def _only_file() -> Iterator[None]:
    """One file at a time in this process: it holds one of the threads of the pages, and nobody else's.

    Raises Refusal `contacts.file-busy`, at once.
    """
    if not _FILE.acquire(blocking=False):
        raise Refusal("contacts.file-busy")
    try:
        yield
    except FileReaderBusy as error:
        raise Refusal("contacts.file-busy") from error
    finally:
        _FILE.release()
