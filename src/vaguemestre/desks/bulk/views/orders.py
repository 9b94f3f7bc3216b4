"""Choose an act for the people selected; the next page shows it as a dry run."""

from django.conf import settings
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from vaguemestre.access.signin.administrators import actor_of, for_administrators
from vaguemestre.access.signin.http import SignedInRequest
from vaguemestre.access.signin.offices import within_academy
from vaguemestre.desks.bulk import queries, services
from vaguemestre.desks.bulk.forms import OrderForm, PeopleSearchForm
from vaguemestre.desks.bulk.labels_fr import ACTS, consequence
from vaguemestre.desks.bulk.rules.usernames import MAX_BYTES
from vaguemestre.desks.bulk.values import Act, Selection
from vaguemestre.foundation.kernel.errors import Refusal
from vaguemestre.foundation.kernel.times import paris_day
from vaguemestre.foundation.ui.listing import Listing
from vaguemestre.foundation.ui.refusals import sentence
from vaguemestre.people.directory.queries import service_summaries

_MAX_TICKED = 200


@require_http_methods(["GET", "POST"])
@for_administrators
@within_academy
def open_act(request: SignedInRequest) -> HttpResponse:
    """`acte`: the act; whom: `qui` (people ticked), `par=fichier` (a file), else the search's fields."""
    act, by_file = _act(request), request.GET.get("par") == "fichier"
    selection, is_everybody = (Selection(()), False) if by_file else _selection(request)
    form = OrderForm(
        act, request.POST or None, request.FILES or None, by_file=by_file, is_everybody=is_everybody
    )
    if request.method == "POST" and form.is_valid():
        try:
            if by_file:
                content = form.cleaned_data["file"].read(MAX_BYTES + 1)
                selection = queries.select_by_file(content, request.who.office_academy)
            act_id = services.open_act(
                form.order(),
                selection,
                settings.CONFIG.bulk.most_people,
                academy_id=request.who.office_academy,
                by=actor_of(request),
                now=timezone.now(),
            )
        except Refusal as refusal:
            field = str(refusal.facts.get("field", ""))
            form.add_error(field if field in form.fields else None, sentence(refusal))
        else:
            return HttpResponseRedirect(reverse("bulk:act", args=(act_id,)))
    context = {
        "form": form,
        "act": act,
        "title": ACTS[act],
        "consequence": consequence(act, settings.CONFIG.signin.second_factor_days),
        "tabs": [(key, title, _link(request, key)) for key, title in ACTS.items()],
        "by_file": by_file,
        "people": len(selection.account_ids),
        "most": settings.CONFIG.bulk.most_people,
    }
    return render(request, "bulk/open.html", context, status=422 if form.errors else 200)


def _act(request: SignedInRequest) -> Act:
    try:
        return Act(request.GET.get("acte", Act.NOTICE))
    except ValueError as error:
        raise Http404 from error


def _link(request: SignedInRequest, act: Act) -> str:
    """The same selection with another act."""
    query = request.GET.copy()
    query["acte"] = act
    return "?" + query.urlencode()


def _selection(request: SignedInRequest) -> tuple[Selection, bool]:
    """Whom the boxes ticked or the search select, and whether that is everybody.

    A field with an error selects nobody: left out, it would select more people than were meant.
    """
    academy_id, ticked = request.who.office_academy, request.GET.getlist("qui")
    if ticked:
        numbers = [int(number) for number in ticked[:_MAX_TICKED] if _is_number(number)]
        return queries.select_people(numbers), False
    services_offered = [(service.service_id, service.code) for service in service_summaries(academy_id)]
    form = PeopleSearchForm(Listing.of(request.GET, ("nom",)).query, services_offered)
    if not form.is_valid():
        return Selection(()), False
    criteria = form.sought_in(academy_id, paris_day(timezone.now()))
    found = queries.select_by_search(criteria, form.state, settings.CONFIG.bulk.most_people)
    return found, form.is_empty


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) < 18
