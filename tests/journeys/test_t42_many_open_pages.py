"""As many pages as an académie has open are told what comes, each of them; none keeps another waiting."""

import contextlib
import re
import resource
import secrets
import smtplib
import socket
from collections.abc import Iterator
from urllib.parse import urlencode, urlsplit

import pytest
from playwright.sync_api import Page
from tests.engines.samples import letter
from tests.journeys.conftest import Instance
from tests.journeys.seen import sign_in

pytestmark = [pytest.mark.engines, pytest.mark.browser]
# A process opens 1,024 files, and its server answers 1,024 requests at once, unless they are told otherwise.
PAGES = 1200


@pytest.fixture(autouse=True)
def many_files() -> Iterator[None]:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(max(soft, 2 * PAGES), hard), hard))
    yield
    resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


def test_each_of_more_than_a_thousand_open_pages_is_told_of_a_letter(instance: Instance, page: Page) -> None:
    person = instance.account("colleague")
    sign_in(page, instance.web, person["username"], person["password"])
    page.goto(f"{instance.web}/messagerie/")
    place, ticket = (re.search(rf'data-{name}="([^"]+)"', page.content()) for name in ("push", "ticket"))
    assert place
    assert ticket
    where = urlsplit(f"http://localhost{place[1]}" if place[1].startswith(":") else place[1])
    question = f"GET {where.path}?{urlencode({'t': ticket[1]})} HTTP/1.1\r\nHost: {where.netloc}\r\n\r\n"
    with contextlib.ExitStack() as stack:
        streams = []
        for _ in range(PAGES):
            stream = stack.enter_context(
                socket.create_connection((where.hostname or "", where.port or 80), 30)
            )
            stream.sendall(question.encode())
            streams.append(stream)
        for stream in streams:
            assert b"bonjour" in until(stream, b"bonjour")
        subject = secrets.token_hex(6)
        with smtplib.SMTP("127.0.0.1", instance.port("mx"), timeout=60) as client:
            client.sendmail(
                "paul@dehors.example", [person["address"]], letter(subject, From="paul@dehors.example")
            )
        for stream in streams:
            assert b'"INBOX"' in until(stream, b'"INBOX"')


def until(stream: socket.socket, awaited: bytes) -> bytes:
    """What comes until that does, or the other side hangs up. Raises TimeoutError."""
    content = b""
    while awaited not in content and (piece := stream.recv(4096)):
        content += piece
    return content
