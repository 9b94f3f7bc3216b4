"""Requests of clients to the back-channel endpoints, and their error responses."""

import base64
from collections.abc import Mapping
from urllib.parse import unquote_plus, urlencode

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse, QueryDict
from django.utils import timezone

from vaguemestre.access.sso.oidc.values import ProtocolError
from vaguemestre.access.sso.registry.queries import find_application
from vaguemestre.access.sso.registry.services import is_secret_right
from vaguemestre.access.sso.registry.values import Application, Protocol

_INVALID_CLIENT = ProtocolError("invalid_client", "the application is unknown or did not prove who it is")


def unique_parameters(query: QueryDict) -> dict[str, str] | None:
    """The parameters, or None when one comes twice (RFC 6749 §3.1)."""
    if any(len(values) > 1 for _, values in query.lists()):
        return None
    return {name: str(value) for name, value in query.items()}


def authenticate_client(request: HttpRequest, parameters: Mapping[str, str]) -> Application | ProtocolError:
    """The client, authenticated by its secret, in one way only; public clients have none (RFC 6749 §2.3)."""
    header = request.headers.get("Authorization", "")
    if header:
        credentials = _basic_credentials(header)
        if (
            credentials is None
            or "client_secret" in parameters
            or parameters.get("client_id", credentials[0]) != credentials[0]
        ):
            return _INVALID_CLIENT
        client_id, secret = credentials
    else:
        client_id, secret = parameters.get("client_id", ""), parameters.get("client_secret", "")
    application = find_application(client_id) if client_id else None
    if application is None or application.protocol is not Protocol.OIDC:
        return _INVALID_CLIENT
    if application.public:
        return application if not secret else _INVALID_CLIENT
    return application if is_secret_right(application, secret, timezone.now()) else _INVALID_CLIENT


def json_response(content: Mapping[str, object], status: int = 200) -> JsonResponse:
    """A JSON response that is not cached."""
    answer = JsonResponse(dict(content), status=status)
    answer["Cache-Control"] = "no-store"
    return answer


def error_response(error: ProtocolError) -> HttpResponse:
    """An error response (RFC 6749 §5.2)."""
    status = 401 if error.error == "invalid_client" else 400
    answer = json_response({"error": error.error, "error_description": error.words}, status)
    if status == 401:
        answer["WWW-Authenticate"] = 'Basic realm="oidc"'
    return answer


def redirect_with_query(address: str, parameters: Mapping[str, str]) -> HttpResponse:
    """Redirect to a registered address, with parameters added to its query."""
    joint = "&" if "?" in address else "?"
    answer = HttpResponseRedirect(f"{address}{joint}{urlencode(parameters)}")
    answer["Cache-Control"] = "no-store"
    return answer


def _basic_credentials(header: str) -> tuple[str, str] | None:
    """Credentials of HTTP Basic: both halves are form-encoded (RFC 6749 §2.3.1)."""
    scheme, _, encoded = header.partition(" ")
    if scheme.lower() != "basic":
        return None
    try:
        text = base64.b64decode(encoded.strip(), validate=True).decode()
    except ValueError:  # not base64, or not UTF-8 inside
        return None
    name, colon, secret = text.partition(":")
    return (unquote_plus(name), unquote_plus(secret)) if colon else None
