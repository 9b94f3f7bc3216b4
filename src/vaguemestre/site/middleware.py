"""Errors become pages; who is asking becomes known."""

import logging
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from vaguemestre.kernel.errors import EngineDown, EngineRefused, Refusal
from vaguemestre.ui.refusals import sentence

log = logging.getLogger(__name__)

type Answer = Callable[[HttpRequest], HttpResponse]


class Errors:
    """A Refusal is a sentence (422), an absent engine a « come back soon » page (503)."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        if isinstance(error, Refusal):
            return render(request, "ui/refused.html", {"sentence": sentence(error)}, status=422)
        if isinstance(error, EngineDown):
            log.warning("engine down on %s: %s", request.path, error)
            return render(request, "ui/engine_down.html", status=503)
        if isinstance(error, EngineRefused):
            log.error("engine refused on %s: %s", request.path, error)
            return render(request, "ui/engine_down.html", status=502)
        return None
