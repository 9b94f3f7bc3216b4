"""What a person does and sees, in the words of the pages."""

import base64
import email.message
import email.utils
import hmac
import imaplib
import re
import smtplib
import ssl
import struct
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from playwright.sync_api import Error, Frame, FrameLocator, Locator, Page, expect


def label(text: str) -> re.Pattern[str]:
    """An accessible name, whatever its apostrophe and its spaces."""
    return re.compile(re.escape(text).replace("'", "['’]").replace("\\ ", r"\s"), re.IGNORECASE)


def field(page: Page | Frame, text: str) -> Locator:
    return page.locator("input, textarea, [contenteditable=true]").and_(page.get_by_label(label(text))).first


def sign_in(page: Page, web: str, username: str, password: str) -> None:
    page.goto(f"{web}/alogin")
    field(page, "Identifiant").fill(username)
    field(page, "Mot de passe ou passcode OTP").fill(password)
    page.get_by_role("button", name="Valider").click()
    page.wait_for_url(lambda url: "/alogin" not in url)


def sign_in_twice(page: Page, web: str, account: dict[str, Any]) -> None:
    """With the code of their application too, for roles that must; the next one when that one has served.

    A third sign-in of the same half-minute waits for a code that may serve.
    """
    page.goto(f"{web}/alogin")
    field(page, "Identifiant").fill(account["username"])
    field(page, "Mot de passe ou passcode OTP").fill(account["password"])
    with page.expect_navigation():
        page.get_by_role("button", name="Valider").click()
    secret, period = account.get("totp_secret", ""), account.get("totp_period", 30)
    tried: set[str] = set()
    asked = field(page, "Code de vérification")
    while asked.count():
        assert len(tried) < 4, "no code is accepted"
        codes = [code for code in (code_of(secret, period), code_of(secret, period, 1)) if code not in tried]
        if not codes:
            time.sleep(1)  # the clock is what is waited for
            continue
        tried.add(codes[0])
        asked.fill(codes[0])
        with page.expect_navigation():
            page.get_by_role("button", name="Valider").click()


def wait_until_sent(page: Page | FrameLocator) -> None:
    """Waits for the composer to say that the message has left: after the time to take it back."""
    expect(page.get_by_text(label("Courriel envoyé"))).to_be_visible(timeout=60_000)


def code_of(secret: str, period: int, ahead: int = 0) -> str:
    """RFC 6238, SHA-1, six digits; `ahead` steps from now."""
    step = struct.pack(">Q", int(time.time()) // period + ahead)
    digest = hmac.new(base64.b32decode(secret), step, "sha1").digest()
    at = digest[-1] & 15
    return f"{(int.from_bytes(digest[at : at + 4], 'big') & 0x7FFFFFFF) % 1_000_000:06d}"


def in_some_frame(page: Page, find: Callable[[Frame], Locator], seconds: float = 15) -> tuple[Frame, Locator]:
    """The first frame of the page where the thing is visible: messages and the composer live in frames."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        for frame in page.frames:
            try:
                found = find(frame)
                if found.is_visible():
                    return frame, found
            except Error:
                continue
        page.wait_for_timeout(50)
    raise AssertionError("in no frame of the page")


@contextmanager
def imap(instance: Any, account: dict[str, Any], password: str | None = None) -> Iterator[imaplib.IMAP4_SSL]:
    """The mailbox as an ordinary mail program opens it: address and application password over TLS."""
    tls = ssl.create_default_context(cafile=instance.ready["ca"])
    client = imaplib.IMAP4_SSL("localhost", instance.port("imaps"), ssl_context=tls, timeout=60)
    try:
        client.login(account["address"], password or account["app_password"])
        yield client
    finally:
        try:
            client.logout()
        except (OSError, imaplib.IMAP4.error):
            client.shutdown()


def uids_of(client: imaplib.IMAP4_SSL, folder: str, subject: str) -> list[str]:
    client.select(f'"{folder}"')
    client.literal = subject.encode()  # type: ignore[assignment]
    status, data = client.uid("SEARCH", "CHARSET", "UTF-8", "SUBJECT")
    return data[0].decode().split() if status == "OK" and data and data[0] else []


def deliver(
    instance: Any,
    to: str,
    subject: str,
    *,
    text: str = "Bonjour",
    html: str = "",
    sender: str = "parent@dehors.example",
) -> email.message.EmailMessage:
    """A message from the outside world, on the MX port."""
    message = email.message.EmailMessage()
    message["From"], message["To"], message["Subject"] = f"Un parent <{sender}>", to, subject
    message["Date"] = email.utils.formatdate()
    message["Message-ID"] = email.utils.make_msgid(domain="dehors.example")
    message.set_content(text)
    if html:
        message.add_alternative(html, subtype="html")
    with smtplib.SMTP(
        "localhost", instance.port("mx"), timeout=20, local_hostname="mail.dehors.example"
    ) as smtp:
        smtp.send_message(message, sender, [to])
    return message
