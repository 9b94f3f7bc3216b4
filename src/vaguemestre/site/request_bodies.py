"""Middleware on bodies: strangers are not read at length, escapes are not without end, no field holds NUL."""

from collections.abc import Callable

from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, HttpResponse, QueryDict

from vaguemestre.access.signin.http import signed_in, who_asks

_STRANGERS_DIGITS = 6  # of the length of a body, in octets: an answer of an ENT has some ten thousand
_FORM = "application/x-www-form-urlencoded"
_OF_APPLICATIONS = ("/oidc/", "/cas/", "/ent/")  # protocols, whose addresses must be those registered
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


class NoNul:
    """The fields of a form come without NUL, which PostgreSQL refuses in a text and no page shows.

    It is dropped rather than refused: a paste from another program may bring one, unseen by its author.
    What applications send is compared to the letter, and stays as it is; addresses with one lead nowhere.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.path_info.startswith(_OF_APPLICATIONS):
            return self.get_response(request)
        read: Callable[[], None] = request._load_post_and_files  # the one place all fields pass

        def read_without_nul() -> None:
            read()
            _drop_nul(request)

        request._load_post_and_files = read_without_nul  # type: ignore[method-assign]
        return self.get_response(request)


def _drop_nul(request: HttpRequest) -> None:
    """Called once the fields are read: no view has seen them."""
    fields = request.POST
    if not any("\0" in text for name, values in fields.lists() for text in (name, *values)):
        return
    cleaned = QueryDict(mutable=True, encoding=fields.encoding)
    for name, values in fields.lists():
        for value in values:
            cleaned.appendlist(name.replace("\0", ""), value.replace("\0", ""))
    cleaned._mutable = False  # as the fields of a request are
    request.POST = cleaned  # type: ignore[assignment]


def _check_escapes(request: HttpRequest) -> None:
    """Raises RequestDataTooBig."""
    if request.body.count(b"%") > MAX_ESCAPES:
        raise RequestDataTooBig
