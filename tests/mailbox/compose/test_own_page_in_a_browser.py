"""The composer opened by its address: a page within the shell, as every other."""

import re
from itertools import combinations
from typing import TypedDict

import pytest
from playwright.sync_api import Page, expect

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


class Rectangle(TypedDict):
    name: str
    left: float
    top: float
    right: float
    bottom: float


RECTANGLES = """() => [".top", ".rail", "#side", "main"].map(name => [name, document.querySelector(name)])
  .filter(([name, part]) => part?.checkVisibility()).map(([name, part]) => {
    const { left, top, right, bottom } = part.getBoundingClientRect();
    return { name, left, top, right, bottom };
  })"""


@pytest.mark.parametrize(("width", "height"), [(1280, 800), (1000, 700), (390, 844)])
def test_the_composer_of_a_page_of_its_own_stands_in_the_shell(page: Page, width: int, height: int) -> None:
    page.set_viewport_size({"width": width, "height": height})
    page.goto("/messagerie/ecrire/")
    expect(page.get_by_role("button", name="Envoyer", exact=True)).to_be_in_viewport(ratio=1)
    parts: list[Rectangle] = page.evaluate(RECTANGLES)
    assert {k: v for k, v in parts[0].items() if k in ("name", "left", "top")} == {
        "name": ".top",
        "left": 0,
        "top": 0,
    }
    assert parts[0]["bottom"] < 90
    for one, other in combinations(parts, 2):
        assert (
            min(one["right"], other["right"]) - max(one["left"], other["left"]) < 1
            or min(one["bottom"], other["bottom"]) - max(one["top"], other["top"]) < 1
        ), f"{one['name']} lies on {other['name']}"
    assert page.evaluate("document.documentElement.scrollHeight <= innerHeight")


def test_a_message_for_later_opened_again_says_when_it_leaves_and_blames_nobody(page: Page) -> None:
    page.goto("/messagerie/ecrire/")
    page.get_by_role("combobox", name="À").fill("parent@dehors.example")
    page.get_by_label("Objet").fill("Sortie")
    page.get_by_role("textbox", name="Message").fill("Bonjour")
    page.get_by_role("button", name="Envoyer plus tard").click()
    page.get_by_role("button", name="Lundi à 8 h").click()
    told = page.locator("#sent")
    expect(told).to_contain_text(re.compile(r"Courriel programmé pour le lundi \d+"))
    page.reload()
    expect(told).to_contain_text(re.compile(r"Courriel programmé pour le lundi \d+(er)? \S+( \d{4})? à 8\sh"))


def test_without_a_network_a_mailing_is_kept_and_said_not_to_have_left(page: Page) -> None:
    """The browser's own page of an absent network took its place, and stayed."""
    page.goto("/messagerie/ecrire/")
    page.get_by_role("combobox", name="À").fill("parent@dehors.example")
    page.get_by_label("Objet").fill("Sortie")
    page.get_by_role("textbox", name="Message").fill("Bonjour")
    expect(page.locator("#saved")).to_contain_text("Enregistré à")
    page.goto(page.url.partition("?")[0] + "exemplaires/")
    page.get_by_role("button", name="Préparer et relire").click()
    leave = page.get_by_role("button", name="Envoyer 1 exemplaire")
    expect(leave).to_be_visible()
    page.context.set_offline(True)
    leave.click()
    expect(page.get_by_text("rien n’a été demandé au serveur")).to_be_visible()
    page.context.set_offline(False)
    expect(leave).to_be_visible()
