"""People across services: found, their account, the lines of feeds that changed them; no civil status."""

from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from vaguemestre.access.signin.http import SignedInRequest, act_words
from vaguemestre.desks.backoffice import services
from vaguemestre.desks.backoffice.forms import PeopleSearchForm, RoleForm, category_said
from vaguemestre.desks.backoffice.http import by_, changes, for_administrators
from vaguemestre.desks.backoffice.rules.actors import actors_in
from vaguemestre.desks.backoffice.rules.acts import act_said
from vaguemestre.desks.backoffice.rules.reasons import reason_said
from vaguemestre.desks.backoffice.rules.roles import SHOWN
from vaguemestre.foundation.journal.queries import Kept, lines_about
from vaguemestre.foundation.kernel.errors import Refusal
from vaguemestre.foundation.ui.listing import Listing
from vaguemestre.foundation.ui.refusals import sentence
from vaguemestre.people.credentials.queries import account_of_person, lives_of, presented, usernames_of
from vaguemestre.people.directory.ports import numen_keys
from vaguemestre.people.directory.queries import (
    PersonSummary,
    addresses_by_person,
    current_numen,
    people_page,
    person_summary,
    placed_posts_of,
    service_summaries,
)
from vaguemestre.people.directory.rules.nomenclature import discipline_label, function_label
from vaguemestre.people.intake.queries import applied_lines_of_person

STATES = {
    "pending": "Jamais activé",
    "active": "Actif",
    "suspended": "Suspendu",
    "closed": "Fermé",
}
_STORY = 60
_OF_THE_ACCOUNT = ("credentials.account-", "credentials.mailbox-", "directory.civil-status-")


@require_GET
@for_administrators
def list_all(request: SignedInRequest) -> HttpResponse:
    known = [(one.service_id, one.code) for one in service_summaries()]
    form = PeopleSearchForm(request.GET, known)
    listing = Listing.of(request.GET, ("nom",))
    rows, total = people_page(
        form.sought, first=listing.first, count=listing.count, backwards=listing.backwards
    )
    lives = lives_of([one.person_id for one in rows])
    told = {
        "form": form,
        "rows": [(one, category_said(one.category), _state(lives.get(one.person_id))) for one in rows],
        "total": total,
        "listing": listing,
    }
    return render(request, "backoffice/people.html", told)


@require_GET
@for_administrators
def show(request: SignedInRequest, person_id: int) -> HttpResponse:
    return _page(request, _known(person_id))


@require_POST
@changes
@act_words("changer le rôle d’une personne")
def change_role(request: SignedInRequest, person_id: int) -> HttpResponse:
    person = _known(person_id)
    account = account_of_person(person_id)
    form = RoleForm(request.POST)
    if account is None or not form.is_valid():
        raise Http404
    try:
        services.change_role(
            account.account_id,
            form.cleaned_data["role"],
            request.who.account_id,
            by=by_(request),
            now=timezone.now(),
        )
    except Refusal as refusal:
        return _page(request, person, problem=sentence(refusal))
    return HttpResponseRedirect(f"{reverse('backoffice:person', args=[person_id])}?fait=1")


def _known(person_id: int) -> PersonSummary:
    found = person_summary(person_id)
    if found is None:
        raise Http404
    return found


def _page(request: SignedInRequest, person: PersonSummary, *, problem: str = "") -> HttpResponse:
    known = account_of_person(person.person_id)
    account = presented(known.account_id) if known else None
    numen = current_numen(person.person_id, numen_keys.get())
    story = lines_about(f"person:{person.person_id}", limit=_STORY)
    if account:
        story += lines_about(f"account:{account.account_id}", limit=_STORY)
    if person.erased_at:  # what happened to them is nobody's business any more
        story = [line for line in story if line.action.startswith(_OF_THE_ACCOUNT)]
    story.sort(key=lambda line: line.at, reverse=True)
    told = {
        "person": person,
        "category": category_said(person.category),
        "account": account,
        "state": STATES.get(account.state, account.state) if account else "",
        "role": SHOWN.get(account.role, account.role) if account else "",
        "role_form": RoleForm(initial={"role": account.role}) if account else None,
        "addresses": addresses_by_person([person.person_id]).get(person.person_id, []),
        "posts": [
            (post, place, function_label(post.function), discipline_label(post.discipline))
            for post, place in placed_posts_of(person.person_id)
        ],
        "masked": numen.masked if numen else "",
        "lines": [(line, reason_said(line.what)) for line in applied_lines_of_person(person.person_id)],
        "story": _told(story[:_STORY]),
        "done": "fait" in request.GET,
        "problem": problem,
    }
    return render(request, "backoffice/person.html", told, status=409 if problem else 200)


def _told(story: list[Kept]) -> list[tuple[Kept, str, str]]:
    """Each line, its act in words and who did it."""
    names = actors_in([line.by for line in story], usernames_of)
    return [(line, act_said(line.action), names.get(line.by, line.by)) for line in story]


def _state(life: object) -> str:
    """`lives_of` gives the account, the username and the state."""
    return str(STATES.get(str(life[2]), str(life[2]))) if isinstance(life, tuple) and len(life) > 2 else ""
