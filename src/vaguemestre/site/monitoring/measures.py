"""Counts requests and times them, by pool and by name of the address; never by path, which holds tokens."""

import secrets
import time
from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from vaguemestre.foundation.kernel.counters import POOL, REQUEST_DURATION, REQUESTS
from vaguemestre.foundation.kernel.logs import REQUEST_ID
from vaguemestre.site.monitoring.counter_files import FOLDER, keep_written

_NO_ROUTE = "none"  # no address matched


class Measured:
    """The outermost middleware: what the others refuse or answer themselves is counted too.

    Each request has an identifier, which stands in its log lines and its answer (`X-Request-Id`).
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response
        self.folder = settings.CONFIG.run_dir / FOLDER / POOL if POOL else None

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if self.folder:
            keep_written(self.folder)
        began = time.perf_counter()
        token = REQUEST_ID.set(secrets.token_hex(8))
        try:
            response = self.get_response(request)
            response["X-Request-Id"] = REQUEST_ID.get()
        finally:
            REQUEST_ID.reset(token)
        match = request.resolver_match
        route = (match.view_name if match else "") or _NO_ROUTE
        REQUEST_DURATION.labels(POOL, route).observe(time.perf_counter() - began)
        REQUESTS.labels(POOL, route, f"{response.status_code // 100}xx").inc()
        return response
