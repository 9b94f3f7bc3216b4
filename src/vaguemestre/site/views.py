"""Health, for whoever watches the instance."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from vaguemestre.site.health import checks


@require_safe
def ping(request: HttpRequest) -> HttpResponse:
    """The web process answers; nothing else is asked."""
    return HttpResponse("ok", content_type="text/plain")


@require_safe
@never_cache
def show_health(request: HttpRequest) -> JsonResponse:
    found = checks(settings.CONFIG)
    well = all(check.ok for check in found.values())
    body = {
        "status": "ok" if well else "down",
        "checks": {name: check.as_json() for name, check in found.items()},
    }
    return JsonResponse(body, status=200 if well else 503)
