"""Opening the composer and keeping what is typed."""

from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest, HttpResponseRedirect, JsonResponse
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.csp import csp_override
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from vaguemestre.access.signin.http import SignedInRequest, signed_in
from vaguemestre.foundation.kernel.errors import Refusal
from vaguemestre.foundation.kernel.texts import counted, inflected
from vaguemestre.foundation.ui.refusals import sentence
from vaguemestre.mailbox.compose import queries, services
from vaguemestre.mailbox.compose.forms import OpeningForm, WrittenForm
from vaguemestre.mailbox.compose.http import (
    COMPOSER_CSP,
    academy_signature,
    actor_of,
    answers_json,
    size_limit,
    wants_json,
    writer_of,
)
from vaguemestre.mailbox.compose.ports import absent_until, gatherings_at, gatherings_like
from vaguemestre.mailbox.compose.rules.outgoing_html import html_of_text
from vaguemestre.mailbox.compose.services.rows import fresh_key
from vaguemestre.mailbox.compose.values import Gathering, Met, Opening, Suggestion, Written
from vaguemestre.mailbox.compose.views.page import composer_page, empty_writing, signed
from vaguemestre.people.provisioning.ports import mail_directory
from vaguemestre.post.filelinks.ports import shelf
from vaguemestre.post.mailstore.ports import open_mailbox
from vaguemestre.post.outbox.rules.text import plain_text
from vaguemestre.schools.rosters.http import asker_of

_MOST_MET = 500


@require_http_methods(["GET", "POST"])
@csp_override(COMPOSER_CSP)
@signed_in
@answers_json
def start(request: SignedInRequest) -> HttpResponse:
    """GET: an empty composer (also for `mailto:`). POST: a composer for an answer, a forward, a draft."""
    if request.method == "GET":
        return composer_page(request, empty_writing(fresh_key(), signed(request, _asked(request))))
    opening = OpeningForm(request.POST).opening()
    if opening is None:
        return HttpResponseBadRequest("mode, folder, uid_validity, uid")
    key = _start(request, opening)
    address = reverse("compose:compose", args=[key])
    return (
        JsonResponse({"key": key, "url": address}) if wants_json(request) else HttpResponseRedirect(address)
    )


def _start(request: SignedInRequest, opening: Opening) -> str:
    writer = writer_of(request)
    with open_mailbox.get()(writer.login) as mailbox:
        return services.start_writing(
            writer,
            opening,
            mailbox,
            limit=size_limit(),
            now=timezone.now(),
            academy_signature=academy_signature(),
        )


def _asked(request: HttpRequest) -> Written:
    """Fields of a `mailto:` address (RFC 6068)."""
    asked = request.GET
    body = asked.get("body", "")[:50_000]
    return Written(
        to=asked.get("to", "")[:10_000],
        cc=asked.get("cc", "")[:10_000],
        bcc=asked.get("bcc", "")[:10_000],
        subject=asked.get("subject", "")[:1000],
        html=html_of_text(body) if body else "",
        text=body,
    )


@require_GET
@csp_override(COMPOSER_CSP)
@signed_in
def compose(request: SignedInRequest, key: str) -> HttpResponse:
    writing = queries.find_writing(request.who.account_id, key)
    begun = queries.find_mailing(request.who.account_id, key) if not writing or writing.is_sending else None
    if begun and begun.state != "ready":
        return HttpResponseRedirect(reverse("compose:mailing", args=[key]))
    return composer_page(request, writing or empty_writing(key, signed(request, Written())))


@require_POST
@signed_in
@answers_json
def save(request: SignedInRequest, key: str) -> HttpResponse:
    form = WrittenForm(request.POST)
    saved = services.save_writing(
        writer_of(request),
        key,
        form.written(),
        form.number("revision", 0),
        open_mailbox.get(),
        is_untouched="untouched" in request.POST,
        now=timezone.now(),
    )
    trouble = sentence(Refusal(saved.draft_trouble)) if saved.draft_trouble else ""
    return JsonResponse({"revision": saved.revision, "new": saved.is_new, "trouble": trouble})


@require_POST
@signed_in
@answers_json
def drop(request: SignedInRequest, key: str) -> HttpResponse:
    services.drop_writing(
        writer_of(request), key, open_mailbox.get(), shelf.get(), by=actor_of(request), now=timezone.now()
    )
    return JsonResponse({"dropped": True})


@require_POST
@signed_in
@answers_json
def fork(request: SignedInRequest, key: str) -> HttpResponse:
    """Another window changed this message: what is here goes on as a message of its own."""
    forked = services.fork_writing(writer_of(request), key, now=timezone.now())
    return JsonResponse({"key": forked.key, "paths": forked.paths})


@require_POST
@signed_in
@answers_json
def as_text(request: SignedInRequest, key: str) -> HttpResponse:
    """What the rich text says in plain text, for whoever goes on without formatting."""
    return JsonResponse({"text": plain_text(request.POST.get("html", ""))})


@require_POST
@signed_in
@answers_json
def meet_recipients(request: SignedInRequest) -> HttpResponse:
    """Who the people written to are; one address a line."""
    addresses = request.POST.get("addresses", "").split("\n")[:_MOST_MET]
    now = timezone.now()
    asked = [one.strip().lower() for one in addresses]
    gathered = gatherings_at.get()(request.who.account_id, asked, now)
    met = queries.people_met(
        addresses,
        writer_of(request).domain,
        now,
        absent_until.get(),
        asker_of(request),
        gathered,
        mail_directory.get().delivered,
    )
    return JsonResponse({"people": [_met(one) for one in met]})


def _met(one: Met) -> dict[str, object]:
    until = one.absent_until
    return {
        "address": one.address,
        "kind": one.kind,
        "name": one.name,
        "detail": one.detail,
        "homonyms": one.has_homonyms,
        "gathering": _gathered(one.gathering) if one.gathering else None,
        "absent": f"absence annoncée jusqu’au {until:%d/%m/%Y}" if until else "",
    }


def _gathered(one: Gathering) -> dict[str, object]:
    """How many receive it, some of them and why: in sentences, for the composer to show before sending."""
    if one.waits:
        return {
            "count": 0,
            "words": "Ce que vous écrivez à cette liste attendra l’accord d’un responsable.",
        }
    if one.count is None:
        return {"count": 0, "words": ""}
    words = f"{counted(one.count, 'personne')} {inflected(one.count, 'recevra', 'recevront')} ce courriel"
    sample = " ; ".join(f"{name} ({why})" if why else name for name, why in one.sample)
    if sample:
        words = f"{words}, par exemple {sample}"
    return {"count": one.count, "words": f"{words}."}


@require_GET
@signed_in
def suggest_recipients(request: SignedInRequest) -> HttpResponse:
    typed = request.GET.get("q", "")[:100]
    lists = gatherings_like.get()(request.who.account_id, typed, timezone.now(), limit=3)
    found = queries.suggestions(request.who.account_id, typed, asker=asker_of(request), gatherings=lists)
    shown = [_proposed(one) for one in found]
    return JsonResponse({"suggestions": shown})


def _proposed(one: Suggestion) -> dict[str, object]:
    told: dict[str, object] = {"name": one.name, "address": one.address, "detail": one.detail}
    if one.members:
        told["members"] = [{"name": name, "address": address} for name, address in one.members]
    return told
