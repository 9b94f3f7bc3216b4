"""The way by which a checked link leaves."""

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from vaguemestre.access.signin.http import who_asks
from vaguemestre.foundation.kernel.errors import Refusal
from vaguemestre.foundation.kernel.web_hosts import host_of
from vaguemestre.foundation.ui.refusals import sentence
from vaguemestre.post.redirects import services
from vaguemestre.post.redirects.ports import is_listed


@require_GET
def follow(request: HttpRequest, signed: str) -> HttpResponse:
    """Forward at once whoever the text was shown to; others see first where the link leads.

    A listed link is shown to everybody and forwards nobody: our signature never lends our name to it.
    """
    try:
        link = services.checked_link(signed)
    except Refusal as refusal:
        context = {"problem": sentence(refusal)}
        return _closed(render(request, "redirects/unknown.html", context, status=404))
    who = who_asks(request)
    is_theirs = who is not None and who.own_account_id == link.account_id
    listed = is_listed.get()(link.address)
    if is_theirs:
        services.record_click(link, was_listed=listed, now=timezone.now())
        if not listed:
            return _closed(HttpResponseRedirect(link.address))
    shown = {"address": link.address, "host": host_of(link.address), "is_listed": listed}
    return _closed(render(request, "redirects/link.html", shown, status=403 if listed else 200))


def _closed(answer: HttpResponse) -> HttpResponse:
    """Add headers: not cached, not indexed, and no Referer for the site the link leads to."""
    answer.headers["Cache-Control"] = "no-store"
    answer.headers["Referrer-Policy"] = "no-referrer"
    answer.headers["X-Robots-Tag"] = "noindex"
    return answer
