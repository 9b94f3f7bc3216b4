"""The doors of mail programs that ask to be let in: consent for people, tokens for programs."""

from collections.abc import Mapping
from functools import partial
from urllib.parse import urlencode

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse, QueryDict
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from vaguemestre.access.signin.http import SignedInRequest, network_of, recently_signed_in
from vaguemestre.foundation.jobs.services import run_now
from vaguemestre.foundation.kernel.errors import Refusal
from vaguemestre.mailbox.autoconfig import services
from vaguemestre.mailbox.autoconfig.http import offered
from vaguemestre.mailbox.autoconfig.ports import sign
from vaguemestre.mailbox.autoconfig.rules import programs
from vaguemestre.mailbox.autoconfig.rules.programs import PROGRAMS, Asked, Wrong
from vaguemestre.mailbox.autoconfig.rules.signed_package import signed_package
from vaguemestre.people.credentials.ports import token_keys
from vaguemestre.people.provisioning.ports import mail_directory

_STAMP_SALT = "autoconfig.program-asked"
_STAMP_AGE = 600


@never_cache
@require_http_methods(["GET", "POST"])
def authorize(request: HttpRequest) -> HttpResponse:
    """Nothing leaves unless a known program asks, for an address of the person's own machine."""
    if request.method == "POST":
        return _decided(request)
    given = _once_each(request.GET)
    if given is None or not programs.may_answer(given):
        raise Refusal("autoconfig.program-unknown")
    asked = programs.read(given)
    if isinstance(asked, Wrong):
        told = {"error": asked.error, "error_description": asked.words, "state": given.get("state", "")[:500]}
        return HttpResponseRedirect(_address(given["redirect_uri"], told))
    return _ask(request, asked)


@recently_signed_in
def _ask(request: SignedInRequest, asked: Asked) -> HttpResponse:
    told = [
        request.who.account_id,
        asked.client_id,
        asked.redirect_uri,
        asked.state,
        asked.challenge,
        asked.login,
    ]
    shown = {
        "program": PROGRAMS[asked.client_id],
        "address": request.who.address,
        "stamp": signing.dumps(told, salt=_STAMP_SALT),
    }
    return render(request, "autoconfig/authorize.html", shown)


@recently_signed_in
def _decided(request: SignedInRequest) -> HttpResponse:
    """The answer leaves by a page that goes on: browsers follow no redirect out of our own forms."""
    try:
        told = signing.loads(request.POST.get("demande", ""), salt=_STAMP_SALT, max_age=_STAMP_AGE)
        account_id, asked = int(told[0]), Asked(*told[1:6])
    except (signing.BadSignature, TypeError, ValueError, IndexError) as error:
        raise Refusal("autoconfig.program-asked-too-long-ago") from error
    if account_id != request.who.account_id:
        raise Refusal("autoconfig.program-asked-too-long-ago")
    if request.POST.get("choix") != "oui":
        answer = {"error": "access_denied", "error_description": "the person did not agree"}
    else:
        name = request.POST.get("nom", "").strip() or PROGRAMS[asked.client_id]
        answer = {
            "code": services.give_code(
                account_id, asked, name, address=request.who.address, now=timezone.now()
            )
        }
    address = _address(asked.redirect_uri, {**answer, "state": asked.state})
    return render(
        request, "autoconfig/leave.html", {"address": address, "program": PROGRAMS[asked.client_id]}
    )


@csrf_exempt
@require_POST
def token(request: HttpRequest) -> HttpResponse:
    """RFC 6749 §4.1.3 and §6, for programs that keep no secret."""
    given = _once_each(request.POST)
    if given is None or given.get("client_id", "") not in PROGRAMS:
        return _wrong(Wrong("invalid_client", "the program is unknown, or a parameter comes twice"))
    now, keys, tokens = timezone.now(), token_keys.get(), mail_directory.get()
    granted: services.Granted | Wrong
    match given.get("grant_type", ""):
        case "authorization_code":
            granted = services.exchange_code(
                keys,
                tokens,
                given.get("code", ""),
                redirect_uri=given.get("redirect_uri", ""),
                client_id=given["client_id"],
                verifier=given.get("code_verifier", ""),
                now=now,
            )
        case "refresh_token":
            key = given.get("refresh_token", "")
            granted = services.open_again(keys, tokens, key, network_of(request), now=now)
        case _:
            granted = Wrong("unsupported_grant_type", "authorization_code or refresh_token")
    if isinstance(granted, Wrong):
        return _wrong(granted)
    if granted.touched:
        run_now(granted.touched)
    told = {
        "access_token": granted.token,
        "token_type": "Bearer",
        "expires_in": int(granted.life.total_seconds()),
        "scope": programs.SCOPE,
        "refresh_token": granted.key,
    }
    return _answered(told)


@csrf_exempt
@require_POST
def revoke(request: HttpRequest) -> HttpResponse:
    """RFC 7009: answered the same whether the token was known or not."""
    given = _once_each(request.POST)
    if given is None or not given.get("token"):
        return _wrong(Wrong("invalid_request", "token is missing, or a parameter comes twice"))
    services.take_back(given["token"], now=timezone.now())
    return _answered({})


@require_GET
def metadata(request: HttpRequest) -> HttpResponse:
    return JsonResponse(programs.metadata(settings.CONFIG.public_url))


@require_GET
def add_on(request: HttpRequest) -> HttpResponse:
    """Thunderbird's module: one manifest, signed by the instance, the same for everybody."""
    manifest = programs.add_on(offered(), settings.CONFIG.public_url)
    package = signed_package({"manifest.json": manifest}, partial(sign.get(), is_apart=True))
    answer = HttpResponse(package, content_type="application/x-xpinstall")
    answer["Content-Disposition"] = 'attachment; filename="messagerie.xpi"'
    return answer


def _address(redirect_uri: str, told: Mapping[str, str]) -> str:
    given = {name: value for name, value in told.items() if value}
    return f"{redirect_uri}?{urlencode({**given, 'iss': programs.issuer_of(settings.CONFIG.public_url)})}"


def _once_each(given: QueryDict) -> dict[str, str] | None:
    """RFC 6749 §3.1."""
    if any(len(values) > 1 for _, values in given.lists()):
        return None
    return {name: str(value) for name, value in given.items()}


def _answered(told: Mapping[str, object], status: int = 200) -> JsonResponse:
    answer = JsonResponse(dict(told), status=status)
    answer["Cache-Control"] = "no-store"
    return answer


def _wrong(wrong: Wrong) -> HttpResponse:
    status = 401 if wrong.error == "invalid_client" else 400
    return _answered({"error": wrong.error, "error_description": wrong.words}, status)
