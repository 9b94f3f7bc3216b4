"""« Boîtes et listes » on every screen, by keyboard: filtered, put in order, without anybody."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from playwright.sync_api import Browser, Page, expect
from pytest_django.live_server_helper import LiveServer
from tests.access.signin.people import NOON
from tests.desks.inventory.samples import box, mailing_list
from tests.desks.windows import look, window
from tests.site.doorways import people

from vaguemestre.people.directory.models import Structure

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

CUT = "(table) => table.scrollWidth > table.parentElement.clientWidth"


@pytest.fixture
def page(live_server: LiveServer, chromium: Browser) -> Iterator[Page]:
    made = people()
    owners = (made.accounts["teacher"], made.accounts["helpdesk"])
    for n in range(12):
        uai = f"08092{n:02}B"
        school = Structure.objects.create(
            uai=uai, academy_id=made.academy_id, name=f"Collège Jean-Baptiste-Lamarck {n}", town="Abbeville",
            folded=f"college-jean-baptiste-lamarck-{n}-abbeville",
        )  # fmt: skip
        used = NOON - timedelta(days=n) if n % 3 else None
        box(
            made.academy_id, f"ce.{uai.lower()}", kind="school", school=school, used=used,
            title=f"Collège Jean-Baptiste-Lamarck {n}, Abbeville", owners=owners[: n % 3],
        )  # fmt: skip
        mailing_list(
            f"professeurs.de.sciences.{n}", kind="rule", within=uai, title="Professeurs de sciences",
            owners=owners[: n % 2], used=used, reached=40 + n,
        )  # fmt: skip
    mailing_list(
        "correspondants-informatiques-des-ecoles-du-premier-degre-de-la-somme", subscribers=4,
        title="Correspondants informatiques des écoles du premier degré",
    )  # fmt: skip
    with window(live_server, chromium, made.browser("administrator"), "/administration/inventaire") as page:
        yield page


def test_the_inventory_is_read_and_filtered_by_keyboard_on_every_screen(page: Page) -> None:
    main = page.get_by_role("main")
    expect(main.get_by_role("status")).to_have_text("25 lignes")
    assert not main.get_by_role("table").evaluate(CUT)
    look(page, "inventory")
    main.get_by_label("État").focus()
    page.keyboard.press("S")  # Sans responsable
    main.get_by_label("Établissement").press("Enter")
    expect(main.get_by_role("status")).to_have_text("11 lignes")
    expect(main.get_by_role("link", name="Nommer")).to_have_count(11)
    look(page, "inventory-vacant")
    main.get_by_label("Établissement").fill("Lamarck 3")
    main.get_by_label("Établissement").press("Enter")
    expect(main.get_by_role("status")).to_have_text("1 ligne")
    main.get_by_role("link", name="Nommer").press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Boîtes sans responsable")
    expect(page.get_by_role("textbox", name="Adresse du responsable")).to_have_count(1)
