"""A service provider written down from its metadata, by an administrator."""

from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from vaguemestre.access.signin.http import SignedInRequest
from vaguemestre.access.sso.registry.forms import ImportForm
from vaguemestre.access.sso.registry.http import changes
from vaguemestre.access.sso.saml.rules.client_ids import client_id_for
from vaguemestre.access.sso.saml.rules.documents import NotRead
from vaguemestre.access.sso.saml.rules.metadata import read_metadata
from vaguemestre.access.sso.saml.services import keep_peer
from vaguemestre.access.sso.saml.values import Described
from vaguemestre.foundation.kernel.errors import Refusal
from vaguemestre.foundation.ui.refusals import sentence

_MOST_SHOWN = 300
_WORDS = "Le fichier XML que publie l’application, ou l’agrégat d’une fédération."


@require_http_methods(["GET", "POST"])
@changes
def add(request: SignedInRequest) -> HttpResponse:
    """Read again, metadata replace what they said before; what was decided here stays."""
    form = ImportForm(request.POST or None, request.FILES or None)
    choices: list[Described] = []
    if request.method == "POST" and form.is_valid():
        try:
            found = read_metadata(form.cleaned_data["content"], timezone.now())
        except NotRead as error:
            form.add_error(None, f"Ces métadonnées ne sont pas lues : {error}.")
            found = []
        wanted = [one for one in found if one.entity_id == request.POST.get("entity", one.entity_id)]
        if len(wanted) == 1:
            kept = _kept(request, form, wanted[0])
            if kept:
                return HttpResponseRedirect(f"{reverse('registry:show', args=[kept])}?fait=ajoutee")
        elif found:
            choices = found[:_MOST_SHOWN]
        elif not form.errors:
            form.add_error(None, "Ces métadonnées ne décrivent aucune application (SPSSODescriptor).")
    told = {"form": form, "kind": "SAML", "words": _WORDS, "choices": choices}
    return render(request, "sso/registry/import.html", told)


def _kept(request: SignedInRequest, form: ImportForm, described: Described) -> str:
    client_id = form.cleaned_data["client_id"] or ""
    here = request.build_absolute_uri(
        reverse("saml:start", args=[client_id or client_id_for(described.entity_id)])
    )
    by = f"account:{request.who.account_id}"
    try:
        return keep_peer(described, client_id=client_id, start=here, by=by, now=timezone.now())
    except Refusal as refusal:
        form.add_error(None, sentence(refusal))
        return ""
