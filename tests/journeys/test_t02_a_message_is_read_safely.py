"""A message from outside shows live, is read in a script-less opaque frame, and loads nothing remote."""

import secrets

import pytest
from playwright.sync_api import Page
from tests.journeys.conftest import Instance
from tests.journeys.seen import deliver, in_some_frame, sign_in

pytestmark = [pytest.mark.engines, pytest.mark.browser]

HOSTILE = """<p>Bonjour <b>Nadia</b> {tag}</p>
<img src="http://pixel.dehors.example/{tag}.png" srcset="http://pixel.dehors.example/{tag}-2.png 2x">
<div style="background:url(http://pixel.dehors.example/{tag}-bg.png)">fond</div>
<style>@import "http://pixel.dehors.example/{tag}.css"; p {{ background: url(http://pixel.dehors.example/x) }}
</style>
<link rel="stylesheet" href="http://pixel.dehors.example/{tag}.css">
<video poster="http://pixel.dehors.example/{tag}-v.png"></video>
<svg><image href="http://pixel.dehors.example/{tag}-s.png"/></svg>
<iframe src="http://pixel.dehors.example/{tag}.html"></iframe>
<script>alert(1)</script><img src=x onerror="alert(2)">"""


def test_a_message_shows_live_and_loads_nothing_before_consent(instance: Instance, page: Page) -> None:
    teacher = instance.account("teacher")
    tag = secrets.token_hex(4)
    asked: list[str] = []
    said: list[str] = []
    broken: list[str] = []
    page.context.on("request", lambda request: asked.append(request.url))
    page.on("dialog", lambda dialog: (said.append(dialog.message), dialog.dismiss()))  # type: ignore[call-overload]
    page.on("pageerror", lambda error: broken.append(str(error)))
    sign_in(page, instance.web, teacher["username"], teacher["password"])
    page.goto(f"{instance.web}/messagerie/")
    page.get_by_role("navigation", name="Dossiers").wait_for()

    deliver(instance, teacher["address"], f"Sortie {tag}", html=HOSTILE.format(tag=tag))
    row = page.get_by_role("region", name="Messages").get_by_text(f"Sortie {tag}").first
    row.wait_for()
    row.click()
    page.get_by_text("Images distantes bloquées").first.wait_for()
    frame, _ = in_some_frame(
        page, lambda f: f.get_by_text(tag).first if f != page.main_frame else f.locator("x-none")
    )
    sandbox = frame.frame_element().get_attribute("sandbox")
    assert sandbox is not None
    assert not {"allow-scripts", "allow-same-origin"} & set(sandbox.split())
    page.wait_for_load_state("networkidle")
    assert not [url for url in asked if "pixel" in url or f"{tag}." in url]

    before = len(asked)
    with page.expect_request(lambda request: request.url.startswith(instance.web)):
        page.get_by_role("button", name="Afficher les images").click()
    page.wait_for_load_state("networkidle")
    assert len(asked) > before
    assert not [url for url in asked if url.startswith("http://pixel")]
    assert (said, broken) == ([], [])
