"""Working together: a message's care (in the reading pane), and the follow-up of the mailbox."""

from http import HTTPStatus

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from vaguemestre.schools.sharing import queries, services
from vaguemestre.schools.sharing.http import BoxRequest, member
from vaguemestre.schools.sharing.ports import latest
from vaguemestre.schools.sharing.rules.box_rights import prefix_of, session_of
from vaguemestre.schools.sharing.rules.story import Where
from vaguemestre.schools.sharing.rules.together import place_in
from vaguemestre.schools.sharing.values import Place, Right

_LOOKED_AT = 500
_SHOWN = 50


@require_POST
@member(Right.READ)
def follow(request: BoxRequest) -> HttpResponse:
    """Asked by an open message, now and then and when something changed: its reader is there, and who else.

    `parti`: it is being closed.
    """
    place = _place(request)
    if request.POST.get("parti"):
        services.stop_reading(place.box_id, place.message_id, request.who.account_id)
        return HttpResponse(status=HTTPStatus.NO_CONTENT)
    services.note_presence(
        place.box_id, place.message_id, request.who.account_id, "reads", now=timezone.now()
    )
    return _care(request, place)


@require_POST
@member(Right.SORT)
def act(request: BoxRequest, what: str) -> HttpResponse:
    """`prendre`, `rendre`, `confier`, `noter`, `classer`, `rouvrir`."""
    place, now, by = _place(request), timezone.now(), request.who.actor
    match what:
        case "prendre":
            services.take(place, request.who.account_id, by=by, now=now)
        case "confier":
            to = request.POST.get("a", "")
            services.take(place, int(to) if to.isdecimal() and len(to) < 10 else 0, by=by, now=now)
        case "rendre":
            services.give_back(place, by=by, now=now)
        case "noter":
            services.add_note(place, request.who.account_id, request.POST.get("note", ""), by=by, now=now)
        case "classer" | "rouvrir":
            services.settle(place, is_closed=what == "classer", by=by, now=now)
        case _:
            raise Http404
    return _care(request, place)


def _place(request: BoxRequest) -> Place:
    told = request.POST
    place = place_in(request.access.box_id, told.get("m", ""), [told.get("fil", "")])
    if place is None:
        raise Http404
    return place


def _care(request: BoxRequest, place: Place) -> HttpResponse:
    now = timezone.now()
    shown = {
        "care": queries.care_of(place, request.who.account_id, now),
        "place": place,
        "me": request.who.account_id,
        "here": f"/boites/{place.box_id}/fil/",
        "may_act": request.access.may(Right.SORT),
        "members": [
            one
            for one in queries.members_of(place.box_id, now)
            if Right.SORT in one.right.covers and not one.is_to_come and not one.is_away
        ]
        if request.access.may(Right.SORT)
        else (),
    }
    return render(request, "sharing/care.html", shown)


@require_GET
@member(Right.READ)
def show_follow_up(request: BoxRequest) -> HttpResponse:
    """« Sans réponse », oldest first; « Derniers courriels », with who answered."""
    access = request.access
    session = session_of(request.who.session_key, access.box_id, request.who.account_id)
    found = queries.followed(access.box_id, latest.get()(access.mailbox, session, _LOOKED_AT))
    view = "derniers" if request.GET.get("vue") == "derniers" else ""
    waiting = [one for one in reversed(found) if one.waits and not one.letter.is_automatic]
    shown = {
        "access": access,
        "view": view,
        "waiting": len(waiting),
        "rows": found[:_SHOWN] if view else waiting,
        "is_cut": not view and len(found) == _LOOKED_AT,
        "looked_at": _LOOKED_AT,
        "here": f"/boites/{access.box_id}/",
        "now": timezone.now(),
    }
    return render(request, "sharing/follow.html", shown)


@require_GET
@member(Right.MANAGE)
def show_deeds(request: BoxRequest) -> HttpResponse:
    """Who did what in the mailbox."""
    box_id = request.access.box_id
    deeds = [(one, _address(box_id, one.where)) for one in queries.deeds_of(box_id, limit=200)]
    return render(request, "sharing/deeds.html", {"access": request.access, "deeds": deeds})


def _address(box_id: int, where: Where | None) -> str:
    """The page of a message of the mailbox."""
    page = reverse("webmail:open-message", args=where).removeprefix("/") if where else ""
    return prefix_of(box_id) + page if page else ""
