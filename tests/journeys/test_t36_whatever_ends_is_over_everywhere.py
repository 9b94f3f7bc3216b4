"""Every way of ending an access × every channel it had opened before, each cell with its expectation."""

import base64
import contextlib
import email.message
import hashlib
import http.client
import http.server
import imaplib
import re
import smtplib
import socket
import ssl
import sys
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

import pytest
from playwright.sync_api import APIRequestContext, Browser
from tests.access.sso.saml.service_provider import SLO, metadata, query, request
from tests.journeys.acts_process import Acts, acting
from tests.journeys.conftest import Instance, running_instance, wait_until

pytestmark = [pytest.mark.engines, pytest.mark.browser]

PATIENCE = 60.0  # seconds on a machine that does other things; what is asked is two, and is printed
VERIFIER = "v" * 43
# as acts.py registers it
CLIENT, SECRET, BACK = "matrice", "m" * 43, "http://localhost:1/retour"
CHALLENGE = base64.urlsafe_b64encode(hashlib.sha256(VERIFIER.encode()).digest()).rstrip(b"=").decode()

BOX = frozenset({"box pages", "box push"})
BORROWED = frozenset({"borrowed", "borrowed push"})
WEB = BOX | BORROWED | frozenset({"pages", "push", "oidc", "cas", "saml", "refresh"})
PROGRAMS = frozenset({"imap", "smtp", "managesieve", "carddav", "list"})
SHARED = frozenset({"box imap", "box smtp"})
# What others do in that person's mailbox, or it does by itself.
LEFT_BEHIND = frozenset({"redirect", "lent", "lent push"})
EVERYTHING = WEB | PROGRAMS | SHARED | LEFT_BEHIND
# What ends; every other channel of the person goes on.
ENDS: dict[str, frozenset[str]] = {
    "key": PROGRAMS,
    "signed-out": WEB,
    "everywhere": WEB,
    "password": WEB,
    "suspended": EVERYTHING,
    "compromised": EVERYTHING,
    "sheltered": EVERYTHING,  # as compromised, where the mailbox is not held for some hours
    "closed": EVERYTHING,
    "death": EVERYTHING,
    "membership": SHARED | BOX,
    "loan": BORROWED,
    "keeper": frozenset({"list"}),
}


@pytest.fixture(scope="module")
def instance() -> Iterator[Instance]:
    """One of its own: what is ended, or counted against a sender, must not meet other journeys."""
    with running_instance() as own:
        yield own


@pytest.fixture(scope="module")
def acts(instance: Instance) -> Iterator[Acts]:
    with acting(instance, "acts.py") as process:
        yield process


def tls(instance: Instance) -> ssl.SSLContext:
    return ssl.create_default_context(cafile=instance.ready["ca"])


def retried(open_it: Callable[[contextlib.ExitStack], Any], stack: contextlib.ExitStack) -> Any:
    """Once the engines know the new password."""

    def attempt() -> Any:
        with contextlib.ExitStack() as tried:
            try:
                client = open_it(tried)
            except (imaplib.IMAP4.error, smtplib.SMTPAuthenticationError):
                return None
            stack.push(tried.pop_all())
            return client

    return wait_until(attempt, 60)


def idle(instance: Instance, stack: contextlib.ExitStack, login: str, password: str) -> Callable[[], bool]:
    def open_it(tried: contextlib.ExitStack) -> imaplib.IMAP4_SSL:
        client = imaplib.IMAP4_SSL("localhost", instance.port("imaps"), ssl_context=tls(instance), timeout=30)
        tried.callback(client.shutdown)
        client.login(login, password)
        return client

    client = retried(open_it, stack)
    client.select("INBOX")
    client.send(b"x IDLE\r\n")
    assert client.readline().startswith(b"+")
    return closed(client.sock)


def closed(connection: socket.socket) -> Callable[[], bool]:
    """Whether the other side hung up; what it said before that is read and dropped."""
    connection.settimeout(0.02)

    def over() -> bool:
        with contextlib.suppress(TimeoutError, ssl.SSLWantReadError):
            while data := connection.recv(4096):
                if b"BYE" in data:
                    return True
            return True
        return False

    def safe() -> bool:
        try:
            return over()
        except OSError:
            return True

    return safe


def sending(
    instance: Instance, stack: contextlib.ExitStack, login: str, password: str, sender: str, to: str
) -> Callable[[], bool]:
    def open_it(tried: contextlib.ExitStack) -> smtplib.SMTP_SSL:
        client = smtplib.SMTP_SSL(
            "localhost", instance.port("submissions"), context=tls(instance), timeout=60
        )
        tried.callback(client.close)
        client.login(login, password)
        return client

    client = retried(open_it, stack)

    def over() -> bool:
        message = email.message.EmailMessage()
        message["From"], message["To"], message["Subject"] = sender, to, "matrice"
        message.set_content("Bonjour.")
        try:
            client.send_message(message, sender, [to])
        except (smtplib.SMTPException, OSError):
            return True
        return False

    assert not over(), "it sends before"
    return over


def writing_to_a_list(
    instance: Instance, stack: contextlib.ExitStack, acts: Acts, who: dict[str, Any]
) -> Callable[[], bool]:
    """A letter to a list which only those who keep it write to: over once it is not taken, or waits."""
    client = smtplib.SMTP_SSL("localhost", instance.port("submissions"), context=tls(instance), timeout=60)
    stack.callback(client.close)
    client.login(who["mailbox"], who["password"])
    number = 0

    def over() -> bool:
        nonlocal number
        number += 1
        message = email.message.EmailMessage()
        message["From"], message["To"] = who["address"], who["list_address"]
        message["Subject"] = f"liste {who['username']} {number}"
        message["Message-ID"] = message_id = f"<liste.{who['username']}.{number}@matrice.example>"
        message.set_content("Bonjour.")
        try:
            client.send_message(message, who["address"], [who["list_address"]])
        except (smtplib.SMTPException, OSError):
            return True
        state = wait_until(lambda: acts.ask(do="letter", message_id=message_id)["state"], PATIENCE)
        return state not in ("sending", "sent")

    wait_until(lambda: not over(), PATIENCE)  # once Postfix knows the list
    return over


class Application(http.server.BaseHTTPRequestHandler):
    """An application that is told by SOAP whom it signs out."""

    told: list[bytes]

    def do_POST(self) -> None:
        self.told.append(self.rfile.read(int(self.headers["Content-Length"])))
        self.send_response(200)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Say nothing."""


def listening(stack: contextlib.ExitStack) -> tuple[str, list[bytes]]:
    """Where an application listens, and what it was told."""
    told: list[bytes] = []
    handler = type("Listening", (Application,), {"told": told})
    server = stack.enter_context(http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler))
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    stack.callback(thread.join)
    stack.callback(server.shutdown)
    return f"http://localhost:{server.server_port}/slo", told


def saml_session(
    pages: APIRequestContext, instance: Instance, entity: str, told: list[bytes]
) -> Callable[[], bool]:
    """An application entered by SAML: over once it was told to sign that person out."""
    asked = request(
        here=f"{instance.web}/saml/sso", issuer=entity, acs=f"{entity}/acs", ID=f"_{time.time_ns()}"
    )
    page = pages.get(f"{instance.web}/saml/sso?{query(asked)}").text()
    found = re.search(r'name="SAMLResponse" value="([^"]+)"', page)
    assert found, page
    names = re.findall(r"NameID[^>]*>([^<]+)<", base64.b64decode(found[1]).decode())
    assert names
    return lambda: any(names[0].encode() in body for body in told)


def managesieve(
    instance: Instance, stack: contextlib.ExitStack, login: str, password: str
) -> Callable[[], bool]:
    raw = socket.create_connection(("localhost", instance.port("managesieve")), 30)
    reader = raw.makefile("rb")

    def answer() -> bytes:
        while (line := reader.readline()) and not line.startswith((b"OK", b"NO", b"BYE")):
            pass
        return line

    answer()
    first = base64.b64encode(f"\0{login}\0{password}".encode()).decode()
    raw.sendall(b"STARTTLS\r\n")
    assert answer().startswith(b"OK")
    reader.close()
    secured = stack.enter_context(tls(instance).wrap_socket(raw, server_hostname="localhost"))
    reader = stack.enter_context(secured.makefile("rb"))
    answer()
    secured.sendall(f'AUTHENTICATE "PLAIN" "{first}"\r\n'.encode())
    assert answer().startswith(b"OK")
    return closed(secured)


def carddav(instance: Instance, stack: contextlib.ExitStack, login: str, password: str) -> Callable[[], bool]:
    connection = http.client.HTTPConnection("localhost", instance.port("carddav"), timeout=60)
    stack.callback(connection.close)
    key = base64.b64encode(f"{login}:{password}".encode()).decode()

    def over() -> bool:
        connection.request("PROPFIND", "/dav/", headers={"Authorization": f"Basic {key}", "Depth": "0"})
        answer = connection.getresponse()
        answer.read()
        return answer.status == 401

    assert not over()
    return over


def push(
    pages: APIRequestContext, instance: Instance, stack: contextlib.ExitStack, mailbox: str = ""
) -> Callable[[], bool]:
    def page() -> str:
        answer = pages.get(f"{instance.web}{mailbox}/messagerie/")
        return answer.text() if answer.ok else ""

    html = wait_until(page)  # the worker tells the engines of somebody just activated
    place, ticket = (re.search(rf'data-{name}="([^"]+)"', html) for name in ("push", "ticket"))
    assert place
    assert ticket
    told = place[1]  # « :port/path » on the page's own host
    where = urlsplit(f"http://localhost{told}" if told.startswith(":") else told)
    stream = stack.enter_context(socket.create_connection((where.hostname or "", where.port or 80), 30))
    asked = f"GET {where.path}?{urlencode({'t': ticket[1]})} HTTP/1.1\r\nHost: {where.netloc}\r\n"
    stream.sendall(f"{asked}Origin: {instance.web}\r\n\r\n".encode())
    head = stream.recv(4096)
    assert head.startswith(b"HTTP/1.1 200"), head
    return ended_stream(stream)


def ended_stream(stream: socket.socket) -> Callable[[], bool]:
    """A chunked stream is over with its last chunk, or when the other side hangs up."""
    stream.settimeout(0.02)

    def over() -> bool:
        try:
            while data := stream.recv(4096):
                if data.endswith(b"0\r\n\r\n"):
                    return True
        except TimeoutError:
            return False
        return True

    return over


def refreshing(pages: APIRequestContext, instance: Instance) -> Callable[[], bool]:
    """A refresh token, exchanged at each look."""
    query = urlencode(
        {
            "client_id": CLIENT, "redirect_uri": BACK, "response_type": "code", "scope": "openid",
            "state": "s", "nonce": "n", "code_challenge": CHALLENGE, "code_challenge_method": "S256",
        }
    )  # fmt: skip
    answer = pages.get(f"{instance.web}/oidc/authorize?{query}", max_redirects=0)
    code = dict(parse_qsl(urlsplit(answer.headers["location"]).query))["code"]
    client = {"client_id": CLIENT, "client_secret": SECRET}

    def exchanged(**more: str) -> dict[str, str]:
        return dict(pages.post(f"{instance.web}/oidc/token", form={**client, **more}).json())

    held = exchanged(grant_type="authorization_code", code=code, redirect_uri=BACK, code_verifier=VERIFIER)

    def over() -> bool:
        nonlocal held
        given = exchanged(grant_type="refresh_token", refresh_token=held["refresh_token"])
        held = {**held, **given}
        return "error" in given

    assert not over()
    return over


def redirecting(instance: Instance, who: dict[str, Any]) -> Callable[[], bool]:
    """A script that sends everything to a colleague: a letter comes, and does not reach the colleague."""
    colleague = instance.account("colleague")
    raw = f'redirect :copy "{colleague["address"]}";'
    put_script(instance, who, f'require "copy";\r\n{raw}\r\n')
    number = 0

    def over() -> bool:
        nonlocal number
        number += 1
        subject = f"matrice {who['username']} {number}"
        message = email.message.EmailMessage()
        message["From"], message["To"], message["Subject"] = "a@dehors.example", who["address"], subject
        message["Message-ID"] = f"<{who['username']}.{number}.{time.time()}@dehors.example>"
        message.set_content("Bonjour.")
        with smtplib.SMTP(
            "127.0.0.1", instance.port("mx"), timeout=60, local_hostname="dehors.example"
        ) as mx:
            try:
                mx.send_message(message, "a@dehors.example", [who["address"]])
            except smtplib.SMTPRecipientsRefused:
                return True  # nobody receives there any more, so nothing is sent on
        return not arrived(instance, colleague, subject, 60 if number == 1 else 6)

    assert not over()
    return over


def arrived(instance: Instance, account: dict[str, Any], subject: str, seconds: float) -> bool:
    """Whether it comes within that time."""
    with imaplib.IMAP4_SSL("localhost", instance.port("imaps"), ssl_context=tls(instance), timeout=30) as box:
        box.login(account["address"], account["app_password"])
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            box.select("INBOX", readonly=True)
            if box.search(None, "SUBJECT", f'"{subject}"')[1][0]:
                return True
            time.sleep(0.2)
    return False


def put_script(instance: Instance, who: dict[str, Any], content: str) -> None:
    from vaguemestre.engines.sieve.client import literal

    raw = socket.create_connection(("localhost", instance.port("managesieve")), 30)
    reader = raw.makefile("rb")

    def answer() -> bytes:
        while (line := reader.readline()) and not line.startswith((b"OK", b"NO", b"BYE")):
            pass
        return line

    answer()
    raw.sendall(b"STARTTLS\r\n")
    answer()
    reader.close()
    with (
        tls(instance).wrap_socket(raw, server_hostname="localhost") as secured,
        secured.makefile("rb") as reader,
    ):
        answer()
        first = base64.b64encode(f"\0{who['mailbox']}\0{who['other']}".encode()).decode()
        secured.sendall(f'AUTHENTICATE "PLAIN" "{first}"\r\n'.encode())
        assert answer().startswith(b"OK")
        secured.sendall(b'PUTSCRIPT "suite" ' + literal(content) + b"\r\n")
        assert answer().startswith(b"OK")
        secured.sendall(b'SETACTIVE "suite"\r\n')
        assert answer().startswith(b"OK")


def reads(pages: APIRequestContext, address: str) -> bool:
    answer = pages.get(address)
    return answer.status == 200 and "/alogin" not in answer.url


def browser_of(
    instance: Instance, chromium: Browser, stack: contextlib.ExitStack, cookie: dict[str, Any]
) -> APIRequestContext:
    context = chromium.new_context()
    stack.callback(context.close)
    context.add_cookies([{**cookie, "url": instance.web}])  # type: ignore[typeddict-item]
    return context.request


def writes_from(pages: APIRequestContext, instance: Instance, box: int) -> bool:
    """Whether that mailbox is read, and a courriel written from it."""
    there = f"{instance.web}/boites/{box}/messagerie/"
    return reads(pages, there) and reads(pages, f"{there}ecrire/")


def opened(
    instance: Instance, chromium: Browser, stack: contextlib.ExitStack, acts: Acts, who: dict[str, Any]
) -> dict[str, Callable[[], bool]]:
    """Every channel, each with what tells that it is over."""
    pages = browser_of(instance, chromium, stack, who["cookie"])
    friend = browser_of(instance, chromium, stack, who["friend_cookie"])
    to = instance.account("colleague")["address"]
    oidc, cas = (f"http://localhost:{instance.base + place}/" for place in (2, 4))
    over = {
        "imap": idle(instance, stack, who["mailbox"], who["password"]),
        "smtp": sending(instance, stack, who["mailbox"], who["password"], who["address"], to),
        "managesieve": managesieve(instance, stack, who["mailbox"], who["password"]),
        "carddav": carddav(instance, stack, who["mailbox"], who["password"]),
        "box imap": idle(instance, stack, who["box_mailbox"], who["box_password"]),
        "box smtp": sending(instance, stack, who["box_mailbox"], who["box_password"], who["box_mailbox"], to),
        "redirect": redirecting(instance, who),
        "pages": lambda: "/alogin" in pages.get(f"{instance.web}/messagerie/").url,
        "box pages": lambda: not reads(pages, f"{instance.web}/boites/{who['box']}/messagerie/"),
        "push": push(pages, instance, stack),
        "box push": push(pages, instance, stack, f"/boites/{who['box']}"),
        "borrowed push": push(pages, instance, stack, f"/boites/{who['borrowed']}"),
        "lent push": push(friend, instance, stack, f"/boites/{who['lent']}"),
        "refresh": refreshing(pages, instance),
        "borrowed": lambda: not writes_from(pages, instance, who["borrowed"]),
        "lent": lambda: not writes_from(friend, instance, who["lent"]),
        "list": writing_to_a_list(instance, stack, acts, who),
        "saml": saml_session(pages, instance, who["entity"], who["told"]),
    }
    for name, address in (("oidc", oidc), ("cas", cas)):
        assert "Bonjour" in pages.get(address).text()
        over[name] = lambda at=address: pages.get(at, max_redirects=0).status == 303
    seen = [name for name in over if name in WEB | LEFT_BEHIND and name not in ("redirect", "refresh")]
    assert [name for name in seen if over[name]()] == []
    return over


@pytest.mark.timeout(600)
@pytest.mark.parametrize("end", ENDS)
def test_whatever_ends_is_over_on_every_channel(
    instance: Instance, chromium: Browser, acts: Acts, end: str
) -> None:
    number = [*ENDS].index(end)
    with contextlib.ExitStack() as stack:
        entity, (address, told) = f"https://matrice.example/{end}", listening(stack)
        described = (
            metadata(slo="SOAP", entity=entity, acs=f"{entity}/acs")
            .replace(SLO.encode(), address.encode())
            .decode()
        )
        subscriber = instance.account("colleague")["address"]
        who = acts.ask(do="prepare", number=number, subscriber=subscriber, metadata=described)
        channels = opened(instance, chromium, stack, acts, {**who, "entity": entity, "told": told})
        assert {*channels} == EVERYTHING
        committed = acts.ask(do=end, who=who)["committed"]
        times = ended(channels, ENDS[end], committed)
        sys.stdout.write(f"\n{end}: {', '.join(f'{name} {took:.1f} s' for name, took in times.items())}\n")
        for name in channels.keys() - ENDS[end]:
            assert not channels[name](), f"{end}: {name} was to go on"


def ended(channels: dict[str, Callable[[], bool]], which: frozenset[str], since: float) -> dict[str, float]:
    """Once all of these are over: how long after the act each was seen to be."""
    waiting, took = {*which}, dict[str, float]()

    def all_over() -> bool:
        for name in sorted(waiting):
            if name in ("redirect", "list") and waiting - {"redirect", "list"}:
                continue  # it takes the time of a delivery to know
            if channels[name]():
                took[name] = time.time() - since
                waiting.discard(name)
        return not waiting

    try:
        wait_until(all_over, PATIENCE)
    except AssertionError as error:
        raise AssertionError(f"still open {sorted(waiting)}, over {took}") from error
    return took
