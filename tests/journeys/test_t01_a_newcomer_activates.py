"""From a line of the HR feed to a mailbox with a welcome message."""

import csv
from pathlib import Path

import pytest
from playwright.sync_api import Page
from tests.journeys.conftest import Instance, wait_until
from tests.journeys.seen import field, in_some_frame, label

pytestmark = [pytest.mark.engines, pytest.mark.browser]


@pytest.fixture(scope="module")
def arrival(instance: Instance, tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """One of 400 agents of a feed, with no end in sight, as its line says."""
    folder: Path = tmp_path_factory.mktemp("feed")
    feed, places = folder / "agents.csv", folder / "etablissements.csv"
    instance.cli(
        "feed",
        "sample",
        "--agents",
        "400",
        "--seed",
        "77",
        "--out",
        str(feed),
        "--structures-out",
        str(places),
    )
    applied = instance.cli("feed", "apply", str(feed), "--structures", str(places))
    assert applied.returncode == 0
    again = instance.cli("feed", "check", str(feed), "--structures", str(places))
    assert again.returncode == 0
    with feed.open(encoding="utf-8-sig", newline="") as lines:
        return next(row for row in csv.DictReader(lines, delimiter=";") if row["numen"] and not row["fin"])


def test_a_newcomer_goes_from_numen_to_mailbox(
    instance: Instance, arrival: dict[str, str], page: Page
) -> None:
    page.goto(f"{instance.web}/alogin")
    page.get_by_role("link", name=label("Je ne connais pas mon identifiant ou mon mot de passe")).click()
    numen = arrival["numen"].lower()
    field(page, "NUMEN").fill(f"{numen[:2]} {numen[2]} {numen[3:5]} {numen[5:]}")
    field(page, "Date de naissance").fill(arrival["date_naissance"])
    page.get_by_role("button", name="Continuer").click()

    password = "corail-lampe-Verger-39"
    field(page, "Nouveau mot de passe").fill(password)
    field(page, "Confirmer le mot de passe").fill(password)
    page.get_by_label(label("J'accepte la charte")).check()
    page.get_by_role("button", name="Activer mon compte").click()
    page.get_by_role("heading", name=label("Bonjour")).first.wait_for()

    page.get_by_role("link", name="Messagerie").first.click()
    page.get_by_role("navigation", name="Dossiers").wait_for()
    row = page.get_by_role("region", name="Messages").get_by_text(label("Bienvenue")).first
    row.wait_for()
    row.click()
    in_some_frame(page, lambda frame: frame.get_by_text(label("bienvenue")).first)


def test_a_numen_is_activated_once(instance: Instance, page: Page) -> None:
    newcomer = instance.account("newcomer")
    for attempt in range(2):
        page.context.clear_cookies()
        page.goto(f"{instance.web}/assistant/")
        if page.get_by_role("radio").count():
            page.get_by_role("radio").first.check()
        if not field(page, "NUMEN").is_visible():
            page.goto(f"{instance.web}/alogin")
            page.get_by_role("link", name=label("Je ne connais pas")).click()
        field(page, "NUMEN").fill(newcomer["numen"])
        field(page, "Date de naissance").fill(newcomer["birth_date"])
        page.get_by_role("button", name="Continuer").click()
        if attempt == 0:
            field(page, "Nouveau mot de passe").fill("nuage-tilleul-Marche-12")
            field(page, "Confirmer le mot de passe").fill("nuage-tilleul-Marche-12")
            page.get_by_label(label("J'accepte la charte")).check()
            page.get_by_role("button", name="Activer mon compte").click()
            page.get_by_role("heading", name=label("Bonjour")).first.wait_for()
    page.wait_for_load_state()
    assert not page.get_by_label("Nouveau mot de passe").count()
    assert newcomer["username"] not in page.locator("main").inner_text()
    wait_until(lambda: instance.cli("account", "show", newcomer["username"], "--json").stdout.count("active"))
