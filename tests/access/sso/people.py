"""An application and whoever enters it, for the tests of every protocol."""

import base64
import hashlib
from urllib.parse import parse_qsl, urlencode, urlsplit

from django.test import Client
from django.utils import timezone
from tests.access.signin.browsers import signed_in
from tests.answers import PageAnswer

from vaguemestre.access.sso.registry.services import add_application
from vaguemestre.access.sso.registry.values import Protocol, Registration
from vaguemestre.people.credentials.models import Account

BACK = "https://intranet.example/retour"
HOME = "https://intranet.example/"
BYE = "https://intranet.example/au-revoir"
VERIFIER = "v" * 43
CHALLENGE = base64.urlsafe_b64encode(hashlib.sha256(VERIFIER.encode()).digest()).rstrip(b"=").decode()

# What was once accepted somewhere in place of https://intranet.example/retour.
HOSTILE = [
    "",
    "https://intranet.example/retour/",
    "https://intranet.example/retour?",
    "https://intranet.example/retour?x=1",
    "https://intranet.example/retour#",
    "https://intranet.example/retour#x",
    "https://intranet.example/retour%20",
    "https://intranet.example/retour ",
    " https://intranet.example/retour",
    "https://intranet.example/Retour",
    "https://INTRANET.example/retour",
    "HTTPS://intranet.example/retour",
    "http://intranet.example/retour",
    "https://intranet.example:443/retour",
    "https://intranet.example:8443/retour",
    "https://intranet.example./retour",
    "https://intranet.example//retour",
    "https://intranet.example/./retour",
    "https://intranet.example/x/../retour",
    "https://intranet.example/%72etour",
    "https://intranet.example/retour/../../mal",
    "https://intranet.example/retour;x",
    "https://intranet.example/retour\\..\\mal",
    "https://intranet.example/retour@mal.example",
    "https://intranet.example@mal.example/retour",
    "https://moi:secret@intranet.example/retour",
    "https://mal.example/?https://intranet.example/retour",
    "https://mal.example#https://intranet.example/retour",
    "https://mal.example\\@intranet.example/retour",
    "https://mal.example%2f@intranet.example/retour",
    "https://intranet.example.mal.example/retour",
    "https://intranet-example/retour",
    "https://intranetxexample/retour",
    "https://mal.example/intranet.example/retour",
    "https://xn--intrnet-2ta.example/retour",
    "https://intrаnet.example/retour",
    "https://intranet。example/retour",
    "https://intranet.example\u200b/retour",
    "https://intranet.example/retour\u202e",
    "https://intranet.example/retour\x00",
    "https://intranet.example/retour\r\nLocation: https://mal.example",
    "https://intranet.example/retour%0d%0aSet-Cookie:x=1",
    "https://intranet.example\t/retour",
    "https:/intranet.example/retour",
    "https:intranet.example/retour",
    "https:\\\\intranet.example/retour",
    "https:///intranet.example/retour",
    "//intranet.example/retour",
    "///mal.example",
    "/\\mal.example",
    "/retour",
    "retour",
    "?x",
    "#",
    "javascript:alert(1)",
    "java\tscript:alert(1)",
    "data:text/html,<script>alert(1)</script>",
    "vbscript:x",
    "file:///etc/passwd",
    "ftp://intranet.example/retour",
    "intranet://retour",
    "about:blank",
    "https://*/retour",
    "https://*.example/retour",
    "https://127.0.0.1/retour",
    "https://[::1]/retour",
    "https://2130706433/retour",
    "https://intranet.example/retour https://mal.example",
    "https://intranet.example/retour,https://mal.example",
    "['https://intranet.example/retour']",
]


def registration(**more: object) -> Registration:
    fields: dict[str, object] = {
        "client_id": "intranet",
        "name": "Intranet",
        "protocol": Protocol.OIDC,
        "addresses": (BACK,),
        "home": HOME,
        "after_sign_out": (BYE,),
        "tell_sign_out": "https://intranet.example/dehors",
        "released": ("name", "given_name", "email", "uid"),
    }
    return Registration(**{**fields, **more})  # type: ignore[arg-type]


def added(**more: object) -> str:
    """Its secret."""
    return add_application(registration(**more), by="test", now=timezone.now())


def signs_in(client: Client, username: str = "nmorel") -> None:
    signed_in(Account.objects.get(username=username), client)


def asks(client: Client, **more: str | None) -> PageAnswer:
    """An authentication request; None leaves a parameter out."""
    given: dict[str, str | None] = {
        "client_id": "intranet",
        "redirect_uri": BACK,
        "response_type": "code",
        "scope": "openid profile email",
        "state": "s&t=é",
        "nonce": "n-1",
        "code_challenge": CHALLENGE,
        "code_challenge_method": "S256",
        **more,
    }
    query = urlencode({name: value for name, value in given.items() if value is not None})
    return client.get(f"/oidc/authorize?{query}")


def answer_in(answer: PageAnswer) -> dict[str, str]:
    """What came back to the application, in the query of its address."""
    assert answer.status_code == 302, answer.content.decode()
    assert answer["Location"].startswith(f"{BACK}?"), answer["Location"]
    return dict(parse_qsl(urlsplit(answer["Location"]).query))


def exchanges(client: Client, text: str, secret: str, **more: str | None) -> PageAnswer:
    given: dict[str, str | None] = {
        "grant_type": "authorization_code",
        "code": text,
        "redirect_uri": BACK,
        "code_verifier": VERIFIER,
        "client_id": "intranet",
        "client_secret": secret,
        **more,
    }
    return client.post("/oidc/token", {k: v for k, v in given.items() if v is not None})
