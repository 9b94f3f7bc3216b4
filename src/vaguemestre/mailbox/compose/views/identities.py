"""« Signatures et identités »: as whom one writes, and the texts kept ready."""

from django.http import Http404, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.csp import csp_override
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from vaguemestre.access.signin.http import SignedInRequest, signed_in
from vaguemestre.foundation.kernel.errors import Refusal
from vaguemestre.foundation.kernel.times import paris_day
from vaguemestre.foundation.ui.refusals import sentence
from vaguemestre.mailbox.compose import queries, services
from vaguemestre.mailbox.compose.forms import IdentityForm, SignatureFileForm, StockTextForm
from vaguemestre.mailbox.compose.http import (
    COMPOSER_CSP,
    academy_signature,
    actor_of,
    answers_json,
    writer_of,
)
from vaguemestre.mailbox.compose.rules.identities import expanded, signature_html
from vaguemestre.mailbox.compose.rules.identity_import import HEAVIEST, read_identities
from vaguemestre.mailbox.compose.rules.outgoing_html import kept_html
from vaguemestre.post.outbox.rules.text import plain_text


@require_GET
@csp_override(COMPOSER_CSP)
@signed_in
def list_identities(request: SignedInRequest) -> HttpResponse:
    writer = writer_of(request)
    facts = queries.signature_facts(writer.account_id)
    shown = [(one, signature_html(one, academy_signature(), facts)) for one in queries.identities_of(writer)]
    told = {
        "identities": shown,
        "writer": writer,
        "texts": queries.stock_texts_of(writer.account_id, paris_day(timezone.now())),
        "said": "fait" in request.GET,
    }
    return render(request, "compose/signatures.html", told)


@require_http_methods(["GET", "POST"])
@csp_override(COMPOSER_CSP)
@signed_in
def edit_identity(request: SignedInRequest, identity_id: int = 0) -> HttpResponse:
    writer = writer_of(request)
    known = queries.find_identity(writer.account_id, identity_id) if identity_id else None
    if identity_id and known is None:
        raise Http404
    own = queries.own_addresses(writer)
    if request.method == "POST":
        form = IdentityForm(request.POST, own=own)
        try:
            services.save_identity(
                writer, identity_id, form.given(), by=actor_of(request), now=timezone.now()
            )
        except Refusal as refusal:
            return _identity_page(request, _marked(form, refusal), identity_id, request.POST.get("html", ""))
        return HttpResponseRedirect(f"{reverse('compose:signatures')}?fait")
    first = (
        {**vars(known)}
        if known
        else {"address": writer.address, "name": writer.name, "signed_with": "academy"}
    )
    return _identity_page(
        request, IdentityForm(initial=first, own=own), identity_id, known.signature if known else ""
    )


@require_POST
@signed_in
def remove_identity(request: SignedInRequest, identity_id: int) -> HttpResponse:
    services.remove_identity(request.who.account_id, identity_id, by=actor_of(request), now=timezone.now())
    return HttpResponseRedirect(f"{reverse('compose:signatures')}?fait")


@require_http_methods(["GET", "POST"])
@signed_in
def take_in_identities(request: SignedInRequest) -> HttpResponse:
    """Signatures of another program, from its file."""
    if request.method != "POST":
        return render(request, "compose/import.html", {"form": SignatureFileForm()})
    form = SignatureFileForm(request.POST, request.FILES)
    if form.is_valid():
        sent = form.cleaned_data["file"]
        try:
            found = read_identities(sent.read(HEAVIEST + 1), sent.name)
            services.import_identities(writer_of(request), found, by=actor_of(request), now=timezone.now())
        except Refusal as refusal:
            form.add_error("file", sentence(refusal))
        else:
            return HttpResponseRedirect(f"{reverse('compose:signatures')}?fait")
    return render(request, "compose/import.html", {"form": form}, status=422)


@require_http_methods(["GET", "POST"])
@csp_override(COMPOSER_CSP)
@signed_in
def edit_stock_text(request: SignedInRequest, text_id: int = 0) -> HttpResponse:
    today = paris_day(timezone.now())
    known = queries.stock_text(request.who.account_id, text_id, today) if text_id else None
    if text_id and (known is None or not known.is_own):
        raise Http404
    schools = queries.schools_of(request.who.account_id, today)
    if request.method == "POST":
        form = StockTextForm(request.POST, schools=schools)
        try:
            services.save_stock_text(
                request.who.account_id, text_id, form.given(), by=actor_of(request), now=timezone.now()
            )
        except Refusal as refusal:
            return _text_page(request, _marked(form, refusal), text_id, request.POST.get("html", ""))
        return HttpResponseRedirect(f"{reverse('compose:signatures')}?fait")
    first = {**vars(known), "structure": known.structure_id or ""} if known else {}
    return _text_page(
        request, StockTextForm(initial=first, schools=schools), text_id, known.html if known else ""
    )


@require_POST
@signed_in
def remove_stock_text(request: SignedInRequest, text_id: int) -> HttpResponse:
    services.remove_stock_text(request.who.account_id, text_id)
    return HttpResponseRedirect(f"{reverse('compose:signatures')}?fait")


@require_GET
@signed_in
@answers_json
def tell_stock_texts(request: SignedInRequest) -> HttpResponse:
    """For the composer: its variables replaced by what they stand for to this writer."""
    facts = queries.signature_facts(request.who.account_id)
    texts = queries.stock_texts_of(request.who.account_id, paris_day(timezone.now()))
    shown = []
    for one in texts:
        html = expanded(one.html, facts)
        shown.append(
            {
                "title": one.title,
                "subject": one.subject,
                "html": html,
                "text": plain_text(html),
                "school": "" if one.is_own else one.school,
            }
        )
    return JsonResponse({"texts": shown})


def _marked[Form: IdentityForm | StockTextForm](form: Form, refusal: Refusal) -> Form:
    """The form with the sentence beside the field to mend."""
    form.is_valid()
    field = str(refusal.facts.get("field", ""))
    form.errors.clear()
    form.add_error(field if field in form.fields and field != "html" else None, sentence(refusal))
    return form


def _identity_page(request: SignedInRequest, form: IdentityForm, identity_id: int, html: str) -> HttpResponse:
    facts = queries.signature_facts(request.who.account_id)
    told = {
        "form": form,
        "identity_id": identity_id,
        "html": kept_html(html, lambda _: False),
        "academy_signature": expanded(kept_html(academy_signature(), lambda _: False), facts),
        "facts": facts,
    }
    return render(request, "compose/identity.html", told, status=422 if form.errors else 200)


def _text_page(request: SignedInRequest, form: StockTextForm, text_id: int, html: str) -> HttpResponse:
    told = {"form": form, "text_id": text_id, "html": kept_html(html, lambda _: False)}
    return render(request, "compose/stock_text.html", told, status=422 if form.errors else 200)
