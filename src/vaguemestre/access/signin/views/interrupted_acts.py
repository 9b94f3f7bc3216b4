"""« Reprendre »: after a fresh proof, resume or drop the act it interrupted."""

from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from vaguemestre.access.signin import services
from vaguemestre.access.signin.http import RESUME, SignedInRequest, signed_in
from vaguemestre.access.signin.rules.interrupted_acts import displayed_values
from vaguemestre.people.credentials.ports import secret_keys


@never_cache
@require_http_methods(["GET", "POST"])
@signed_in
def resume(request: SignedInRequest) -> HttpResponse:
    """Show the act; on confirmation the browser sends the same form again, through the same checks."""
    who, now = request.who, timezone.now()
    act = services.find_act(who.session_key, who.account_id, secret_keys.get(), now=now)
    if act is None:
        return HttpResponseRedirect("/")
    if request.method == "GET":
        values = displayed_values(act.fields or ())
        return render(request, "signin/resume.html", {"act": act, "values": values})
    if "drop" in request.POST:
        services.drop_act(who.session_key, who.account_id)
        return HttpResponseRedirect(act.page)
    if request.GET.get("acte", act.mark) != act.mark:
        return HttpResponseRedirect(RESUME)  # sent from the page of an act that another one replaced
    if act.fields is None or not services.take_act(who.session_key, who.account_id, act.path, now=now):
        return HttpResponseRedirect(act.page)
    # RFC 9110 §15.4.8: the browser sends the same form there
    return HttpResponseRedirect(act.path, preserve_request=True)
