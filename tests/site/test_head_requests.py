"""A page answers HEAD as it answers GET, without its body."""

from pathlib import Path

import pytest
from django.http import FileResponse, HttpResponse
from django.test import Client, RequestFactory
from tests.access.signin.people import PASSWORD, account

from vaguemestre.site.head_requests import HeadRequests


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["/alogin", "/aide", "/parametres/", "/contacts/nouveau/", "/rien"])
def test_what_watches_a_page_is_told_what_a_reader_is(client: Client, path: str) -> None:
    account()
    client.post("/alogin", {"username": "nmorel", "secret": PASSWORD})
    told, read = client.head(path), client.get(path)
    assert told.status_code == read.status_code
    assert told.headers["Content-Type"] == read.headers["Content-Type"]


def test_the_length_is_told_and_nothing_follows() -> None:
    response = HeadRequests(lambda _: HttpResponse("un texte"))(RequestFactory().head("/"))
    assert isinstance(response, HttpResponse)
    assert (response.headers["Content-Length"], response.content) == ("8", b"")


def test_a_file_is_not_read_for_it() -> None:
    with Path(__file__).open("rb") as file:
        response = HeadRequests(lambda _: FileResponse(file))(RequestFactory().head("/"))
        assert isinstance(response, FileResponse)
        assert (list(response), file.tell()) == ([], 0)


@pytest.mark.django_db
def test_the_address_of_a_form_alone_refuses_it(client: Client) -> None:
    account()
    client.post("/alogin", {"username": "nmorel", "secret": PASSWORD})
    assert client.head("/deconnexion").status_code == 405
