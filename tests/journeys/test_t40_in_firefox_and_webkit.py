"""Signing in, reading and writing, in Debian's Firefox and in WebKitGTK, which is what Safari is made of."""

import secrets
from collections.abc import Iterator

import pytest
from tests.engines.live import wait_until
from tests.journeys.conftest import Instance
from tests.journeys.webdriver import Window, firefox, webkit

pytestmark = [pytest.mark.engines, pytest.mark.browser]


@pytest.fixture(scope="module", params=[firefox, webkit], ids=["firefox", "webkit"])
def window(request: pytest.FixtureRequest) -> Iterator[Window]:
    with request.param() as opened:
        yield opened


@pytest.fixture
def signed_in(window: Window, instance: Instance) -> Window:
    """On the list of messages, as the colleague."""
    who = instance.account("colleague")
    window.open(f"{instance.web}/messagerie/")
    if "/alogin" in window.script("return location.href"):
        window.type("[name=username]", who["username"])
        window.type("[name=secret]", who["password"])
        window.click("main form button[type=submit]")
    window.element("#messages li.row")
    return window


def test_a_wrong_password_is_refused_and_the_right_one_opens_what_was_asked(
    window: Window, instance: Instance
) -> None:
    who = instance.account("colleague")
    window.open(f"{instance.web}/aide")
    window.forget()
    window.open(f"{instance.web}/messagerie/")
    window.type("[name=username]", who["username"])
    window.type("[name=secret]", "ce-n-est-pas-lui")
    window.click("main form button[type=submit]")
    window.says("[role=alert], .notice", "Identifiant ou mot de passe")
    window.type("[name=secret]", who["password"])
    window.click("main form button[type=submit]")
    window.says("#messages h2", "Boîte de réception")


def test_a_message_is_opened_beside_the_list_and_its_text_shows(signed_in: Window) -> None:
    window = signed_in
    window.click("#messages li.row:not(.unread) a.open")
    window.element("#reader .message #message-subject")
    window.enter("#reader iframe.body")
    # nothing at all while the frame changes pages
    wait_until(lambda: len(window.script("return document.body?.innerText ?? ''") or "") > 20, 120)
    window.leave()
    opened = window.script("return location.pathname")
    assert opened.startswith("/messagerie/INBOX/")
    window.script("history.back()")
    window.element("mail-app[data-pane=list]")
    assert not window.script("return document.querySelector('#reader .message')")


def test_what_one_writes_leaves_arrives_by_itself_and_is_filed(signed_in: Window, instance: Instance) -> None:
    window, subject = signed_in, f"Essai {secrets.token_hex(4)}"
    window.click("#folders button[data-compose=new]")
    window.enter(".composer-box iframe")
    window.type("#to", f"{instance.account('colleague')['address']},")
    window.type("#subject", subject)
    window.type("#editor", "Je vous écris d’un autre navigateur.")
    window.click("#send")
    window.leave()
    window.says("#messages li.row", subject, 90)  # live, without asking again
    window.click("#messages li.row.unread a.open")
    window.says("#message-subject", subject)
    window.enter("#reader iframe.body")
    window.says("body", "Je vous écris d’un autre navigateur.")
    window.leave()
    window.click("#reader [data-do=archive]")
    window.says("#notices", "Courriel archivé.")
