"""Forms are 720 pixels wide, lists take the whole width; sheets and dashboards stop at 1240."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page
from tests.mailbox.webmail.conftest import boxes, page  # noqa: F401

import vaguemestre

SOURCES = Path(vaguemestre.__file__).parent
BODY_CLASS = re.compile(r"{% block body_class %}([^{]*)")
# one thing in parts, or what several lists stand on: neither a form nor a list
SHEETS = {
    "access/sso/registry/templates/sso/registry/application.html",
    "desks/backoffice/templates/backoffice/home.html",
    "desks/backoffice/templates/backoffice/person.html",
    "desks/backoffice/templates/backoffice/service.html",
    "desks/breaches/templates/breaches/file.html",
    "desks/enrolment/templates/enrolment/correct.html",  # a form; at most a table of what changed meanwhile
    "desks/enrolment/templates/enrolment/detail.html",
    "desks/enrolment/templates/enrolment/life.html",
    "desks/enrolment/templates/enrolment/person.html",
    "desks/helpdesk/templates/helpdesk/account.html",
    "desks/portal/templates/portal/home.html",
    "desks/portal/templates/portal/privacy.html",  # a text
    "mailbox/autoconfig/templates/autoconfig/guide.html",
    "mailbox/compose/templates/compose/waiting.html",
    "mailbox/contacts/templates/contacts/duplicates.html",
    "mailbox/contacts/templates/contacts/imported.html",
    "schools/lists/templates/lists/copies.html",
    "schools/lists/templates/lists/letter.html",
    "schools/lists/templates/lists/list.html",
    "schools/rosters/templates/rosters/list.html",
    "schools/sharing/templates/sharing/box.html",
}


def pages() -> Iterator[str]:
    """Place of each page that is not a sheet."""
    for path in sorted(SOURCES.rglob("*.html")):
        text, place = path.read_text("utf-8"), path.relative_to(SOURCES).as_posix()
        if 'extends "ui/page.html"' in text and place not in SHEETS:
            yield place


@pytest.mark.parametrize("place", list(pages()))
def test_a_page_of_one_kind_has_its_width(place: str) -> None:
    text = (SOURCES / place).read_text("utf-8")
    found = BODY_CLASS.search(text)
    classes = set(found[1].split()) if found else set()
    if classes & {"app", "composer-page"}:  # the mail reader: panes of its own
        return
    if "<table" in text:
        assert "wide" in classes, place
    elif "<form" in text:
        assert classes & {"form", "reading", "narrow", "wide"}, place


def test_sheets_are_pages_of_today() -> None:
    assert sorted(place for place in SHEETS if not (SOURCES / place).exists()) == []


WIDTHS = """() => { const main = document.querySelector("main"), style = getComputedStyle(main);
  const inside = main.clientWidth - parseFloat(style.paddingLeft) - parseFloat(style.paddingRight);
  const widths = [...main.children].map((part) => part.getBoundingClientRect().width);
  return { inside, widest: Math.max(...widths) }; }"""


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
def test_forms_and_lists_are_as_wide_as_they_say_in_a_browser(page: Page) -> None:  # noqa: F811
    page.set_viewport_size({"width": 1920, "height": 900})
    for address in ("/parametres/affichage", "/parametres/envoi", "/aide/demande"):
        page.goto(address)
        assert page.evaluate(WIDTHS)["widest"] == 720, address
    page.goto("/boites/demander/")  # beside the list of one's mailboxes
    assert page.locator("#request-box").evaluate("box => box.getBoundingClientRect().width") == 720
    for address in ("/contacts/", "/boites/", "/listes/", "/annuaire/"):
        page.goto(address)
        measured = page.evaluate(WIDTHS)
        assert measured["widest"] == measured["inside"] > 1240, address


@pytest.mark.browser
@pytest.mark.parametrize("kind", ["btn danger wide", "btn danger"])
@pytest.mark.django_db(transaction=True)
def test_a_long_button_says_all_of_it_on_a_phone_in_a_browser(page: Page, kind: str) -> None:  # noqa: F811
    page.set_viewport_size({"width": 390, "height": 800})
    page.goto("/parametres/envoi")
    words = "Quelqu’un d’autre est entré : tout refermer"
    page.locator("main").evaluate(
        """(main, [words, kind]) => { main.innerHTML = `<button class="${kind}">${words}</button>`;
        main.style.width = "300px"; }""",
        [words, kind],
    )
    place = page.locator("main").bounding_box()
    button = page.locator("main .btn").bounding_box()
    assert place
    assert button
    assert button["x"] + button["width"] <= place["x"] + place["width"]
    sizes = page.locator("main .btn").evaluate("one => [one.scrollWidth, one.clientWidth]")
    assert sizes[0] <= sizes[1]
