"""Each wall holds alone in a real browser: the sanitiser without the policy, the policy without it."""

from collections import defaultdict
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Dialog, Page, Route
from tests.mailbox.webmail.hostile_html import AWAY, HOSTILE

from vaguemestre.mailbox.webmail.rules.rendering.html import frames
from vaguemestre.mailbox.webmail.rules.rendering.html.sanitize import sanitize_html

pytestmark = pytest.mark.browser
HERE = "http://localhost:9/"


@pytest.fixture(scope="module")
def page(chromium: Browser) -> Iterator[Page]:
    context = chromium.new_context()
    page = context.new_page()
    page.set_default_timeout(60_000)
    yield page
    context.close()


def asked_while_showing(
    page: Page, bodies: dict[str, bytes], headers: dict[str, str]
) -> dict[str, list[str]]:
    """Show every document, each in a frame of one page; what each requested, and what popped up."""
    names = list(bodies)
    told: dict[str, list[str]] = defaultdict(list)
    frames_of_all = "".join(f"<iframe name={n} src=/{n}></iframe>" for n in range(len(names)))

    def answer(route: Route) -> None:
        path = route.request.url.removeprefix(HERE)
        if path == "":
            route.fulfill(body=f"<!doctype html>{frames_of_all}", content_type="text/html")
        elif path.isdigit():
            headers_of_it = {"Content-Type": "text/html; charset=utf-8", **headers}
            route.fulfill(body=bodies[names[int(path)]], headers=headers_of_it)
        else:
            frame = route.request.frame.name
            told[names[int(frame)] if frame.isdigit() else frame].append(route.request.url)
            route.abort()

    def refuse(dialog: Dialog) -> None:
        told["dialog"].append(dialog.message)
        dialog.dismiss()

    page.route("**/*", answer)
    page.on("dialog", refuse)
    page.goto(HERE, wait_until="load", timeout=0)  # many frames: the limit of the test is enough
    # "load" has waited for every frame; what never comes can only be watched for a while
    page.wait_for_timeout(1_500)
    page.remove_listener("dialog", refuse)
    page.goto("about:blank")
    page.unroute("**/*", answer)
    return {name: urls for name, urls in told.items() if any("favicon" not in url for url in urls)}


def test_the_sanitiser_alone_lets_nothing_load_or_run(page: Page) -> None:
    bodies = {}
    for name, html in HOSTILE.items():
        clean = sanitize_html(html, lambda _: None)
        bodies[name] = frames.document(clean.css, clean.html, theme="light")
    assert asked_while_showing(page, bodies, {}) == {}


@pytest.mark.parametrize(
    "policy",
    [
        frames.policy(f"{HERE}messagerie/image/"),
        frames.policy(f"{HERE}messagerie/image/", is_measured=True),
        frames.paper_policy(),
    ],
    ids=["text", "measured text", "paper"],
)
def test_the_policy_alone_lets_nothing_load_or_run(page: Page, policy: str) -> None:
    headers = {"Content-Security-Policy": policy}
    bodies = {name: html.encode("utf-8", "replace") for name, html in HOSTILE.items()}
    del bodies["meta refresh"]  # a policy cannot stop a page from leaving; the sanitiser does
    assert asked_while_showing(page, bodies, headers) == {}


def test_the_raw_messages_would_have_loaded_and_run(page: Page) -> None:
    """Else the two tests above prove nothing."""
    bodies = {name: html.encode("utf-8", "replace") for name, html in HOSTILE.items()}
    told = asked_while_showing(page, bodies, {})
    assert sum(AWAY in url for urls in told.values() for url in urls) > 20
    assert told["dialog"]
