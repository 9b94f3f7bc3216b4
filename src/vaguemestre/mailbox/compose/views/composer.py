"""Open the composer, save drafts, suggest recipients."""

from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest, HttpResponseRedirect, JsonResponse
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.csp import csp_override
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from vaguemestre.access.signin.http import SignedInRequest, signed_in
from vaguemestre.access.signin.queries import hidden_academies
from vaguemestre.foundation.kernel.errors import Refusal
from vaguemestre.foundation.kernel.texts import counted, inflected
from vaguemestre.foundation.ui.refusals import sentence
from vaguemestre.mailbox.compose import queries, services
from vaguemestre.mailbox.compose.forms import DraftForm, StartForm
from vaguemestre.mailbox.compose.http import (
    COMPOSER_CSP,
    academy_signature,
    actor_of,
    answers_json,
    framed_query,
    size_limit,
    wants_json,
    writer_of,
)
from vaguemestre.mailbox.compose.ports import absent_until, lists_at, lists_like
from vaguemestre.mailbox.compose.rules.outgoing_html import html_of_text
from vaguemestre.mailbox.compose.services.rows import new_key, text_of
from vaguemestre.mailbox.compose.values import (
    DistributionList,
    DraftFields,
    RecipientInfo,
    StartRequest,
    Suggestion,
)
from vaguemestre.mailbox.compose.values.mail_merge import MailingState
from vaguemestre.mailbox.compose.views.page import composer_page, empty_draft, with_default_signature
from vaguemestre.people.provisioning.ports import mail_directory
from vaguemestre.post.filelinks.ports import file_store
from vaguemestre.post.mailstore.ports import open_mailbox
from vaguemestre.schools.rosters.http import class_writer_of

_MAX_DESCRIBED, _MAX_ADDRESS_CHARACTERS = 500, 320


@require_http_methods(["GET", "POST"])
@csp_override(COMPOSER_CSP)
@signed_in
@answers_json
def start(request: SignedInRequest) -> HttpResponse:
    """GET: empty composer (also for `mailto:`). POST: of a reply, a forward, a draft, a refused copy."""
    if request.method == "GET":
        return composer_page(
            request, empty_draft(new_key(), with_default_signature(request, _mailto_fields(request)))
        )
    if copy := request.POST.get("copy", "")[:64]:
        return HttpResponseRedirect(_address_of_copy(request, copy))
    start_request = StartForm(request.POST).start_request()
    if start_request is None:
        return HttpResponseBadRequest("mode, folder, uid_validity, uid")
    key = _start(request, start_request)
    address = reverse("compose:compose", args=[key])
    return (
        JsonResponse({"key": key, "url": address}) if wants_json(request) else HttpResponseRedirect(address)
    )


def _address_of_copy(request: SignedInRequest, copy: str) -> str:
    """Composer of the draft made of a copy that was refused, else the page of its mailing.

    Raises Refusal `compose.gone`.
    """
    writer, now = writer_of(request), timezone.now()
    with open_mailbox.get()(writer.login) as mailbox:
        key = services.draft_of_copy(
            writer, copy, mailbox, limit=size_limit(request), by=actor_of(request), now=now
        )
    if key:
        return reverse("compose:compose", args=[key])
    mailing_key = queries.mailing_of_copies(writer.account_id, copy.partition(".")[0])
    if not mailing_key:
        raise Refusal("compose.gone")
    return reverse("compose:mailing", args=[mailing_key])


def _start(request: SignedInRequest, start_request: StartRequest) -> str:
    writer = writer_of(request)
    with open_mailbox.get()(writer.login) as mailbox:
        return services.start_draft(
            writer,
            start_request,
            mailbox,
            limit=size_limit(request),
            now=timezone.now(),
            academy_signature=academy_signature(request.who),
        )


def _mailto_fields(request: HttpRequest) -> DraftFields:
    """Fields of a `mailto:` URL (RFC 6068)."""
    query = request.GET
    body = query.get("body", "")[:50_000]
    return DraftFields(
        to=query.get("to", "")[:10_000],
        cc=query.get("cc", "")[:10_000],
        bcc=query.get("bcc", "")[:10_000],
        subject=query.get("subject", "")[:1000],
        html=html_of_text(body) if body else "",
        text=body,
    )


@require_GET
@csp_override(COMPOSER_CSP)
@signed_in
def compose(request: SignedInRequest, key: str) -> HttpResponse:
    """Composer of that draft, or the page of its mailing once started."""
    draft = queries.find_draft(request.who.account_id, key)
    mailing_key = "" if draft else queries.mailing_of_copies(request.who.account_id, key)
    if mailing_key:  # of a copy that was not sent: it has no draft of its own
        return HttpResponseRedirect(reverse("compose:mailing", args=[mailing_key]) + framed_query(request))
    mailing = queries.find_mailing(request.who.account_id, key) if not draft or draft.is_sending else None
    if mailing and mailing.state != MailingState.READY:
        return HttpResponseRedirect(reverse("compose:mailing", args=[key]) + framed_query(request))
    return composer_page(request, draft or empty_draft(key, with_default_signature(request, DraftFields())))


@require_POST
@signed_in
@answers_json
def save(request: SignedInRequest, key: str) -> HttpResponse:
    """Save the draft."""
    form = DraftForm(request.POST)
    saved = services.save_draft(
        writer_of(request),
        key,
        form.draft_fields(),
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
def discard(request: SignedInRequest, key: str) -> HttpResponse:
    """Discard the draft."""
    services.discard_draft(
        writer_of(request),
        key,
        open_mailbox.get(),
        file_store.get(),
        by=actor_of(request),
        now=timezone.now(),
    )
    return JsonResponse({"dropped": True})


@require_POST
@signed_in
@answers_json
def fork(request: SignedInRequest, key: str) -> HttpResponse:
    """Copy the draft after another window changed it; this window goes on with the copy."""
    forked = services.fork_draft(writer_of(request), key, now=timezone.now())
    return JsonResponse({"key": forked.key, "paths": forked.paths})


@require_POST
@signed_in
@answers_json
def as_text(request: SignedInRequest, key: str) -> HttpResponse:
    """Plain text of the rich text, for a writer who turns formatting off."""
    return JsonResponse({"text": text_of(request.POST.get("html", ""))})


@require_POST
@signed_in
@answers_json
def describe_recipients(request: SignedInRequest) -> HttpResponse:
    """Information about the recipients in `addresses`, one per line."""
    typed = request.POST.get("addresses", "").split("\n")[:_MAX_DESCRIBED]
    addresses = [address for address in typed if len(address) <= _MAX_ADDRESS_CHARACTERS]
    now = timezone.now()
    normalized = [address.strip().lower() for address in addresses]
    lists = lists_at.get()(request.who.account_id, normalized, now)
    infos = queries.recipient_infos(
        addresses,
        writer_of(request).domain,
        now,
        absent_until.get(),
        class_writer_of(request),
        lists,
        mail_directory.get().delivered,
    )
    return JsonResponse({"people": [_recipient_json(info) for info in infos]})


def _recipient_json(info: RecipientInfo) -> dict[str, Any]:
    last_day = info.absent_until
    return {
        "address": info.address,
        "kind": info.kind,
        "name": info.name,
        "detail": info.detail,
        "homonyms": info.has_homonyms,
        "distribution_list": _list_json(info.distribution_list) if info.distribution_list else None,
        "absent": f"absence annoncée jusqu’au {last_day:%d/%m/%Y}" if last_day else "",
    }


def _list_json(distribution_list: DistributionList) -> dict[str, Any]:
    """Who receives messages to the list, in French, shown before sending."""
    if distribution_list.waits:
        return {
            "count": 0,
            "words": "Ce que vous écrivez à cette liste attendra l’accord d’un responsable.",
        }
    if distribution_list.count is None:
        return {"count": 0, "words": ""}
    count = distribution_list.count
    words = f"{counted(count, 'personne')} {inflected(count, 'recevra', 'recevront')} ce courriel"
    sample = " ; ".join(f"{name} ({reason})" if reason else name for name, reason in distribution_list.sample)
    if sample:
        words = f"{words}, par exemple {sample}"
    return {"count": distribution_list.count, "words": f"{words}."}


@require_GET
@signed_in
def suggest_recipients(request: SignedInRequest) -> HttpResponse:
    """Suggested recipients for the typed words `?q=`."""
    typed = request.GET.get("q", "")[:100]
    lists = lists_like.get()(request.who.account_id, typed, timezone.now(), limit=3)
    suggestions = queries.recipient_suggestions(
        request.who.account_id,
        typed,
        asker=class_writer_of(request),
        lists=lists,
        hidden_academies=hidden_academies(request.who),
    )
    content = [_suggestion_json(suggestion) for suggestion in suggestions]
    return JsonResponse({"suggestions": content})


def _suggestion_json(suggestion: Suggestion) -> dict[str, Any]:
    content: dict[str, Any] = {
        "name": suggestion.name,
        "address": suggestion.address,
        "detail": suggestion.detail,
    }
    if suggestion.members:
        content["members"] = [{"name": name, "address": address} for name, address in suggestion.members]
    return content
