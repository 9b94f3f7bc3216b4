"""A campaign: forged letters to many people, caught or reported, removed everywhere, refused, given back.

A seeded dozen in ordinary runs; `VAGUEMESTRE_CAMPAIGN=500x400` writes 500 letters to 400 people. Every letter
and every mailbox is accounted for by Dovecot's own command, and what each stage took is printed.
"""

import os
import random
import re
import smtplib
import subprocess
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from email.message import EmailMessage
from email.utils import formatdate
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from playwright.sync_api import Browser, Page, expect
from tests.journeys.acts_process import Acts, acting
from tests.journeys.conftest import Instance, wait_until
from tests.journeys.seen import sign_in

from vaguemestre.desks.removals.values import REMOVED_COPIES

pytestmark = [pytest.mark.engines, pytest.mark.browser]
SEED = 20261130
LETTERS, PEOPLE = map(int, os.environ.get("VAGUEMESTRE_CAMPAIGN", "18x12").split("x"))
FORGER, HONEST = "securite@banque-postale.example", "secretariat@banque-postale.example"
SUBJECT = "Votre compte sera fermé demain"
_PER_CONNECTION = 20
_PATIENCE = 120 + 2 * LETTERS


class Copy(NamedTuple):
    """As Dovecot tells it."""

    mailbox: str
    folder: str
    guid: str
    flags: str
    message_id: str


@pytest.fixture(scope="module")
def acts(instance: Instance) -> Iterator[Acts]:
    with acting(instance, "campaign_acts.py") as process:
        yield process


def written(number: int, to: str, sender: str, drawn: random.Random) -> EmailMessage:
    """One letter of its own. Every third takes an author of ours, as forgeries do."""
    forged = "Direction <direction@ac-amiens.test>" if number % 3 == 0 else f"Service sécurité <{sender}>"
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = forged, to, SUBJECT
    if sender == HONEST:
        message.replace_header("From", HONEST)
    message["Date"] = formatdate()
    message["Message-ID"] = f"<{number}.{drawn.randrange(10**12)}@banque-postale.example>"
    message.set_content(f"Dossier {drawn.randrange(10**6)} : confirmez vos identifiants dans la journée.\n")
    return message


def send(instance: Instance, letters: list[tuple[str, EmailMessage]], sender: str) -> list[int]:
    """What the MX answers for each (SMTP code)."""
    codes = []
    for start in range(0, len(letters), _PER_CONNECTION):
        with smtplib.SMTP("127.0.0.1", instance.port("mx"), timeout=60) as client:
            for to, message in letters[start : start + _PER_CONNECTION]:
                try:
                    client.send_message(message, sender, [to])
                    codes.append(250)
                except smtplib.SMTPDataError as refused:
                    codes.append(refused.smtp_code)
    return codes


def mailboxes_file(instance: Instance) -> Path:
    """Whose mailboxes are looked at: for everybody (-A), doveadm ends Dovecot's auth now and then."""
    return instance.home.parent / f"{instance.home.name}.mailboxes"


def copies(instance: Instance, place: str = "*") -> set[Copy]:
    """Every letter of that subject in those mailboxes: in sight, or in a place that doveadm alone names."""
    argv = [
        "doveadm", "-c", str(instance.home / "engines/dovecot/dovecot.conf"), "-f", "tab", "fetch",
        "-F", str(mailboxes_file(instance)), "mailbox guid flags hdr.message-id",
        "mailbox", place, "header", "subject", SUBJECT,
    ]  # fmt: skip
    told = subprocess.run(argv, capture_output=True, text=True, check=True).stdout.splitlines()[1:]
    rows = [line.split("\t") for line in told]
    return {Copy(user, folder, guid, _kept(flags), found) for user, folder, guid, flags, found in rows}


def _kept(flags: str) -> str:
    return " ".join(sorted(flag for flag in flags.split() if flag != "\\Recent"))


@contextmanager
def timed(stage: str) -> Iterator[None]:
    began = time.monotonic()
    yield
    print(f"{LETTERS} letters, {PEOPLE} people: {stage} in {time.monotonic() - began:.1f} s")  # noqa: T201


def window_of(browser: Browser, instance: Instance, acts: Acts, account: int) -> Page:
    """A page of somebody who signed in a moment ago."""
    cookie = acts.ask(do="session", account=account)
    context = browser.new_context(locale="fr-FR", timezone_id="Europe/Paris")
    context.add_cookies([{"name": cookie["name"], "value": cookie["value"], "url": instance.web}])
    return context.new_page()


def report(page: Page, instance: Instance) -> None:
    """The teacher opens the letter and says what it is."""
    teacher = instance.account("teacher")
    sign_in(page, instance.web, teacher["username"], teacher["password"])
    page.goto(f"{instance.web}/messagerie/")
    rows = page.get_by_role("region", name="Messages")
    rows.get_by_text("Service sécurité").first.click()  # the honest letter bears the same subject
    page.get_by_role("button", name="Signaler", exact=True).first.click()
    page.get_by_role("button", name="Hameçonnage").click()
    page.get_by_text("Courriel signalé").first.wait_for()


def reach(acts: Acts, number: int, state: str) -> dict[str, Any]:
    def is_there() -> dict[str, Any] | None:
        told = acts.ask(do="removal", number=number)
        return told if told["state"] == state else None

    told: dict[str, Any] = wait_until(is_there, _PATIENCE, lambda: str(acts.ask(do="removal", number=number)))
    return told


@pytest.fixture
def officers(acts: Acts) -> Iterator[tuple[int, int]]:
    one, other = acts.ask(do="officers")["accounts"]
    yield one, other
    acts.ask(do="dismiss", account=other)


@pytest.fixture
def swept(instance: Instance) -> Iterator[None]:
    """Later journeys find mailboxes as they were."""
    yield
    configuration = str(instance.home / "engines/dovecot/dovecot.conf")
    listed = mailboxes_file(instance)
    argv = ["doveadm", "-c", configuration, "expunge", "-F", str(listed), "mailbox", "*"]
    subprocess.run([*argv, "header", "subject", SUBJECT], check=True, stderr=subprocess.DEVNULL)
    listed.unlink()


@pytest.mark.timeout(3600)
@pytest.mark.usefixtures("swept")
def test_a_campaign_is_reported_once_and_removed_everywhere_and_comes_back_whole(
    instance: Instance, acts: Acts, officers: tuple[int, int], chromium: Browser, page: Page
) -> None:
    drawn = random.Random(SEED)
    people = acts.ask(do="people", first=instance.account("teacher")["username"], count=PEOPLE)["people"]
    addresses = {mailbox: address for address, mailbox in people}
    mailboxes_file(instance).write_text("".join(f"{mailbox}\n" for mailbox in addresses))
    extra = drawn.choices(people[1:], k=LETTERS - PEOPLE)
    to = [address for address, _ in (*people, *extra)]
    forged = [(address, written(1 + n, address, FORGER, drawn)) for n, address in enumerate(to)]
    forged[0][1].replace_header("From", f"Service sécurité <{FORGER}>")  # the teacher's is not junk
    honest = [(address, written(9_000 + n, address, HONEST, drawn)) for n, (address, _) in enumerate(people)]
    with timed("arrived"):
        assert set(send(instance, forged, FORGER)) == {250}
        assert set(send(instance, honest, HONEST)) == {250}
        wait_until(lambda: len(copies(instance)) == LETTERS + PEOPLE, _PATIENCE)
    before = copies(instance)
    ids = {message["Message-ID"] for _, message in forged}
    caught = {copy for copy in before if copy.folder == "Junk"}
    ours = {message["Message-ID"] for _, message in forged if "ac-amiens.test" in message["From"]}
    assert ours <= {copy.message_id for copy in caught}, "an author of ours who did not sign in is junk"
    assert Counter(copy.mailbox for copy in before if copy.message_id in ids) == Counter(
        mailbox for address in to for mailbox, known in addresses.items() if known == address
    )

    report(page, instance)
    reported = max(acts.ask(do="reports", subject=SUBJECT)["reports"])
    desk = window_of(chromium, instance, acts, officers[0])
    desk.goto(f"{instance.web}/administration/retraits/nouveau?signalement={reported}")
    expect(desk.get_by_label("Expéditeur d’enveloppe")).to_have_value(FORGER)
    desk.get_by_label("Message-ID").fill("")  # each letter has its own
    desk.get_by_role("button", name="Chercher dans les boîtes").click()
    desk.wait_for_url(re.compile(r"/administration/retraits/\d+$"))
    number = int(desk.url.rpartition("/")[2])
    with timed("counted"):
        counted = reach(acts, number, "counted")
    assert (counted["boxes"], counted["holding"], counted["copies"]) == (PEOPLE, PEOPLE, LETTERS)
    before = copies(instance)  # the teacher's report put hers among the junk
    desk.reload()
    with timed("removed"):
        desk.get_by_role("button", name="Retirer de").click()
        approve(chromium, instance, acts, officers[1], number)
        removed = reach(acts, number, "removed")
    assert (removed["removed"], removed["unreached"]) == (PEOPLE, 0)
    assert removed["phases"] == dict.fromkeys(addresses, "removed")
    kept = {copy for copy in before if copy.message_id not in ids}
    assert copies(instance) == kept, "the honest letters under the same subject, and nothing else"
    hidden = copies(instance, REMOVED_COPIES)
    assert {copy._replace(folder="") for copy in hidden} == {
        copy._replace(folder="") for copy in before - kept
    }

    again = [(people[0][0], written(10_001, people[0][0], FORGER, drawn))]
    wait_until(lambda: send(instance, again, FORGER) == [554], 60)  # the filter reads marks now and then
    came = {copy for copy in copies(instance) if copy.message_id == again[0][1]["Message-ID"]}

    desk = window_of(chromium, instance, acts, officers[0])
    desk.goto(f"{instance.web}/administration/retraits/{number}")
    with timed("given back"):
        desk.get_by_role("button", name="Remettre dans les boîtes").click()
        reach(acts, number, "restored")
    assert copies(instance) - came == before, "each in its folder, under its flags, with its identity"
    assert copies(instance, REMOVED_COPIES) == set()


def approve(browser: Browser, instance: Instance, acts: Acts, account: int, number: int) -> None:
    """Above a number of mailboxes, a second person agrees."""
    states = ("awaiting", "removing", "removed")
    told = wait_until(lambda: (now := acts.ask(do="removal", number=number))["state"] in states and now)
    if told["state"] != "awaiting":
        return
    desk = window_of(browser, instance, acts, account)
    desk.goto(f"{instance.web}/administration/retraits/{number}")
    desk.get_by_role("button", name="Accorder ce retrait").click()
    desk.wait_for_load_state()
