"""Middleware: whoever is not signed in is not read at length."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from vaguemestre.access.signin.http import signed_in, who_asks

_STRANGERS_DIGITS = 6  # of the length of a body, in octets: an answer of an ENT has some ten thousand


class LongBodies:
    """A long body of nobody leads to sign-in, unread: 25 MB of signs written as `%0A` take seconds to read.

    They would be read before anything else is asked: the token against forgeries is looked for in them.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response
        self.ask_to_sign_in = signed_in(get_response)

    def __call__(self, request: HttpRequest) -> HttpResponse:
        length = request.META.get("CONTENT_LENGTH") or "0"
        if who_asks(request) is None and len(length) > _STRANGERS_DIGITS:
            return self.ask_to_sign_in(request)
        return self.get_response(request)
