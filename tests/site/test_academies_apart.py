"""Two académies in one installation: no office of one reads or changes anything of the other."""

from collections import Counter
from collections.abc import Iterator
from datetime import date
from typing import NamedTuple

import pytest
from django.db import transaction
from django.test import Client
from tests.access.signin.browsers import signed_in
from tests.access.signin.people import NOON, account
from tests.drawn import some_of
from tests.mailbox.sorting.samples import memory_sieve
from tests.site.belonging import belongings
from tests.site.doors import ADMINISTRATORS, DESK_READERS, OPERATORS, READERS, audiences
from tests.site.doorways import People, doorways, people
from tests.site.owned import Belonging, as_ever
from tests.site.test_matrix import address_of, text_of, things_by_address

from vaguemestre.access.assistant.models import IssuedCode
from vaguemestre.access.signin.queries import office_academy_of
from vaguemestre.desks.enrolment.services import appoint_officer
from vaguemestre.desks.helpdesk.models import HandOverRow
from vaguemestre.desks.helpdesk.rules.actions import DIRECT_ACTIONS
from vaguemestre.foundation.journal.models import Entry
from vaguemestre.people.credentials.models import Account
from vaguemestre.people.credentials.queries import presented
from vaguemestre.people.credentials.services import set_span
from vaguemestre.people.directory.models import (
    Academy,
    Assignment,
    MailAddress,
    ManagementService,
    Person,
    Structure,
)
from vaguemestre.people.directory.services import found_academy
from vaguemestre.post.mailstore.ports import open_mailbox
from vaguemestre.post.outbox.models import Submission

# What the whole installation has in common: its own administrators alone open these.
OF_INSTALLATION = frozenset(
    (
        "backoffice:academies",
        "backoffice:academy",
        "backoffice:job-again",
        "backoffice:job-give-up",
        "backoffice:jobs",
        "backoffice:journal",
        "backoffice:journal-file",
        "backoffice:settings",
        "domainreports:reports",
        "helpdesk:stock",
        "firstday:close",
        "firstday:dns",
        "operations:advice",
        "operations:queue",
        "operations:queue-act",
        "operations:queue-send-back",
        "quarantine:release-for-owner",
        "quarantine:verdicts",
        "removals:decide",
        "tracking:messages",
        "removals:file",
        "removals:give-right",
        "removals:list",
        "removals:open",
        "removals:progress",
        "removals:withdraw-right",
    )
)
OFFICES = ("administrator", "auditor", "helpdesk", "officer", "head")
TRIED = 2  # of them, on each thing


class Two(NamedTuple):
    """Amiens, with what its people have, and the offices of Lille."""

    amiens: People
    lille: dict[str, Account]

    def browser(self, office: str) -> Client:
        client = Client(raise_request_exception=False)
        signed_in(self.lille[office], client)
        return client


def moved_to_lille(username: str, role: str) -> Account:
    made = account(username, role=role)
    lille = Academy.objects.get(code="09")
    school, _ = Structure.objects.get_or_create(
        uai="0590001F", defaults={"academy": lille, "name": "Collège de Lille"}
    )
    Person.objects.filter(pk=made.person_id).update(academy=lille)
    MailAddress.objects.filter(person_id=made.person_id).update(address=f"{username}@ac-lille.test")
    Assignment.objects.filter(person_id=made.person_id).delete()
    Assignment.objects.create(
        person_id=made.person_id, structure=school, starts_on=date(2026, 9, 1), function="DIR"
    )
    Account.objects.filter(pk=made.pk).update(mailbox=f"{username}@ac-lille.test")
    return made


@pytest.fixture
def two(db: None) -> Iterator[Two]:
    before, amiens = open_mailbox.get(), people()
    with transaction.atomic():
        lille = found_academy("09", "Académie de Lille", "ac-lille.test", ("059", "062"))
    officer = moved_to_lille("lilloise-rh", "hr_officer")
    for code in ("DPE", "DPATE"):
        service = ManagementService.objects.get(academy_id=lille, code=code)
        with transaction.atomic():
            appoint_officer(officer.pk, service.pk, by="test", now=NOON)
    offices = {
        "administrator": moved_to_lille("lilloise-admin", "administrator"),
        "auditor": moved_to_lille("lilloise-audit", "auditor"),
        "helpdesk": moved_to_lille("lilloise-aide", "helpdesk"),
        "officer": officer,
        "head": moved_to_lille("lilloise-chef", "agent"),
    }
    Account.objects.update(spans_academies=False)
    open_mailbox.replace(amiens.boxes)
    with memory_sieve():
        yield Two(amiens, offices)
    open_mailbox.replace(before)


def things_of_amiens(two: Two) -> list[Belonging]:
    """What not everybody signed in reads."""
    return [thing for thing in belongings(two.amiens) if "teacher" not in thing.seen_by]


def things_for(office: str, two: Two) -> list[Belonging]:
    """What that office of the other académie is tried on: each thing meets some of them."""
    things = enumerate(things_of_amiens(two))
    return [thing for place, thing in things if office in some_of(OFFICES, TRIED, "offices", place)]


@pytest.mark.heavy
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
@pytest.mark.parametrize("office", OFFICES)
def test_no_office_of_one_academie_reads_anything_of_the_other(two: Two, office: str) -> None:
    browser, breaches = two.browser(office), []
    for address, things in things_by_address(list(doorways()), things_for(office, two)).items():
        answer = browser.get(address)
        if answer.status_code == 500:
            breaches.append(f"{address} fails for {office}")
        text = text_of(answer)
        breaches += [
            f"{office} of Lille reads « {thing.words} » at {address}"
            for thing in things
            if thing.words and thing.words in text
        ]
    assert breaches == []


@pytest.mark.heavy
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
@pytest.mark.parametrize("office", OFFICES)
def test_no_office_of_one_academie_changes_anything_of_the_other(two: Two, office: str) -> None:
    doors, browser, breaches = list(doorways()), two.browser(office), []
    for thing in things_for(office, two):
        if thing.state is as_ever:
            continue
        for door in doors:
            if not thing.is_at(door):
                continue
            before = thing.state()
            answer = browser.post(address_of(door, thing), thing.sent)
            if thing.state() != before:
                breaches.append(f"{office} changes « {thing.words} » at {door.name}")
            if thing.words and thing.words in text_of(answer):
                breaches.append(f"{office} reads « {thing.words} » in the answer of {door.name}")
    assert breaches == []


@pytest.mark.heavy
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_the_offices_of_an_academie_still_read_what_is_theirs(two: Two) -> None:
    """Else the refusals above would be those of pages closed to everybody."""
    doors, things = list(doorways()), things_of_amiens(two)
    seen: Counter[tuple[str, str, str]] = Counter()
    for office in ("administrator", "helpdesk"):
        browser = two.amiens.browser(office)
        theirs = [thing for thing in things if thing.words and office in thing.seen_by]
        for address, asked_for in things_by_address(doors, theirs).items():
            text = text_of(browser.get(address))
            for thing in asked_for:
                seen[office, thing.room, thing.words] += thing.words in text
    rooms_read = {(office, room) for (office, room, _), times in seen.items() if times}
    assert rooms_read >= {
        ("administrator", "backoffice"),
        ("administrator", "helpdesk"),
        ("administrator", "sharing"),
        ("administrator", "webmail"),
        ("helpdesk", "helpdesk"),
    }


@pytest.mark.heavy
@pytest.mark.parametrize("office", ["administrator", "auditor", "helpdesk"])
def test_a_page_of_an_office_is_of_the_academie_or_closed_to_it(two: Two, office: str) -> None:
    """A new page says `within_academy`, or only administrators of the installation open it."""
    told, browser = audiences(), two.browser(office)
    closed = set()
    for door in doorways():
        audience = told.get(door.name, frozenset())
        is_of_office = audience in (ADMINISTRATORS, OPERATORS, READERS, DESK_READERS) and office in audience
        answers = [ask(door.address()) for ask in (browser.get, browser.post)] if is_of_office else []
        if any(answer.status_code == 403 for answer in answers):
            closed.add(door.name)
    of_sign_on = {
        name for name in closed if name.partition(":")[0] in ("registry", "oidc", "saml", "breaches")
    }
    assert closed - of_sign_on == {name for name in OF_INSTALLATION if office in told.get(name, frozenset())}
    assert of_sign_on or office != "administrator"


def test_held_mail_is_listed_for_the_desk_of_its_academie_alone(two: Two) -> None:
    for number, holder in enumerate((two.amiens.victim, two.lille["head"])):
        Submission.objects.create(
            queue_id=f"Q-{number}",
            recipients=[],
            account=holder,
            sender=holder.mailbox,
            at=NOON,
            counted=600,
            hold="held",
            hold_code="sending.too-many-recipients",
        )
    page = text_of(two.browser("helpdesk").get("/assistance/retenus/"))
    assert "lilloise-chef" in page
    assert "victime" not in page
    page = text_of(two.amiens.browser("helpdesk").get("/assistance/retenus/"))
    assert "victime" in page
    assert "lilloise-chef" not in page


@pytest.mark.heavy
def test_an_office_that_spans_the_academies_opens_everything_and_is_narrowed_again(two: Two) -> None:
    amiens = two.amiens.accounts["administrator"]
    page = two.amiens.browser("administrator").get
    assert page("/administration/journal").status_code == 403
    set_span(amiens.pk, spans=True, by="cli", now=NOON)
    found = presented(amiens.pk)
    assert found is not None
    assert office_academy_of(found) == 0
    Academy.objects.filter(code="09").update(name="Académie de Lille")
    set_span(amiens.pk, spans=False, by="cli", now=NOON)
    found = presented(amiens.pk)
    assert found is not None
    assert office_academy_of(found) == found.academy_id


@pytest.mark.heavy
def test_with_one_academie_every_office_covers_it_as_before(db: None) -> None:
    administrator = presented(account("seule", role="administrator").pk)
    assert administrator is not None
    assert office_academy_of(administrator) == 0


@pytest.mark.heavy
def test_an_office_of_one_academie_takes_no_account_of_a_wider_office(two: Two) -> None:
    wide = moved_to_lille("lilloise-large", "helpdesk")
    head = two.lille["head"]
    account_page = f"/assistance/compte/{wide.pk}"
    asked = f"{account_page}/remise"
    fields = {"confirmer": head.pk, "reason": "Appelée ce matin", "drops_factors": "on"}
    two.browser("administrator").post(asked, fields)
    early = HandOverRow.objects.get()
    set_span(wide.pk, spans=True, by="test", now=NOON)
    for office in ("administrator", "helpdesk"):
        browser = two.browser(office)
        assert "pour toute l’installation" in text_of(browser.post(asked, fields))
        for action in DIRECT_ACTIONS:
            answer = browser.post(f"{account_page}/agir", {"action": action, "reason": "Appelée"})
            assert "plus étendue que la sienne" in text_of(answer), action
    acts = Entry.objects.filter(action__startswith="helpdesk.", to=f"account:{wide.pk}")
    assert [act.action for act in acts] == ["helpdesk.hand-over-asked"]
    assert list(HandOverRow.objects.values_list("pk", "state")) == [(early.pk, "asked")]
    page = two.browser("head").post(f"/assistance/remises/{early.pk}", {"verification": "La voici"})
    assert "pour toute l’installation" in text_of(page)
    assert not IssuedCode.objects.exists()
    set_span(two.lille["helpdesk"].pk, spans=True, by="test", now=NOON)
    two.browser("helpdesk").post(asked, fields)
    assert HandOverRow.objects.filter(state="asked").get().pk != early.pk
