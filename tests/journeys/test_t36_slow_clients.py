"""Slow clients hold nobody up: while they dawdle, a page of somebody else who is signed in answers."""

import http.client
import json
import os
import re
import secrets
import socket
import subprocess
import sys
import threading
import urllib.parse
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import Any

import pytest
from tests.journeys.conftest import PROJECT, Instance, wait_until

from vaguemestre.processes.supervisor import process_table

pytestmark = [pytest.mark.engines]

PATIENCE = 60  # seconds a page may take on a busy machine; those it must not wait for never end
LENT_BYTES = 30_000_000


class Client:
    """A browser's requests without a browser: one connection each, cookies kept."""

    def __init__(self, instance: Instance) -> None:
        self.port = instance.base
        self.cookies: dict[str, str] = {}

    def ask(self, method: str, path: str, form: dict[str, str] | None = None) -> http.client.HTTPResponse:
        connection = http.client.HTTPConnection("localhost", self.port, timeout=PATIENCE)
        headers = {"Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items())}
        body = None
        if form is not None:
            token = next(value for name, value in self.cookies.items() if name.startswith("csrf"))
            body = urllib.parse.urlencode({**form, "csrfmiddlewaretoken": token})
            headers |= {
                "Content-Type": "application/x-www-form-urlencoded",
                "Origin": f"http://localhost:{self.port}",
            }
        connection.request(method, path, body, headers)
        answer = connection.getresponse()
        self.content = answer.read()
        connection.close()
        for line in answer.headers.get_all("Set-Cookie", []):
            name, _, value = line.partition(";")[0].partition("=")
            self.cookies[name] = value
        return answer

    def sign_in(self, username: str, password: str) -> int:
        self.ask("GET", "/alogin")
        return self.ask("POST", "/alogin", {"username": username, "secret": password}).status


@pytest.fixture(scope="module")
def reader(instance: Instance) -> Client:
    """Somebody signed in, who has nothing to do with the slow ones."""
    account = instance.account("colleague")
    client = Client(instance)
    assert client.sign_in(account["username"], account["password"]) == 302
    assert_pages_answer(client)
    return client


def assert_pages_answer(client: Client) -> None:
    for _ in range(6):
        assert client.ask("GET", "/messagerie/").status == 200


def inside(instance: Instance, script: str) -> Any:
    """What a script prints (JSON) when run with the instance's own code and keys."""
    done = subprocess.run(
        [sys.executable, "-c", "import django, json\ndjango.setup()\n" + script],
        env={
            **os.environ,
            "VAGUEMESTRE_HOME": str(instance.home),
            "DJANGO_SETTINGS_MODULE": "vaguemestre.site.settings",
            "PYTHONPATH": str(PROJECT / "src"),
        },
        capture_output=True, text=True, timeout=180, check=True,
    )  # fmt: skip
    return json.loads(done.stdout)


LEAVE = f"""
from vaguemestre.people.credentials.models import Account
from vaguemestre.post.filelinks import queries, services
from vaguemestre.post.filelinks.http import file_limits
from vaguemestre.post.filelinks.ports import file_store, scan
from django.db import transaction
from django.utils import timezone
with transaction.atomic():
    left = services.share_content(
        None, "film.bin", "", bytes({LENT_BYTES}), file_store.get(), scan.get(), file_limits(),
        now=timezone.now())
print(json.dumps(left.token))
"""


@contextmanager
def opened(count: int, port: int, first: bytes, receive_buffer: int = 0) -> Iterator[list[socket.socket]]:
    """So many connections on which that much was said and nothing is read."""
    with ExitStack() as stack:
        clients = []
        for _ in range(count):
            client = stack.enter_context(socket.socket())
            if receive_buffer:
                client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
            client.connect(("127.0.0.1", port))
            client.sendall(first)
            clients.append(client)
        yield clients


def test_bodies_that_come_octet_by_octet_hold_no_page(instance: Instance, reader: Client) -> None:
    head = (
        f"POST /alogin HTTP/1.1\r\nHost: localhost:{instance.base}\r\n"
        f"Origin: http://localhost:{instance.base}\r\nCookie: csrf_{instance.base}={'a' * 32}\r\n"
        "Content-Type: application/x-www-form-urlencoded\r\nContent-Length: 1000000\r\n\r\n"
    )
    with opened(24, instance.base, head.encode()) as slow:
        for client in slow:
            client.sendall(b"a")
        assert_pages_answer(reader)
        assert Client(instance).ask("GET", "/alogin").status == 200
        for client in slow:
            client.sendall(b"a")  # still there: none was let go to free a place
        assert_pages_answer(reader)


def test_bodies_that_hold_a_session_hold_no_page_either(instance: Instance, reader: Client) -> None:
    cookies = "; ".join(f"{name}={value}" for name, value in reader.cookies.items())
    head = (
        f"POST /messagerie/ecrire/{secrets.token_hex(16)}/brouillon/ HTTP/1.1\r\n"
        f"Host: localhost:{instance.base}\r\nOrigin: http://localhost:{instance.base}\r\n"
        f"Cookie: {cookies}\r\nContent-Type: application/x-www-form-urlencoded\r\n"
        "Content-Length: 1000000\r\n\r\na"
    )
    with opened(24, instance.base, head.encode()):
        assert_pages_answer(reader)


def test_those_who_do_not_read_a_lent_file_hold_no_page(instance: Instance, reader: Client) -> None:
    token = inside(instance, LEAVE)
    host = f"fichiers.localhost:{instance.base}"
    request = f"POST /{token}/ HTTP/1.1\r\nHost: {host}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
    with opened(1, instance.base, request.encode()) as (taking,):
        head = b"".join(iter(lambda: taking.recv(65536), b"")).decode("latin-1")
    place = re.search(r"(?im)^location: (\S+)", head)
    assert place, head
    take = f"GET {place[1]} HTTP/1.1\r\nHost: {host}\r\n\r\n"
    with opened(10, instance.base, take.encode(), receive_buffer=2_048) as slow:
        for client in slow:
            client.settimeout(PATIENCE)
            assert client.recv(12) == b"HTTP/1.1 200"  # it began, and will not end
        assert_pages_answer(reader)
        assert Client(instance).ask("GET", "/alogin").status == 200
    with opened(1, instance.base, take.replace("\r\n\r\n", "\r\nRange: bytes=-7\r\n\r\n").encode()) as (
        part,
    ):
        part.settimeout(PATIENCE)
        content = b""
        while not content.endswith(b"\r\n\r\n" + bytes(7)):
            piece = part.recv(65536)
            assert piece, content
            content += piece
    head = content.decode("latin-1").lower()
    assert head.startswith("http/1.1 206")
    assert f"content-range: bytes {LENT_BYTES - 7}-{LENT_BYTES - 1}/{LENT_BYTES}" in head
    assert 'content-disposition: attachment; filename="film.bin"' in head
    assert "content-security-policy: default-src 'none'; sandbox" in head


def test_half_sent_cards_hold_no_address_book(instance: Instance, reader: Client) -> None:
    port = instance.base + 3
    head = f"PUT /x HTTP/1.1\r\nHost: localhost:{port}\r\nContent-Length: 200000\r\n\r\n{'a' * 1000}"
    with opened(8, port, head.encode()):
        connection = http.client.HTTPConnection("localhost", port, timeout=PATIENCE)
        connection.request("GET", "/sante")
        assert connection.getresponse().status == 200
        connection.close()
        assert_pages_answer(reader)


def test_wrong_sign_ins_at_once_hold_no_page(instance: Instance, reader: Client) -> None:
    answers: list[int] = []

    def try_in_vain() -> None:
        answers.append(Client(instance).sign_in(f"inconnu{secrets.token_hex(4)}", "pas le bon mot de passe"))

    tries = [threading.Thread(target=try_in_vain) for _ in range(16)]
    for thread in tries:
        thread.start()
    pages = 0
    while any(thread.is_alive() for thread in tries):
        assert reader.ask("GET", "/messagerie/").status == 200
        pages += 1
    for thread in tries:
        thread.join()
    assert pages >= 2
    assert len(answers) == 16
    assert 302 not in answers


@contextmanager
def tarpit() -> Iterator[tuple[str, socket.socket]]:
    """A public address of this very machine, where port 80 takes connections and never answers."""
    address = f"9.9.{secrets.randbelow(250) + 1}.{secrets.randbelow(250) + 1}"
    subprocess.run(["ip", "address", "add", f"{address}/32", "dev", "lo"], check=True, capture_output=True)
    try:
        with socket.create_server((address, 80), backlog=256) as listener:
            yield address, listener
    finally:
        subprocess.run(
            ["ip", "address", "del", f"{address}/32", "dev", "lo"], check=True, capture_output=True
        )


def process_holding(port: int, to: int) -> int:
    """Number of the process whose end of a connection to a port has that port of its own."""

    def number(place: str) -> int:
        return int(place.rpartition(":")[2], 16)

    lines = [line.split() for line in Path("/proc/net/tcp").read_text().splitlines()[1:]]
    (inode,) = [line[9] for line in lines if (number(line[1]), number(line[2])) == (port, to)]
    for entry in Path("/proc").glob("[0-9]*/fd/*"):
        with suppress(OSError):
            if str(entry.readlink()) == f"socket:[{inode}]":
                return int(entry.parts[2])
    raise AssertionError("nobody holds it")


def descendants(instance: Instance, name: str) -> set[int]:
    """Numbers of a child of the supervisor and of its own children."""
    children = json.loads((instance.home / "run" / "children.json").read_text())["children"]
    first = next(child["pid"] for child in children if child["name"] == name)
    return {first, *(seen.pid for seen in process_table.descendants(first))}


SIGN = """
from vaguemestre.mailbox.webmail.services.message.pictures import Signer
from vaguemestre.post.mailstore.values import MessageRef
signer = Signer({account}, MessageRef("INBOX", 1, 1), "/messagerie/image/")
print(json.dumps([signer(f"http://{host}/{{n}}.png") for n in range(60)]))
"""


def test_pictures_of_a_tarpit_hold_no_page(instance: Instance, reader: Client) -> None:
    with tarpit() as (host, listener):
        addresses = [inside(instance, SIGN.format(account=n, host=host)) for n in (1, 2)]
        answers: list[tuple[int, str]] = []

        def open_letter(pictures: list[str]) -> None:
            for picture in pictures:
                answer = Client(instance).ask("GET", picture)
                answers.append((answer.status, answer.headers["Content-Type"]))

        lines = [
            threading.Thread(target=open_letter, args=(letter[line::6],), daemon=True)
            for letter in addresses
            for line in range(6)  # a browser's connections to one host
        ]
        for thread in lines:
            thread.start()
        listener.settimeout(PATIENCE)
        fetching, peer = listener.accept()
        with fetching:
            assert process_holding(peer[1], listener.getsockname()[1]) in descendants(instance, "pictures")
            assert_pages_answer(reader)
            assert Client(instance).ask("GET", "/alogin").status == 200
        assert any(thread.is_alive() for thread in lines)
        wait_until(lambda: answers, PATIENCE)
        assert set(answers) == {(404, "image/svg+xml")}


def test_what_only_the_front_may_ask_is_nowhere_for_others(instance: Instance) -> None:
    client = Client(instance)
    for path in (
        "/.front/deposits/x",
        "/.front/moves/x",
        "/.front/picture/1/aHR0cDovLzEyNy4wLjAuMS8",
        "/.front/session",
    ):
        assert client.ask("GET", path).status == 404


def test_nobody_says_their_own_address(instance: Instance) -> None:
    """The network kept with a session is the connection's, whatever a client claims."""
    account = instance.account("teacher")
    client = Client(instance)
    client.ask("GET", "/alogin")
    token = next(value for name, value in client.cookies.items() if name.startswith("csrf"))
    connection = http.client.HTTPConnection("localhost", instance.base, timeout=PATIENCE)
    connection.request(
        "POST", "/alogin",
        urllib.parse.urlencode(
            {"username": account["username"], "secret": account["password"], "csrfmiddlewaretoken": token}
        ),
        {
            "Content-Type": "application/x-www-form-urlencoded",
            "Cookie": "; ".join(f"{name}={value}" for name, value in client.cookies.items()),
            "Origin": f"http://localhost:{instance.base}",
            "X-Forwarded-For": "203.0.113.9", "X-Real-IP": "203.0.113.9", "Forwarded": "for=203.0.113.9",
        },
    )  # fmt: skip
    assert connection.getresponse().status == 302
    connection.close()
    networks = inside(
        instance,
        "from vaguemestre.access.signin.models import BrowserSession\n"
        "print(json.dumps(sorted(set(BrowserSession.objects.values_list('network', flat=True)))))",
    )
    assert "127.0.0.1" in networks
    assert not any("203.0.113" in network for network in networks)


def test_a_file_brought_in_by_nobody_is_not_even_read(instance: Instance) -> None:
    head = (
        f"POST /parametres/courriers/fichier HTTP/1.1\r\nHost: localhost:{instance.base}\r\n"
        f"Cookie: vaguemestre_{instance.base}=invented\r\nContent-Length: 900000000\r\n\r\n"
    )
    with opened(1, instance.base, head.encode()) as (client,):
        client.settimeout(PATIENCE)
        assert client.recv(12) == b"HTTP/1.1 303"


def test_a_body_too_large_is_refused_in_french(instance: Instance) -> None:
    head = f"POST /alogin HTTP/1.1\r\nHost: localhost:{instance.base}\r\nContent-Length: 90000000\r\n\r\n"
    with opened(1, instance.base, head.encode()) as (client,):
        client.settimeout(PATIENCE)
        content = b""
        while b"</html>" not in content:
            piece = client.recv(65536)
            assert piece, content
            content += piece
    assert content.startswith(b"HTTP/1.1 413")
    assert "Fichier trop volumineux" in content.decode()
