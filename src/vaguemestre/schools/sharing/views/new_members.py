"""Several people typed at once: checked person by person, then made members on the same terms."""

from typing import NamedTuple

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from vaguemestre.access.signin.http import act_words, recently_signed_in
from vaguemestre.access.signin.queries import hidden_academies
from vaguemestre.foundation.kernel.errors import Refusal
from vaguemestre.foundation.kernel.times import paris_day
from vaguemestre.foundation.ui.refusals import sentence
from vaguemestre.schools.sharing import queries, services
from vaguemestre.schools.sharing.forms import NewMembersForm
from vaguemestre.schools.sharing.http import BoxRequest, members_only
from vaguemestre.schools.sharing.rules.typed_members import (
    MAX_ENTRIES,
    Candidate,
    TypedMembers,
    read_entries,
    unknown_sentence,
    written_entries,
)
from vaguemestre.schools.sharing.values import Right
from vaguemestre.schools.sharing.views.members import back_to


class Preview(NamedTuple):
    """The checked people: those to add, those to choose among, and those who are members already."""

    ticked: tuple[Candidate, ...] = ()
    namesakes: tuple[Candidate, ...] = ()
    already: tuple[Candidate, ...] = ()


_NOTHING = Preview()


@require_http_methods(["GET", "POST"])
@recently_signed_in
@act_words("ouvrir une boîte partagée à plusieurs personnes")
@members_only(Right.MANAGE)
def add_members(request: BoxRequest) -> HttpResponse:
    """`act`: `place` writes the people of an establishment into the field, `add` adds the ticked people.

    Anything else checks what was typed. Nothing is added while somebody just recognised was not shown.
    """
    if request.method == "GET":
        return _page(request, NewMembersForm())
    form, act = NewMembersForm(request.POST), request.POST.get("act", "")
    ticked = _checked(request, "\n".join(request.POST.getlist("chosen")[:MAX_ENTRIES]))
    if not form.is_valid():
        return _page(request, form, Preview(ticked.recognised), status=422)
    if act == "place":
        return _page(request, _filled(request, form), Preview(ticked.recognised))
    typed = _checked(request, request.POST["people"])
    is_shown = not typed.recognised and not typed.namesakes
    if act == "add" and is_shown and ticked.recognised:
        return _added(request, form, ticked.recognised, typed)
    chosen = {candidate.account_id: candidate for candidate in (*ticked.recognised, *typed.recognised)}
    already = dict.fromkeys((*ticked.already, *typed.already))
    preview = Preview(tuple(chosen.values()), typed.namesakes, tuple(already))
    return _page(request, _left(request, typed), preview)


def _checked(request: BoxRequest, text: str) -> TypedMembers:
    return queries.typed_members(
        request.access.box_id, read_entries(text), hidden_academies=hidden_academies(request.who)
    )


def _added(
    request: BoxRequest, form: NewMembersForm, people: tuple[Candidate, ...], typed: TypedMembers
) -> HttpResponse:
    now = timezone.now()
    try:
        count = services.add_members(
            request.access.box_id,
            [candidate.address for candidate in people],
            form.terms(paris_day(now)),
            by=request.who.actor,
            now=now,
        )
    except Refusal as refusal:
        return _page(request, _left(request, typed), Preview(people), problem=sentence(refusal), status=422)
    if typed.unknown:
        return _page(request, _left(request, typed), added=count)
    return back_to(request, "membres")


def _filled(request: BoxRequest, form: NewMembersForm) -> NewMembersForm:
    """The form with the people of an establishment under what was typed."""
    now, place = timezone.now(), form.cleaned_data["place"]
    offered = queries.places_offered(request.access.box_id, request.who.person_id, now)
    people = (
        queries.people_of_place(request.access.box_id, place, now)
        if place in {each.structure_id for each in offered}
        else []
    )
    written = written_entries((person.name, person.address) for person in people)
    return _with_people(request, "\n".join(filter(None, (request.POST["people"].rstrip(), written))))


def _left(request: BoxRequest, typed: TypedMembers) -> NewMembersForm:
    """The form with what was not recognised, and why."""
    form = _with_people(request, "\n".join(typed.unknown))
    if typed.unknown and form.is_valid():
        form.add_error("people", unknown_sentence(len(typed.unknown)))
    return form


def _with_people(request: BoxRequest, text: str) -> NewMembersForm:
    data = request.POST.copy()
    data["people"] = text
    return NewMembersForm(data)


def _page(
    request: BoxRequest,
    form: NewMembersForm,
    preview: Preview = _NOTHING,
    *,
    problem: str = "",
    added: int = 0,
    status: int = 200,
) -> HttpResponse:
    now, box_id = timezone.now(), request.access.box_id
    count = len(queries.members_of(box_id, now))
    context = {
        "access": request.access,
        "form": form,
        "preview": preview,
        "problem": problem,
        "added": added,
        "count": count,
        "left": max(services.MAX_MEMBERS - count, 0),
        "most": services.MAX_MEMBERS,
        "places": queries.places_offered(box_id, request.who.person_id, now),
        "picked_place": request.POST.get("place", ""),
    }
    return render(request, "sharing/new_members.html", context, status=status)
