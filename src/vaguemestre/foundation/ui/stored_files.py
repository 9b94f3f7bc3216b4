"""Files on disk that the front sends by itself, so that no thread waits for a slow reader."""

from django.http import HttpRequest, HttpResponse
from django.utils.http import content_disposition_header


def is_behind_front(request: HttpRequest) -> bool:
    return bool(request.META.get("vaguemestre.front"))


def hand_over(place: str) -> HttpResponse:
    """Answer whose octets the front takes at `place`, one of its internal locations (engines/nginx).

    Content-Type, Content-Disposition and Cache-Control set on it are kept; ranges and sizes are the front's.
    """
    answer = HttpResponse()
    answer.headers["X-Accel-Redirect"] = place
    del answer.headers["Content-Type"]  # what is there says its own
    return answer


def hand_over_file(place: str, name: str, kind: str) -> HttpResponse:
    """A file to keep under `name`, never kept by browsers' caches."""
    answer = hand_over(place)
    answer.headers["Content-Disposition"] = (
        content_disposition_header(as_attachment=True, filename=name) or "attachment"
    )
    answer.headers["Content-Type"] = kind
    answer.headers["Cache-Control"] = "no-store"
    return answer
