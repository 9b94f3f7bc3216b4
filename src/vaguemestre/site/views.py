"""Health endpoints for monitoring."""

import sys

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponsePermanentRedirect, JsonResponse
from django.utils import timezone
from django.utils.log import log_response
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_safe
from django.views.defaults import server_error as server_error_page

from vaguemestre.access.signin.http import who_asks
from vaguemestre.foundation.cluster.queries import machine_states
from vaguemestre.site.error_pages import server_trouble_page
from vaguemestre.site.monitoring.health import checks


def server_error(request: HttpRequest) -> HttpResponse:
    """The page of an error nobody foresaw; a full disk, an absent database show before any view or after."""
    return server_trouble_page(request, sys.exc_info()[1]) or server_error_page(request)


@require_safe
def ping(request: HttpRequest) -> HttpResponse:
    """Liveness of the web process alone."""
    return HttpResponse("ok", content_type="text/plain")


@require_safe
def check_session(request: HttpRequest) -> HttpResponse:
    """Asked by the front before it reads a large body: 204 for somebody signed in, 401 for anybody else."""
    return HttpResponse(status=204 if who_asks(request) else 401)


@require_safe
@never_cache
def show_health(request: HttpRequest) -> JsonResponse:
    """This machine, by whose state the answer is judged, and what the others said last."""
    results = checks(settings.CONFIG)
    well = all(check.ok for check in results.values())
    body: dict[str, object] = {
        "status": "ok" if well else "down",
        "checks": {name: check.as_json() for name, check in results.items()},
    }
    if results["database"].ok and len(machines := machine_states(timezone.now())) > 1:
        body["machines"] = {machine.name: machine.as_json() for machine in machines}
    answer = JsonResponse(body, status=200 if well else 503, json_dumps_params={"ensure_ascii": False})
    if not well:  # the page did its work: what is down has its own errors in the logs
        words = "%s: %s"
        log_response(words, "down", request.path, response=answer, request=request, level="warning")
    return answer


@csrf_exempt  # programs ask by PROPFIND; nothing is done here
def find_carddav(request: HttpRequest) -> HttpResponse:
    """Redirect programs that look for address books (RFC 6764 §5)."""
    return HttpResponsePermanentRedirect(settings.CONFIG.carddav_url)
