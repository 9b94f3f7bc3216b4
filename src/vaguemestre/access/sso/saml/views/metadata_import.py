"""Registration of a service provider from its metadata, by an administrator."""

from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from vaguemestre.access.signin.administrators import for_recent_administrators
from vaguemestre.access.signin.http import SignedInRequest, act_words
from vaguemestre.access.sso.registry.forms import ImportForm
from vaguemestre.access.sso.saml.rules.client_ids import client_id_for
from vaguemestre.access.sso.saml.rules.documents import MalformedMessage
from vaguemestre.access.sso.saml.rules.metadata import read_metadata
from vaguemestre.access.sso.saml.services import register_provider
from vaguemestre.access.sso.saml.values import ServiceProvider
from vaguemestre.foundation.journal.values import account_subject
from vaguemestre.foundation.kernel.errors import Refusal
from vaguemestre.foundation.ui.refusals import sentence

_MAX_CHOICES = 300
_WORDS = "Le fichier XML que publie l’application, ou l’agrégat d’une fédération."


@require_http_methods(["GET", "POST"])
@for_recent_administrators
@act_words("ajouter une application")
def add(request: SignedInRequest) -> HttpResponse:
    """Register or update a provider; administrators' decisions about it stay."""
    form = ImportForm(request.POST or None, request.FILES or None)
    choices: list[ServiceProvider] = []
    if request.method == "POST" and form.is_valid():
        try:
            providers = read_metadata(form.cleaned_data["content"], timezone.now())
        except MalformedMessage as error:
            form.add_error(None, f"Ces métadonnées ne sont pas lues : {error}.")
            providers = []
        entity_id = request.POST.get("entity")
        selection = [item for item in providers if entity_id in (None, item.entity_id)]
        if len(selection) == 1:
            client_id = _save_peer(request, form, selection[0])
            if client_id:
                return HttpResponseRedirect(f"{reverse('registry:show', args=[client_id])}?fait=ajoutee")
        elif providers:
            choices = providers[:_MAX_CHOICES]
        elif not form.errors:
            form.add_error(None, "Ces métadonnées ne décrivent aucune application (SPSSODescriptor).")
    context = {"form": form, "kind": "SAML", "words": _WORDS, "choices": choices}
    return render(request, "sso/registry/import.html", context)


def _save_peer(request: SignedInRequest, form: ImportForm, provider: ServiceProvider) -> str:
    client_id = form.cleaned_data["client_id"] or ""
    here = request.build_absolute_uri(
        reverse("saml:start", args=[client_id or client_id_for(provider.entity_id)])
    )
    by = account_subject(request.who.account_id)
    try:
        return register_provider(provider, client_id=client_id, start=here, by=by, now=timezone.now())
    except Refusal as refusal:
        form.add_error(None, sentence(refusal))
        return ""
