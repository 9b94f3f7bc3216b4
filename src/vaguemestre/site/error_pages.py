"""Pages and notices of what went wrong: a refusal, an engine or a database away, a full server."""

import logging
from http import HTTPStatus

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse

from vaguemestre.foundation.kernel.errors import Refusal
from vaguemestre.foundation.ui.refusals import sentence
from vaguemestre.site.database.away import is_database_away
from vaguemestre.site.database.full_disk import no_room
from vaguemestre.site.monitoring.logs import route_of

log = logging.getLogger(__name__)
_NO_ROOM = (
    "Le serveur n’a plus de place pour {what}, et rien n’en est gardé. Réessayez dans quelques minutes ; "
    "si cela continue, prévenez l’assistance."
)


def refusal_page(request: HttpRequest, words: str, status: int = 422) -> HttpResponse:
    """A sentence, as a page or as a notice of the page that asked."""
    if "HX-Request" in request.headers:
        return _notice(request, words, kind="danger", sign="alert-circle", status=status)
    inbox = reverse("webmail:inbox")
    is_mail = request.method == "GET" and request.path.startswith(inbox)
    return render(
        request, "ui/refused.html", {"sentence": words, "mail": inbox if is_mail else ""}, status=status
    )


def refusal_answer(request: HttpRequest, refusal: Refusal, status: int = 422) -> HttpResponse:
    """`refusal_page`, or for scripts the sentence and its code as JSON."""
    words = sentence(refusal)
    if "application/json" in request.headers.get("Accept", ""):
        return JsonResponse({"error": words, "code": refusal.code, "field": ""}, status=status)
    return refusal_page(request, words, status=status)


def server_trouble_page(request: HttpRequest, error: BaseException | None) -> HttpResponse | None:
    """What somebody reads when no database answers (503), or the server has no room (RFC 4918 §11.5).

    None for another error.
    """
    if is_database_away(error):
        log.warning("no database on %s: %s", route_of(request), error)
        request.who = None  # type: ignore[attr-defined]  # their side column would ask it
        request.is_anybodys = True  # type: ignore[attr-defined]  # the browser forgets nobody's texts
        return away_page(request, status=HTTPStatus.SERVICE_UNAVAILABLE)
    what = no_room(error)
    if what is None:
        return None
    log.error("no room on disk for %s: %s", route_of(request), error)
    words, status = _NO_ROOM.format(what=what), HTTPStatus.INSUFFICIENT_STORAGE
    if "application/json" in request.headers.get("Accept", ""):
        return JsonResponse({"error": words, "code": "server-full", "field": ""}, status=status)
    return refusal_page(request, words, status=status)


def away_page(request: HttpRequest, *, status: int, is_of_mailbox: bool = False) -> HttpResponse:
    """« Come back soon »: something that pages need does not answer."""
    if "HX-Request" in request.headers:
        what = "Cette boîte aux lettres" if is_of_mailbox else "La messagerie"
        words = f"{what} ne répond pas en ce moment. Réessayez dans une minute."
        return _notice(request, words, kind="warn", sign="cloud-off", status=status)
    return render(request, "ui/engine_down.html", {"is_of_mailbox": is_of_mailbox}, status=status)


def _notice(request: HttpRequest, words: str, *, kind: str, sign: str, status: int) -> HttpResponse:
    """Error as a notice for htmx, which would otherwise swap a whole error page into the page."""
    context = {"sentence": words, "kind": kind, "sign": sign}
    answer = render(request, "ui/notice.html", context, status=status)
    answer["HX-Retarget"] = "#notices"
    answer["HX-Reswap"] = "beforeend"
    return answer
