"""Middleware: whoever is not signed in is not read at length, and nobody's escapes are without end."""

from collections.abc import Callable

from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, HttpResponse

from vaguemestre.access.signin.http import signed_in, who_asks

_STRANGERS_DIGITS = 6  # of the length of a body, in octets: an answer of an ENT has some ten thousand
_FORM = "application/x-www-form-urlencoded"
MAX_ESCAPES = 1_500_000  # a draft that quotes 2 MB of HTML has some 800,000; each costs half a microsecond


class LongBodies:
    """A long body of nobody leads to sign-in, unread: 25 MB of signs written as `%0A` take seconds to read.

    They would be read before anything else is asked: the token against forgeries is looked for in them. Of
    people signed in, what is escaped without end is refused: it would hold the interpreter for as long.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response
        self.ask_to_sign_in = signed_in(get_response)

    def __call__(self, request: HttpRequest) -> HttpResponse:
        length = request.META.get("CONTENT_LENGTH") or "0"
        if who_asks(request) is None and len(length) > _STRANGERS_DIGITS:
            return self.ask_to_sign_in(request)
        if len(length) > _STRANGERS_DIGITS and request.content_type == _FORM:
            _check_escapes(request)
        return self.get_response(request)


def _check_escapes(request: HttpRequest) -> None:
    """Raises RequestDataTooBig."""
    if request.body.count(b"%") > MAX_ESCAPES:
        raise RequestDataTooBig
