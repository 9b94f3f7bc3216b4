"""What applications send to the machine doors, and the errors they are answered."""

import base64
from collections.abc import Mapping
from urllib.parse import unquote_plus, urlencode

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse, QueryDict
from django.utils import timezone

from vaguemestre.access.sso.oidc.values import Wrong
from vaguemestre.access.sso.registry.queries import find_application
from vaguemestre.access.sso.registry.services import secret_holds
from vaguemestre.access.sso.registry.values import Application, Protocol

_NO_CLIENT = Wrong("invalid_client", "the application is unknown or did not prove who it is")


def once_each(given: QueryDict) -> dict[str, str] | None:
    """The parameters, or None when one comes twice (RFC 6749 §3.1)."""
    if any(len(values) > 1 for _, values in given.lists()):
        return None
    return {name: str(value) for name, value in given.items()}


def client_of(request: HttpRequest, given: Mapping[str, str]) -> Application | Wrong:
    """The application that asks, proved by its secret, in one way only; a public one has none to show."""
    header = request.headers.get("Authorization", "")
    if header:
        told = _basic(header)
        if told is None or "client_secret" in given or given.get("client_id", told[0]) != told[0]:
            return _NO_CLIENT
        client_id, secret = told
    else:
        client_id, secret = given.get("client_id", ""), given.get("client_secret", "")
    application = find_application(client_id) if client_id else None
    if application is None or application.protocol is not Protocol.OIDC:
        return _NO_CLIENT
    if application.public:
        return application if not secret else _NO_CLIENT
    return application if secret_holds(application, secret, timezone.now()) else _NO_CLIENT


def answered(content: Mapping[str, object], status: int = 200) -> JsonResponse:
    answer = JsonResponse(dict(content), status=status)
    answer["Cache-Control"] = "no-store"
    return answer


def told_wrong(wrong: Wrong) -> HttpResponse:
    """RFC 6749 §5.2."""
    status = 401 if wrong.error == "invalid_client" else 400
    answer = answered({"error": wrong.error, "error_description": wrong.words}, status)
    if status == 401:
        answer["WWW-Authenticate"] = 'Basic realm="oidc"'
    return answer


def back_to(address: str, given: Mapping[str, str]) -> HttpResponse:
    """To a registered address, with an answer in its query."""
    joint = "&" if "?" in address else "?"
    answer = HttpResponseRedirect(f"{address}{joint}{urlencode(given)}")
    answer["Cache-Control"] = "no-store"
    return answer


def _basic(header: str) -> tuple[str, str] | None:
    """RFC 6749 §2.3.1: both halves are form-encoded before they are joined."""
    scheme, _, encoded = header.partition(" ")
    if scheme.lower() != "basic":
        return None
    try:
        text = base64.b64decode(encoded.strip(), validate=True).decode()
    except ValueError:  # not base64, or not UTF-8 inside
        return None
    name, colon, secret = text.partition(":")
    return (unquote_plus(name), unquote_plus(secret)) if colon else None
