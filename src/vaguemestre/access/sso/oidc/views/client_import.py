"""Registration of a client from its metadata, by an administrator."""

import json

from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from vaguemestre.access.signin.administrators import for_recent_administrators
from vaguemestre.access.signin.http import SignedInRequest, act_words
from vaguemestre.access.sso.oidc.rules.imports import parse_client
from vaguemestre.access.sso.registry.forms import ImportForm
from vaguemestre.access.sso.registry.services import add_application
from vaguemestre.foundation.journal.values import account_subject
from vaguemestre.foundation.kernel.errors import Refusal
from vaguemestre.foundation.ui.refusals import sentence

_WORDS = "Les métadonnées JSON du client (RFC 7591) : redirect_uris, client_name…"


@require_http_methods(["GET", "POST"])
@for_recent_administrators
@act_words("ajouter une application")
def add(request: SignedInRequest) -> HttpResponse:
    """Register the client. Its secret is drawn later, on its own page: never shown in a redirect."""
    form = ImportForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        try:
            registration = parse_client(
                json.loads(form.cleaned_data["content"]), form.cleaned_data["client_id"] or ""
            )
            add_application(registration, by=account_subject(request.who.account_id), now=timezone.now())
        except (ValueError, RecursionError):
            form.add_error(None, "Ce n’est pas du JSON : vérifiez le fichier.")
        except Refusal as refusal:
            form.add_error(None, sentence(refusal))
        else:
            where = reverse("registry:show", args=[registration.client_id])
            return HttpResponseRedirect(f"{where}?fait=ajoutee")
    context = {"form": form, "kind": "OpenID Connect", "words": _WORDS}
    return render(request, "sso/registry/import.html", context)
