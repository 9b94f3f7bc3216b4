"""Strangers are not read at length, nobody's escapes are without end, and no field holds NUL."""

from urllib.parse import urlencode

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory
from django.test.client import encode_multipart
from tests.access.signin.people import PASSWORD, account
from tests.processor import least_seconds

from vaguemestre.site.request_bodies import NoNul

_FORM = "application/x-www-form-urlencoded"
_LONG = b"text=" + b"%0A" * 2_000_000


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["/oidc/token", "/ent/saml", "/aide/demande", "/contacts/nouveau/", "/rien"])
def test_a_long_body_of_a_stranger_is_left_unread(client: Client, path: str) -> None:
    """Eight of 25 MB kept the sign-in page from everybody for half a minute."""
    seconds = least_seconds(lambda: client.post(path, _LONG, content_type=_FORM), 0.3)
    assert seconds < 0.3
    assert client.post(path, _LONG, content_type=_FORM).headers["Location"].startswith("/alogin")


@pytest.mark.django_db
def test_one_of_somebody_signed_in_is_read(client: Client) -> None:
    account()
    client.post("/alogin", {"username": "nmorel", "secret": PASSWORD})
    body = b"text=" + b"x" * 1_500_000
    assert client.post("/contacts/nouveau/", body, content_type=_FORM).status_code == 422


@pytest.mark.django_db
def test_one_of_somebody_signed_in_that_is_all_escapes_is_refused_unread(client: Client) -> None:
    """Four of 29 MB held everybody's pages for ten seconds."""
    account()
    client.post("/alogin", {"username": "nmorel", "secret": PASSWORD})
    body = b"text=" + b"%0A" * 9_000_000
    statuses: list[int] = []

    def post() -> None:
        statuses.append(client.post("/contacts/nouveau/", body, content_type=_FORM).status_code)

    assert least_seconds(post, 0.3) < 0.3
    assert set(statuses) <= {400, 413}


def test_a_field_comes_without_nul() -> None:
    for fields in ({"name": "Zoé\0 Petit", "emails": "zoe@famille.example"}, {"na\0me": "Ali"}):
        for kind in (_FORM, "multipart/form-data; boundary=BoUnDaRyStRiNg"):
            body = urlencode(fields) if kind == _FORM else encode_multipart("BoUnDaRyStRiNg", fields)
            read = _fields_of(body, kind)
            assert "\0" not in "".join((*read, *read.values())), kind
            assert read["name"] in ("Zoé Petit", "Ali")


def _fields_of(body: str | bytes, kind: str) -> dict[str, str]:
    """The fields a view reads, files asked for first."""
    seen: dict[str, str] = {}

    def view(request: HttpRequest) -> HttpResponse:
        assert not request.FILES
        seen.update(request.POST.dict())
        return HttpResponse()

    NoNul(view)(RequestFactory().post("/", body, content_type=kind))
    return seen
