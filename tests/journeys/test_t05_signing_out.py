"""Signing out ends everything at once, and Back shows nothing."""

import pytest
from playwright.sync_api import Page
from tests.journeys.conftest import Instance
from tests.journeys.seen import sign_in

pytestmark = [pytest.mark.engines, pytest.mark.browser]


def test_signing_out_leaves_nothing_behind(instance: Instance, page: Page) -> None:
    teacher = instance.account("teacher")
    sign_in(page, instance.web, teacher["username"], teacher["password"])
    page.goto(f"{instance.web}/messagerie/")
    page.get_by_role("region", name="Messages").locator("[data-uid]").first.wait_for()
    cookies = page.context.cookies()
    page.get_by_role("button", name="Se déconnecter").first.click()
    page.wait_for_url(lambda url: "/messagerie" not in url)

    page.go_back()
    page.wait_for_load_state()
    assert page.get_by_role("region", name="Messages").count() == 0

    # the cookie copied before signing out is dead on every worker
    page.context.add_cookies(cookies)  # type: ignore[arg-type]
    for _ in range(12):
        answer = page.request.get(f"{instance.web}/messagerie/", max_redirects=0)
        assert answer.status in {302, 303}
