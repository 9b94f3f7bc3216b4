"""Files on disk sent by the front (X-Accel-Redirect), so that no thread waits for a slow reader."""

from django.http import HttpRequest, HttpResponse
from django.utils.http import content_disposition_header


def is_behind_front(request: HttpRequest) -> bool:
    return bool(request.META.get("vaguemestre.front"))


def accel_redirect(place: str) -> HttpResponse:
    """A response whose content the front takes from `place`, one of its internal locations (engines/nginx).

    Content-Type, Content-Disposition and Cache-Control set on it are kept; ranges and sizes are the front's.
    """
    response = HttpResponse()
    response.headers["X-Accel-Redirect"] = place
    del response.headers["Content-Type"]  # the internal location sets its own
    return response


def accel_redirect_file(place: str, name: str, kind: str) -> HttpResponse:
    """A file to download as `name`, not cached by browsers."""
    response = accel_redirect(place)
    response.headers["Content-Disposition"] = (
        content_disposition_header(as_attachment=True, filename=name) or "attachment"
    )
    response.headers["Content-Type"] = kind
    response.headers["Cache-Control"] = "no-store"
    return response
