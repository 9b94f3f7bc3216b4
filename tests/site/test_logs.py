"""What the logs of the web say, and what they keep to themselves."""

import io
import json
import logging
import secrets
from collections.abc import Iterator

import pytest
from django.http import HttpRequest
from django.test import Client
from django.urls import path, reverse
from tests.answers import PageAnswer

from vaguemestre.foundation.kernel.logs import JsonLines

pytestmark = pytest.mark.django_db
TOKEN = secrets.token_urlsafe(24)


def fails(request: HttpRequest, token: str) -> PageAnswer:
    raise ValueError("no more")


urlpatterns = [path("essai/<str:token>", fails)]


@pytest.fixture
def log() -> Iterator[io.StringIO]:
    """What the console is given."""
    handler = logging.getHandlerByName("console")
    assert isinstance(handler, logging.StreamHandler)
    stream = io.StringIO()
    # not `setStream`, which flushes: what a former test captured is closed by now
    former, handler.stream = handler.stream, stream
    yield stream
    handler.stream = former


@pytest.mark.parametrize("name", ["signin:alarm", "assistant:follow-link", "helpdesk:track-request"])
def test_a_refused_post_is_logged_without_the_token_of_its_address(log: io.StringIO, name: str) -> None:
    place = reverse(name, args=[TOKEN])
    assert Client(enforce_csrf_checks=True).post(place).status_code == 403
    assert place.strip("/").replace(TOKEN, "<str:token>") in log.getvalue()
    assert TOKEN not in log.getvalue()


@pytest.mark.urls(__name__)
def test_a_failure_is_logged_with_its_traceback_and_without_the_token(log: io.StringIO) -> None:
    assert Client(raise_request_exception=False).get(f"/essai/{TOKEN}").status_code == 500
    assert "essai/<str:token>" in log.getvalue()
    assert "ValueError: no more" in log.getvalue()
    assert TOKEN not in log.getvalue()


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1:25", "a b", "x" * 300, "localhost@evil.example"])
def test_a_wrong_host_writes_no_traceback(log: io.StringIO, host: str) -> None:
    assert Client(headers={"host": host}).get(f"/compte/pas-moi/{TOKEN}").status_code in {400, 404, 421}
    assert log.getvalue() == ""


@pytest.mark.urls(__name__)
def test_the_answer_and_the_lines_of_a_request_tell_the_same_identifier(log: io.StringIO) -> None:
    handler = logging.getHandlerByName("console")
    assert handler is not None
    former, handler.formatter = handler.formatter, JsonLines()
    try:
        answer = Client(raise_request_exception=False).get(f"/essai/{TOKEN}")
    finally:
        handler.formatter = former
    fields = json.loads(log.getvalue().splitlines()[-1].partition(">")[2])
    assert (answer.status_code, len(answer["X-Request-Id"])) == (500, 16)
    assert fields["request"] == answer["X-Request-Id"]
    assert fields["exception"] == "ValueError"
    assert TOKEN not in log.getvalue()
    assert "no more" not in log.getvalue()
