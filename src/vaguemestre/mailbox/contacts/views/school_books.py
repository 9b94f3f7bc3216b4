"""Address book of a school: creation and writers."""

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_POST

from vaguemestre.access.signin.http import SignedInRequest, signed_in
from vaguemestre.foundation.kernel.errors import Refusal
from vaguemestre.foundation.ui.refusals import sentence
from vaguemestre.mailbox.contacts import queries, services
from vaguemestre.mailbox.contacts.forms import WriterForm
from vaguemestre.mailbox.contacts.http import redirect_to, requested_book


@require_POST
@signed_in
def begin_book(request: SignedInRequest) -> HttpResponse:
    """Create the book of the head's school."""
    book = requested_book(request)
    services.begin_book(request.who.account_id, book, now=timezone.now())
    return redirect_to(book, "carnet")


@require_POST
@signed_in
def change_writers(request: SignedInRequest) -> HttpResponse:
    """Allow `who` (username or address) to write, or `remove` an account."""
    book, account_id, now = requested_book(request), request.who.account_id, timezone.now()
    removed = request.POST.get("remove", "")
    if removed.isdecimal():
        services.forbid_writer(account_id, book, int(removed), now=now)
        return redirect_to(book, "droits")
    form, error = WriterForm(request.POST), ""
    if form.is_valid():
        try:
            services.allow_writer(account_id, book, form.cleaned_data["who"], now=now)
            return redirect_to(book, "droits")
        except Refusal as refusal:
            error = sentence(refusal)
    context = {
        "book": book,
        "books": queries.books_of(account_id),
        "has_book": True,
        "is_head": True,
        "writers": queries.writers_of(book),
        "contacts": queries.contacts_in(book, only="kept"),
        "writer_error": error or "Écrivez un identifiant ou une adresse.",
        "typed": request.POST.get("who", ""),
    }
    return render(request, "contacts/list.html", context, status=422)
