"""People of every service: search, account, role, feed lines that changed them; no civil status."""

from django.conf import settings
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from vaguemestre.access.signin.administrators import actor_of, for_administrators, for_recent_administrators
from vaguemestre.access.signin.http import SignedInRequest, act_words
from vaguemestre.access.signin.offices import reaches, within_academy
from vaguemestre.desks.backoffice import services
from vaguemestre.desks.backoffice.forms.administration import RoleForm, category_label
from vaguemestre.desks.backoffice.forms.service_classes import PersonClassForm
from vaguemestre.desks.backoffice.rules.action_labels import action_label
from vaguemestre.desks.backoffice.rules.actors import actor_names
from vaguemestre.desks.backoffice.rules.reasons import reason_label
from vaguemestre.desks.backoffice.rules.roles import ROLE_CONSEQUENCES, ROLE_LABELS
from vaguemestre.desks.bulk.forms import SEARCH_FIELDS, PeopleSearchForm
from vaguemestre.foundation.jobs.services import run_now
from vaguemestre.foundation.journal.queries import EntrySummary, entries_about
from vaguemestre.foundation.journal.values import account_subject, person_subject
from vaguemestre.foundation.kernel.errors import Refusal
from vaguemestre.foundation.kernel.times import paris_day
from vaguemestre.foundation.ui.confirmation import Confirmation, confirmation_page
from vaguemestre.foundation.ui.listing import Listing
from vaguemestre.foundation.ui.refusals import sentence
from vaguemestre.people.credentials.class_assignment import give_class
from vaguemestre.people.credentials.events import OfficeChanged
from vaguemestre.people.credentials.labels_fr import ACCOUNT_STATE_LABELS
from vaguemestre.people.credentials.queries import (
    PersonAccount,
    Presented,
    account_of_person,
    accounts_by_person,
    class_of_account,
    holds_second_factor,
    people_in_state,
    presented,
    usernames_of,
)
from vaguemestre.people.credentials.values import AccountRole
from vaguemestre.people.directory.ports import numen_keys
from vaguemestre.people.directory.queries import (
    PersonSummary,
    addresses_by_person,
    current_masked_numen,
    people_page,
    person_summary,
    placed_posts_of,
    service_summaries,
)
from vaguemestre.people.directory.rules.nomenclature import discipline_label, function_label
from vaguemestre.people.intake.queries import applied_lines_of_person
from vaguemestre.people.service_classes.queries import class_summaries

_HISTORY_LINES = 60
_ACCOUNT_ACTIONS = ("credentials.account-", "credentials.mailbox-", "directory.civil-status-")


@require_GET
@for_administrators
@within_academy
def list_all(request: SignedInRequest) -> HttpResponse:
    academy_id = request.who.office_academy
    service_choices = [(service.service_id, service.code) for service in service_summaries(academy_id)]
    form = PeopleSearchForm(request.GET, service_choices)
    listing = Listing.of(request.GET, ("nom",))
    rows, total = people_page(
        form.sought_in(academy_id, paris_day(timezone.now())),
        first=listing.first,
        count=listing.count,
        backwards=listing.backwards,
        among=people_in_state(form.state) if form.state else None,
    )
    accounts = accounts_by_person([row.person_id for row in rows])
    context = {
        "form": form,
        "rows": [(row, category_label(row.category), _state(accounts.get(row.person_id))) for row in rows],
        "total": total,
        "listing": listing,
        "search": [(name, listing.query.get(name, "")) for name in SEARCH_FIELDS],
        "may_act": total <= settings.CONFIG.bulk.most_people,
    }
    return render(request, "backoffice/people.html", context)


@require_GET
@for_administrators
@within_academy
def show(request: SignedInRequest, person_id: int) -> HttpResponse:
    return _page(request, _person_or_404(request, person_id))


@require_POST
@for_recent_administrators
@act_words("changer le rôle d’une personne")
@within_academy
def change_role(request: SignedInRequest, person_id: int) -> HttpResponse:
    person = _person_or_404(request, person_id)
    account_ref = account_of_person(person_id)
    account = presented(account_ref.account_id) if account_ref else None
    form = RoleForm(request.POST)
    if account is None:
        raise Http404
    if not form.is_valid():
        return _page(request, person, problem="Choisissez un rôle, et dites pourquoi.")
    role, reason = form.cleaned_data["role"], form.cleaned_data["reason"]
    asker, academy_id = request.who.account_id, request.who.office_academy
    try:
        services.check_role_change(account.account_id, role, asker, academy_id)
        if page := confirmation_page(request, _role_change(person, account, role, reason)):
            return page
        services.change_role(
            account.account_id, role, asker,
            by=actor_of(request), now=timezone.now(), reason=reason, office_academy=academy_id,
        )  # fmt: skip
    except Refusal as refusal:
        return _page(request, person, problem=sentence(refusal))
    run_now(OfficeChanged(account.account_id))
    return HttpResponseRedirect(f"{reverse('backoffice:person', args=[person_id])}?fait=1")


def _role_change(person: PersonSummary, account: Presented, role: AccountRole, reason: str) -> Confirmation:
    """The confirmation page: from which role to which, what that opens, who is told."""
    notice = (
        "La personne et les autres administrateurs l’apprennent"
        if role == AccountRole.ADMINISTRATOR
        else "La personne l’apprend"
    )
    return Confirmation(
        title="Changer ce rôle ?",
        facts=[
            ("Personne", account.name),
            ("Identifiant", account.username),
            ("Rôle", f"{ROLE_LABELS.get(account.role, account.role)} → {ROLE_LABELS[role]}"),
            ("Motif", reason),
        ],
        consequences=(ROLE_CONSEQUENCES[role], f"{notice} par un avertissement, avec le motif."),
        fields=[("role", role), ("reason", reason)],
        button="Changer le rôle",
        back=reverse("backoffice:person", args=[person.person_id]),
    )


@require_POST
@for_recent_administrators
@act_words("donner une classe de service à une personne")
@within_academy
def give_service_class(request: SignedInRequest, person_id: int) -> HttpResponse:
    person = _person_or_404(request, person_id)
    form = PersonClassForm(request.POST, classes=_classes_for(person))
    if not form.is_valid():
        return _page(request, person, problem="Choisissez une classe, et dites pourquoi.")
    now, account = timezone.now(), account_of_person(person_id)
    if account and account.account_id == request.who.account_id:
        return _page(request, person, problem=sentence(Refusal("backoffice.own-class")))
    try:
        give_class(
            person_id,
            form.cleaned_data["service_class"] or 0,
            form.cleaned_data["note"],
            by=actor_of(request),
            now=now,
            today=paris_day(now),
        )
    except Refusal as refusal:
        return _page(request, person, problem=sentence(refusal))
    return HttpResponseRedirect(f"{reverse('backoffice:person', args=[person_id])}?fait=1")


def _classes_for(person: PersonSummary) -> list[tuple[int, str]]:
    return [(row.class_id, row.draft.name) for row in class_summaries(person.academy_id)]


def _person_or_404(request: SignedInRequest, person_id: int) -> PersonSummary:
    person = person_summary(person_id)
    if person is None or not reaches(request, person.academy_id):
        raise Http404
    return person


def _page(request: SignedInRequest, person: PersonSummary, *, problem: str = "") -> HttpResponse:
    account_ref = account_of_person(person.person_id)
    account = presented(account_ref.account_id) if account_ref else None
    masked = current_masked_numen(person.person_id, numen_keys.get())
    history = entries_about(person_subject(person.person_id), limit=_HISTORY_LINES)
    if account:
        history += entries_about(account_subject(account.account_id), limit=_HISTORY_LINES)
    if person.erased_at:  # only the account's history remains
        history = [line for line in history if line.action.startswith(_ACCOUNT_ACTIONS)]
    history.sort(key=lambda line: line.at, reverse=True)
    role_form = RoleForm(initial={"role": account.role}) if account else None
    lacks_factor = account is not None and not holds_second_factor(account.account_id)
    if role_form and account and lacks_factor and account.role != AccountRole.ADMINISTRATOR:
        role_form.leave_out_administrator()
    context = {
        "person": person,
        "category": category_label(person.category),
        "account": account,
        "state": ACCOUNT_STATE_LABELS.get(account.state, account.state) if account else "",
        "role": ROLE_LABELS.get(account.role, account.role) if account else "",
        "role_form": role_form,
        "lacks_factor": lacks_factor,
        "addresses": addresses_by_person([person.person_id]).get(person.person_id, []),
        "posts": [
            (post, place, function_label(post.function), discipline_label(post.discipline))
            for post, place in placed_posts_of(person.person_id)
        ],
        "masked": masked,
        "lines": [(line, reason_label(line.what)) for line in applied_lines_of_person(person.person_id)],
        "story": _labelled(history[:_HISTORY_LINES]),
        "classes": (classes := _classes_for(person)),
        "held_class": class_of_account(account.account_id) if account else None,
        "class_form": PersonClassForm(classes=classes),
        "done": "fait" in request.GET,
        "problem": problem,
    }
    return render(request, "backoffice/person.html", context, status=409 if problem else 200)


def _labelled(lines: list[EntrySummary]) -> list[tuple[EntrySummary, str, str]]:
    """Each line with the labels of its action and of its actor."""
    names = actor_names([line.by for line in lines], usernames_of)
    return [(line, action_label(line.action), names.get(line.by, line.by)) for line in lines]


def _state(account: PersonAccount | None) -> str:
    """The label of an account's state; empty without an account."""
    return ACCOUNT_STATE_LABELS.get(account.state, account.state) if account else ""
