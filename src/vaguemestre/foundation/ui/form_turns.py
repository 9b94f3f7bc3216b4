"""Forms on shared rows are saved one after the other: none is compared with a row that is being changed."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from threading import Lock
from typing import Any
from zlib import crc32

from django.db import connection
from django.http import HttpRequest, HttpResponse

from vaguemestre.foundation.cluster.locks import turn
from vaguemestre.foundation.ui.shared_form import SHOWN

_LOCKS = tuple(Lock() for _ in range(64))  # by path; on SQLite, where the database keeps no turns


class FormTurns:
    """Middleware: from the reading of the row to its saving, one request at a time for each address."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        with ExitStack() as turns:
            request.form_turns = turns  # type: ignore[attr-defined]
            return self._get_response(request)

    def process_view(self, request: HttpRequest, *_: Any) -> None:
        """Wait for one's turn, if the form carries digests; it has been read by then, to check its token."""
        if request.method != "POST" or "_post" not in vars(request):
            return
        if any(name.rpartition("-")[2] == SHOWN for name in request.POST):
            request.form_turns.enter_context(_turn_at(request.path))  # type: ignore[attr-defined]


@contextmanager
def _turn_at(path: str) -> Iterator[None]:
    if connection.vendor == "postgresql":
        with turn(f"form {path}"):
            yield
    else:
        with _LOCKS[crc32(path.encode()) % len(_LOCKS)]:
            yield
