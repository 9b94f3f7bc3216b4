"""The register of breaches, and one file."""

from collections.abc import Callable
from dataclasses import asdict
from typing import Any

from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from vaguemestre.access.signin.administrators import actor_of, for_administrators, for_recent_administrators
from vaguemestre.access.signin.http import SignedInRequest, act_words
from vaguemestre.desks.breaches import queries, services
from vaguemestre.desks.breaches.forms import BreachForm, NoticeForm
from vaguemestre.desks.breaches.labels_fr import KINDS, deadline_fr, file_text
from vaguemestre.desks.breaches.values import BreachFile
from vaguemestre.foundation.kernel.errors import Refusal
from vaguemestre.foundation.kernel.orders import column_of
from vaguemestre.foundation.ui.listing import Listing
from vaguemestre.foundation.ui.refusals import sentence


@require_GET
@for_administrators
def list_files(request: SignedInRequest) -> HttpResponse:
    now = timezone.now()
    listing = Listing.of(request.GET, ("-date", *queries.ORDERS))
    breaches, total = queries.breaches_page(
        search=listing.search,
        order=column_of(listing.order, queries.ORDERS),
        first=listing.first,
        count=listing.count,
        now=now,
    )
    rows = [
        {
            "breach": breach,
            "clock": deadline_fr(breach.next_deadline, now) if breach.next_deadline else "",
            "kind": KINDS[breach.next_deadline.kind] if breach.next_deadline else "",
        }
        for breach in breaches
    ]
    context = {"rows": rows, "total": total, "listing": listing, "search": listing.search}
    return render(request, "breaches/list.html", context)


@require_http_methods(["GET", "POST"])
@act_words("ouvrir un dossier de violation")
@for_recent_administrators
def open_file(request: SignedInRequest) -> HttpResponse:
    form = BreachForm(request.POST or None, initial={"known_at": timezone.now()})
    if request.method == "POST" and form.is_valid():
        try:
            number = services.open_breach(form.breach(), by=actor_of(request), now=timezone.now())
        except Refusal as refusal:
            form.add_error(_field_of(refusal, form), sentence(refusal))
        else:
            return HttpResponseRedirect(reverse("breaches:file", args=(number,)))
    status = 422 if form.errors else 200
    return render(request, "breaches/file.html", {"form": form}, status=status)


@require_http_methods(["GET", "POST"])
@act_words("changer un dossier de violation")
@for_administrators
def change_file(request: SignedInRequest, breach_id: int) -> HttpResponse:
    breach = _file(breach_id)
    if request.method == "GET":
        return _page(request, breach, form=BreachForm(initial=asdict(breach.facts)))
    return _save(request, breach)


@require_POST
@act_words("enregistrer un avis envoyé")
@for_recent_administrators
def add_notice(request: SignedInRequest, breach_id: int) -> HttpResponse:
    form = NoticeForm(request.POST)
    if not form.is_valid():
        return _page(request, _file(breach_id), notice_form=form, status=422)
    notice, by, now = form.notice(), actor_of(request), timezone.now()
    return _page_after(
        request,
        breach_id,
        lambda: services.record_notice(breach_id, notice, by=by, now=now),
        notice_form=form,
    )


@require_POST
@act_words("clore un dossier de violation")
@for_recent_administrators
def close_file(request: SignedInRequest, breach_id: int) -> HttpResponse:
    note, by = request.POST.get("note", ""), actor_of(request)
    return _page_after(
        request, breach_id, lambda: services.close_breach(breach_id, note, by=by, now=timezone.now())
    )


@require_GET
@for_administrators
def export_file(request: SignedInRequest, breach_id: int) -> HttpResponse:
    """The file as Markdown; the export is journaled."""
    breach, now = _file(breach_id), timezone.now()
    services.record_export(breach_id, by=actor_of(request), now=now)
    response = HttpResponse(file_text(breach, now), content_type="text/markdown; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="violation-{breach_id}.md"'
    return response


@for_recent_administrators
def _save(request: SignedInRequest, breach: BreachFile) -> HttpResponse:
    form = BreachForm(request.POST, initial=asdict(breach.facts))
    if not form.is_valid():
        return _page(request, breach, form=form, status=422)
    facts, by, now = form.breach(), actor_of(request), timezone.now()
    return _page_after(
        request,
        breach.breach_id,
        lambda: services.change_breach(breach.breach_id, facts, by=by, now=now),
        form=form,
    )


def _page_after(
    request: SignedInRequest, breach_id: int, use_case: Callable[[], None], **forms: Any
) -> HttpResponse:
    """Run the use case and redirect to the file; a refusal shows the page again, with its forms."""
    try:
        use_case()
    except Refusal as refusal:
        return _page(request, _file(breach_id), refusal=sentence(refusal), status=422, **forms)
    return HttpResponseRedirect(f"{reverse('breaches:file', args=(breach_id,))}?fait")


def _page(request: SignedInRequest, breach: BreachFile, *, status: int = 200, **context: Any) -> HttpResponse:
    now = timezone.now()
    context.setdefault("form", BreachForm(initial=asdict(breach.facts)))
    context.setdefault("notice_form", NoticeForm(initial={"sent_at": now}))
    clock = [
        {"label": KINDS[item.kind], "words": deadline_fr(item, now), "state": item.state.value}
        for item in breach.deadlines
    ]
    notices = [{"label": KINDS[notice.kind], "notice": notice} for notice in breach.notices]
    context["late_kinds"] = [KINDS[item.kind] for item in breach.deadlines if item.sent_at is None]
    context |= {"breach": breach, "clock": clock, "notices": notices, "done": "fait" in request.GET}
    return render(request, "breaches/file.html", context, status=status)


def _file(breach_id: int) -> BreachFile:
    breach = queries.breach_file(breach_id, now=timezone.now())
    if breach is None:
        raise Http404
    return breach


def _field_of(refusal: Refusal, form: BreachForm) -> str | None:
    field = str(refusal.facts.get("field", ""))
    return field if field in form.fields else None
