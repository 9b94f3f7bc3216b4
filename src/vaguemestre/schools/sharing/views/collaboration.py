"""Members' work on a message (in the reading pane), follow-up and activity of the mailbox."""

from http import HTTPStatus

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from vaguemestre.schools.sharing import queries, services
from vaguemestre.schools.sharing.http import BoxRequest, members_only
from vaguemestre.schools.sharing.ports import latest_messages, snoozed_until
from vaguemestre.schools.sharing.rules.box_rights import box_prefix, box_session_key
from vaguemestre.schools.sharing.rules.collaboration import message_ref
from vaguemestre.schools.sharing.values import MessageLocation, MessageRef, PresenceKind, Right

_SCANNED_MESSAGES = 500
_LATEST_ROWS = 50


@require_POST
@members_only(Right.READ)
def show_collaboration(request: BoxRequest) -> HttpResponse:
    """Record the reader's presence and render members' work. Polled by an open message.

    `leaving`: the message is being closed.
    """
    ref = _message_ref(request)
    if request.POST.get("leaving"):
        services.stop_reading(ref.box_id, ref.message_id, request.who.account_id)
        return HttpResponse(status=HTTPStatus.NO_CONTENT)
    services.record_presence(
        ref.box_id, ref.message_id, request.who.account_id, PresenceKind.READS, now=timezone.now()
    )
    return _render_collaboration(request, ref)


@require_POST
@members_only(Right.SORT)
def change_thread(request: BoxRequest, what: str) -> HttpResponse:
    """Apply `prendre`, `rendre`, `confier`, `noter`, `classer` or `rouvrir` (public addresses)."""
    ref, now, by = _message_ref(request), timezone.now(), request.who.actor
    match what:
        case "prendre":
            services.assign_thread(ref, request.who.account_id, by=by, now=now, seen=_number(request, "seen"))
        case "confier":
            services.assign_thread(ref, _number(request, "assignee") or 0, by=by, now=now)
        case "rendre":
            services.release_thread(ref, by=by, now=now)
        case "noter":
            services.add_note(ref, request.who.account_id, request.POST.get("note", ""), by=by, now=now)
        case "classer" | "rouvrir":
            services.set_thread_closed(ref, is_closed=what == "classer", by=by, now=now)
        case _:
            raise Http404
    return _render_collaboration(request, ref)


def _number(request: BoxRequest, name: str) -> int | None:
    """An account's number in the form; None if the form has none, as one of an earlier version."""
    value = request.POST.get(name, "")
    return int(value) if value.isdecimal() and len(value) < 10 else None


def _message_ref(request: BoxRequest) -> MessageRef:
    post = request.POST
    ref = message_ref(request.access.box_id, post.get("message_id", ""), [post.get("root", "")])
    if ref is None:
        raise Http404
    return ref


def _render_collaboration(request: BoxRequest, ref: MessageRef) -> HttpResponse:
    now = timezone.now()
    context = {
        "work": queries.collaboration_on(ref, request.who.account_id, now),
        "message": ref,
        "snoozed_until": snoozed_until.get()(request.access.mailbox, ref.message_id),
        "me": request.who.account_id,
        "here": f"/boites/{ref.box_id}/fil/",
        "may_act": request.access.may(Right.SORT),
        "members": [
            member
            for member in queries.members_of(ref.box_id, now)
            if Right.SORT in member.right.covers and not member.is_upcoming and not member.is_away
        ]
        if request.access.may(Right.SORT)
        else (),
    }
    return render(request, "sharing/collaboration.html", context)


@require_GET
@members_only(Right.READ)
def show_follow_up(request: BoxRequest) -> HttpResponse:
    """« Sans réponse », oldest first, or « Derniers courriels », with who answered."""
    access = request.access
    session = box_session_key(request.who.session_key, access.box_id, request.who.account_id)
    rows = queries.follow_up_rows(
        access.box_id, latest_messages.get()(access.mailbox, session, _SCANNED_MESSAGES)
    )
    view = "derniers" if request.GET.get("vue") == "derniers" else ""
    waiting = [row for row in reversed(rows) if row.is_waiting and not row.message.is_automatic]
    context = {
        "access": access,
        "view": view,
        "waiting": len(waiting),
        "rows": rows[:_LATEST_ROWS] if view else waiting,
        "is_truncated": not view and len(rows) >= _SCANNED_MESSAGES,
        "scanned": _SCANNED_MESSAGES,
        "here": f"/boites/{access.box_id}/",
        "now": timezone.now(),
    }
    return render(request, "sharing/follow_up.html", context)


@require_GET
@members_only(Right.MANAGE)
def show_activity(request: BoxRequest) -> HttpResponse:
    """« Qui a fait quoi »: members' activity in the mailbox."""
    box_id = request.access.box_id
    activities = [
        (activity, _message_url(box_id, activity.location))
        for activity in queries.activity_of(box_id, limit=200)
    ]
    return render(request, "sharing/activity.html", {"access": request.access, "activities": activities})


def _message_url(box_id: int, location: MessageLocation | None) -> str:
    """The URL of a message of the mailbox, or ""."""
    page = reverse("webmail:open-message", args=location).removeprefix("/") if location else ""
    return box_prefix(box_id) + page if page else ""
