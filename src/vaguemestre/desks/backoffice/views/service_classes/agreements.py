"""Changes of classes that take from many: one administrator asks, another agrees or declines."""

import hashlib
from datetime import datetime
from typing import NamedTuple

from django.conf import settings
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from vaguemestre.access.signin.administrators import actor_of, for_recent_administrators
from vaguemestre.access.signin.http import SignedInRequest, act_words
from vaguemestre.access.signin.offices import reaches, within_academy
from vaguemestre.desks.backoffice.rules.actors import actor_names
from vaguemestre.desks.backoffice.views.service_classes.moves import Move, count_lessened, moves_of
from vaguemestre.desks.bulk.queries import acted_alone_on
from vaguemestre.foundation.kernel.errors import Refusal
from vaguemestre.foundation.ui.refusals import sentence
from vaguemestre.people.credentials.class_assignment import approve_change, decide_change, decline_change
from vaguemestre.people.credentials.queries import names_of
from vaguemestre.people.service_classes.queries import (
    asked_changes,
    class_summary,
    people_lessened_alone,
    waiting_change,
)
from vaguemestre.people.service_classes.rules import ALONE_FOR, is_for_two
from vaguemestre.people.service_classes.services import KEPT
from vaguemestre.people.service_classes.values import AskedChange, ClassChange

SECOND_PERSON = "Une deuxième personne de l’administration doit l’accorder : rien ne change avant."


class AskedLine(NamedTuple):
    """A change that waits, or was declined, with its people by their names."""

    asked: AskedChange
    name: str
    asked_by: str
    declined_by: str


def decide(request: SignedInRequest, change: ClassChange, people: int, *, done: str) -> HttpResponse:
    """Make the change, or ask a second person; back to the list, which says `done` or that it waits.

    Raises Refusal as `decide_change`.
    """
    by, now = actor_of(request), timezone.now()
    number = decide_change(change, people, _most_alone(by, now), by=by, now=now)
    if number:
        return HttpResponseRedirect(reverse("backoffice:waiting-class", args=[number]))
    return HttpResponseRedirect(f"{reverse('backoffice:service-classes')}?fait={done}")


def is_for_second_person(request: SignedInRequest, people: int) -> bool:
    """Whether the user may not give less to so many people alone."""
    by, now = actor_of(request), timezone.now()
    return is_for_two(people, people_lessened_alone(by, now - ALONE_FOR), _most_alone(by, now))


@require_http_methods(["GET", "POST"])
@act_words(
    "décider d’un changement de classe de service",
    {
        "accorder": "accorder le changement d’une classe de service",
        "refuser": "refuser le changement d’une classe de service",
    },
)
@for_recent_administrators
@within_academy
def decide_waiting(request: SignedInRequest, number: int) -> HttpResponse:
    """The change as it would be today; `act`: accorder, refuser."""
    asked = waiting_change(number)
    if asked is None or not reaches(request, asked.change.academy_id):
        raise Http404
    moved, by, now = moves_of(asked.change), actor_of(request), timezone.now()
    act, seen = request.POST.get("act"), request.POST.get("seen")
    problem = ""
    try:
        if act == "refuser":
            decline_change(number, by=by, now=now)
            return HttpResponseRedirect(f"{reverse('backoffice:service-classes')}?fait=refusee")
        if act == "accorder" and seen == _mark(moved):
            approve_change(number, by=by, now=now)
            return HttpResponseRedirect(f"{reverse('backoffice:service-classes')}?fait=accordee")
        if act == "accorder":
            problem = "Ce que cela change n’est plus ce que la page montrait : relisez-le."
    except Refusal as refusal:
        problem = sentence(refusal)
    return _page(request, asked, moved, problem)


def class_name(asked: AskedChange) -> str:
    """The name the class will have; of a deletion, the one it has."""
    if asked.change.draft:
        return asked.change.draft.name
    summary = class_summary(asked.change.class_id)
    return summary.draft.name if summary else ""


def asked_lines(academy_id: int, now: datetime) -> list[AskedLine]:
    """The changes of classes that wait in that académie (0: in all), then those declined lately."""
    changes = asked_changes(academy_id, now - KEPT)
    actors = [actor for asked in changes for actor in (asked.asked_by, asked.declined_by)]
    names = actor_names(actors, names_of)
    return [
        AskedLine(
            asked,
            class_name(asked),
            names.get(asked.asked_by, asked.asked_by),
            names.get(asked.declined_by, asked.declined_by),
        )
        for asked in changes
    ]


def _page(request: SignedInRequest, asked: AskedChange, moved: list[Move], problem: str) -> HttpResponse:
    context = {
        "asked": asked,
        "asked_by": actor_names([asked.asked_by], names_of).get(asked.asked_by, asked.asked_by),
        "name": class_name(asked),
        "moves": moved,
        "people": count_lessened(moved),
        "mark": _mark(moved),
        "is_mine": asked.asked_by == actor_of(request),
        "problem": problem,
    }
    status = 409 if problem else 200
    return render(request, "backoffice/service_class_waiting.html", context, status=status)


def _mark(moved: list[Move]) -> str:
    return hashlib.sha256(repr(moved).encode()).hexdigest()[:32]


def _most_alone(by: str, now: datetime) -> int:
    """How many people somebody may give less to, with their acts on many of the last hour."""
    lately = len(acted_alone_on(by, now - ALONE_FOR))
    return max(0, settings.CONFIG.bulk.second_person_above - lately)
