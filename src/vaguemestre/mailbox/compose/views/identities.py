"""« Signatures et identités »: sender identities and stock texts."""

from dataclasses import replace

from django.http import Http404, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.csp import csp_override
from django.views.decorators.gzip import gzip_page
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from vaguemestre.access.signin.http import SignedInRequest, proved_within, signed_in
from vaguemestre.access.signin.rules.session_lifetimes import RECENT
from vaguemestre.foundation.kernel.errors import Refusal
from vaguemestre.foundation.kernel.times import paris_day
from vaguemestre.foundation.ui.confirmation import Confirmation, confirmation_page
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
from vaguemestre.mailbox.compose.rules.identities import (
    academy_html,
    expand_variables,
    is_elsewhere,
    signature_html,
)
from vaguemestre.mailbox.compose.rules.identity_import import MAX_FILE_BYTES, read_identities
from vaguemestre.mailbox.compose.rules.outgoing_html import draft_html
from vaguemestre.mailbox.compose.values import Writer
from vaguemestre.post.outbox.rules.text import plain_text


@gzip_page
@require_GET
@csp_override(COMPOSER_CSP)
@signed_in
def list_identities(request: SignedInRequest) -> HttpResponse:
    """Identities with their signatures, and stock texts."""
    writer = writer_of(request)
    variables = queries.signature_variables(writer.account_id)
    signed_identities = [
        (identity, signature_html(identity, academy_signature(request.who), variables))
        for identity in queries.identities_of(writer)
    ]
    context = {
        "identities": signed_identities,
        "writer": writer,
        "texts": queries.stock_texts_of(writer.account_id, paris_day(timezone.now())),
        "is_saved": "fait" in request.GET,
        "imposed": queries.imposed_signature(writer, academy_signature(request.who)),
    }
    return render(request, "compose/signatures.html", context)


@require_http_methods(["GET", "POST"])
@csp_override(COMPOSER_CSP)
@signed_in
def edit_identity(request: SignedInRequest, identity_id: int = 0) -> HttpResponse:
    """Form of an identity (0: a new one)."""
    writer = writer_of(request)
    identity = queries.find_identity(writer.account_id, identity_id) if identity_id else None
    if identity_id and identity is None:
        raise Http404
    initial = (
        {**vars(identity), "html": identity.signature}
        if identity
        else {"address": writer.address, "name": writer.name, "signed_with": "academy"}
    )
    addresses = queries.own_addresses(writer)
    if request.method != "POST":
        form = IdentityForm(initial=initial, own_addresses=addresses)
        return _identity_page(request, form, identity_id, initial.get("html", ""))
    form = IdentityForm(request.POST, initial=initial, own_addresses=addresses)
    form.full_clean()  # what another window saved meanwhile takes its place
    reply_to = form.identity_fields().reply_to
    is_kept = identity is not None and reply_to.strip() == identity.reply_to
    store = _store if is_kept or not is_elsewhere(reply_to, writer.address) else _store_proved
    return store(request, writer, identity_id, form)


def _store(request: SignedInRequest, writer: Writer, identity_id: int, form: IdentityForm) -> HttpResponse:
    if form.conflicts:
        return _identity_page(request, form, identity_id, form.data.get("html", ""))
    try:
        services.save_identity(
            writer, identity_id, form.identity_fields(), by=actor_of(request), now=timezone.now()
        )
    except Refusal as refusal:
        return _identity_page(request, _with_error(form, refusal), identity_id, form.data.get("html", ""))
    return HttpResponseRedirect(f"{reverse('compose:signatures')}?fait")


_store_proved = proved_within(RECENT, "faire répondre à une adresse extérieure")(_store)


@require_POST
@signed_in
def remove_identity(request: SignedInRequest, identity_id: int) -> HttpResponse:
    """Remove an identity, once confirmed: its signature goes with it."""
    identity = queries.find_identity(request.who.account_id, identity_id)
    if identity and (page := _asked(request, f"l’identité « {identity.name} »", "Sa signature est effacée.")):
        return page
    services.remove_identity(request.who.account_id, identity_id, by=actor_of(request), now=timezone.now())
    return HttpResponseRedirect(f"{reverse('compose:signatures')}?fait")


@require_http_methods(["GET", "POST"])
@signed_in
def import_identities(request: SignedInRequest) -> HttpResponse:
    """Import the signatures of another program from its file."""
    if request.method != "POST":
        return render(request, "compose/import.html", {"form": SignatureFileForm()})
    form = SignatureFileForm(request.POST, request.FILES)
    if form.is_valid():
        file = form.cleaned_data["file"]
        try:
            identities = read_identities(file.read(MAX_FILE_BYTES + 1), file.name)
            services.import_identities(
                writer_of(request), identities, by=actor_of(request), now=timezone.now()
            )
        except Refusal as refusal:
            form.add_error("file", sentence(refusal))
        else:
            return HttpResponseRedirect(f"{reverse('compose:signatures')}?fait")
    return render(request, "compose/import.html", {"form": form}, status=422)


@require_http_methods(["GET", "POST"])
@csp_override(COMPOSER_CSP)
@signed_in
def edit_stock_text(request: SignedInRequest, text_id: int = 0) -> HttpResponse:
    """Form of a stock text (0: a new one)."""
    today = paris_day(timezone.now())
    text = queries.find_stock_text(request.who.account_id, text_id, today) if text_id else None
    if text_id and (text is None or not text.is_own):
        raise Http404
    schools = queries.schools_of(request.who.account_id, today)
    alone = "Les membres de la boîte" if request.who.acting else "Moi seulement"
    initial = {**vars(text), "structure": text.structure_id or ""} if text else {}
    if request.method == "POST":
        form = StockTextForm(request.POST, initial=initial, schools=schools, alone=alone)
        form.full_clean()
        if form.conflicts:
            return _text_page(request, form, text_id, form.data.get("html", ""))
        try:
            services.save_stock_text(
                request.who.account_id,
                text_id,
                form.stock_text_fields(),
                by=actor_of(request),
                now=timezone.now(),
            )
        except Refusal as refusal:
            return _text_page(request, _with_error(form, refusal), text_id, form.data.get("html", ""))
        return HttpResponseRedirect(f"{reverse('compose:signatures')}?fait")
    return _text_page(
        request,
        StockTextForm(initial=initial, schools=schools, alone=alone),
        text_id,
        text.html if text else "",
    )


@require_POST
@signed_in
def remove_stock_text(request: SignedInRequest, text_id: int) -> HttpResponse:
    """Remove one's own stock text, once confirmed."""
    text = queries.find_stock_text(request.who.account_id, text_id, paris_day(timezone.now()))
    if text and text.is_own:
        loss = f"Vos collègues de {text.school} la perdent aussi." if text.school else "Son texte est effacé."
        if page := _asked(request, f"la réponse type « {text.title} »", loss):
            return page
    services.remove_stock_text(request.who.account_id, text_id)
    return HttpResponseRedirect(f"{reverse('compose:signatures')}?fait")


def _asked(request: SignedInRequest, what: str, loss: str) -> HttpResponse | None:
    """The page that asks before a deletion; None once confirmed."""
    lost = (loss, "Rien ne permet de le retrouver.")
    confirmation = Confirmation(f"Supprimer {what} ?", lost, "Supprimer", reverse("compose:signatures"))
    return confirmation_page(request, confirmation)


@require_GET
@signed_in
@answers_json
def stock_texts(request: SignedInRequest) -> HttpResponse:
    """Stock texts for the composer, with the writer's variables replaced.

    In a shared mailbox the writer is the member, and the school is what the mailbox is called.
    """
    acting = request.who.acting
    if acting and not acting.is_lent:
        variables = replace(queries.signature_variables(acting.account_id), school=acting.title)
    else:
        variables = queries.signature_variables(request.who.account_id)
    texts = queries.stock_texts_of(request.who.account_id, paris_day(timezone.now()))
    content = []
    for text in texts:
        html = expand_variables(text.html, variables)
        content.append(
            {
                "title": text.title,
                "subject": text.subject,
                "html": html,
                "text": plain_text(html),
                "school": "" if text.is_own else text.school,
            }
        )
    return JsonResponse({"texts": content})


def _with_error[Form: IdentityForm | StockTextForm](form: Form, refusal: Refusal) -> Form:
    """The form with the sentence of the refusal beside its field."""
    form.is_valid()
    field = str(refusal.facts.get("field", ""))
    form.errors.clear()
    form.add_error(field if field in form.fields and field != "html" else None, sentence(refusal))
    return form


def _identity_page(request: SignedInRequest, form: IdentityForm, identity_id: int, html: str) -> HttpResponse:
    variables = queries.signature_variables(request.who.account_id)
    academy = academy_signature(request.who)
    context = {
        "form": form,
        "identity_id": identity_id,
        "html": draft_html(html, lambda _: False),
        "academy_signature": academy_html(academy, variables),
        "is_imposed": academy.is_imposed,
        "variables": variables,
    }
    return render(request, "compose/identity.html", context, status=422 if form.errors else 200)


def _text_page(request: SignedInRequest, form: StockTextForm, text_id: int, html: str) -> HttpResponse:
    context = {"form": form, "text_id": text_id, "html": draft_html(html, lambda _: False)}
    return render(request, "compose/stock_text.html", context, status=422 if form.errors else 200)
