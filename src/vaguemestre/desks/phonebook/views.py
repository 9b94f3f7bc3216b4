"""Pages of the phonebook: search, a colleague's card, one's own card."""

from dataclasses import replace
from uuid import UUID

from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods

from vaguemestre.access.signin.http import SignedInRequest, signed_in
from vaguemestre.access.signin.queries import hidden_academies
from vaguemestre.desks.phonebook import services
from vaguemestre.desks.phonebook.forms import OwnCardForm, SearchForm
from vaguemestre.foundation.journal.values import account_subject
from vaguemestre.foundation.kernel.times import paris_day
from vaguemestre.foundation.ui.listing import Listing
from vaguemestre.foundation.ui.pages import stand_under
from vaguemestre.foundation.ui.places import OWN_STAFF
from vaguemestre.people.credentials.queries import identified
from vaguemestre.people.directory.queries import book_card, book_page, book_school, own_card


@require_GET
@signed_in
def search(request: SignedInRequest) -> HttpResponse:
    """The search page, or its results only for an htmx request."""
    form = SearchForm(request.GET)
    criteria = replace(form.criteria, hidden_academies=hidden_academies(request.who))
    listing = Listing.of(request.GET, ("nom",))
    cards, is_more = book_page(
        criteria,
        paris_day(timezone.now()),
        first=listing.first,
        count=listing.count,
        backwards=listing.backwards,
    )
    context = {
        "form": form,
        "cards": cards,
        "listing": listing,
        "is_more": is_more,
        "last": listing.first + len(cards),
        "has_criteria": any((criteria.words, criteria.school, criteria.function, criteria.discipline)),
        "school": book_school(criteria.school.strip().upper()) if criteria.school else "",
    }
    is_page = "HX-Request" not in request.headers
    return render(request, "phonebook/search.html" if is_page else "phonebook/results.html", context)


@require_GET
@signed_in
def show_card(request: SignedInRequest, public_id: UUID) -> HttpResponse:
    card = book_card(public_id, paris_day(timezone.now()), hidden_academies=hidden_academies(request.who))
    if card is None:
        raise Http404
    is_from_staff = request.GET.get("depuis") == "mes-personnels"
    if is_from_staff:
        stand_under(request, OWN_STAFF)
    return render(request, "phonebook/card.html", {"card": card, "is_from_staff": is_from_staff})


@require_http_methods(["GET", "POST"])
@signed_in
def show_own(request: SignedInRequest) -> HttpResponse:
    """One's own card, with its phone and red-list setting to edit."""
    now = timezone.now()
    person_id = identified(request.who.account_id).person_id
    own = own_card(person_id, paris_day(now)) if person_id else None
    if person_id is None or own is None:
        raise Http404
    card, unlisted = own
    form = OwnCardForm(request.POST or None, initial={"phone": card.phone, "unlisted": unlisted})
    if request.method == "POST":
        form = OwnCardForm(request.POST)
        if form.is_valid():
            services.change_card(
                person_id,
                form.cleaned_data["phone"],
                unlisted=form.cleaned_data["unlisted"],
                by=account_subject(request.who.account_id),
                now=now,
            )
            return HttpResponseRedirect(f"{reverse('phonebook:own')}?fait=1")
    context = {"card": card, "form": form, "unlisted": unlisted, "done": "fait" in request.GET}
    return render(request, "phonebook/own.html", context, status=422 if form.errors else 200)
