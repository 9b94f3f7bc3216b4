"""The lists that offices work with, and what fills each: what `test_lists_of_offices.py` walks.

A page of these addresses that holds a table is in `LISTS`, or in `NO_LISTS` with the reason why.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from django.utils import timezone
from django_tasks_db.models import DBTaskResult
from tests.access.signin.people import BORN, NOON
from tests.desks.enrolment.officers import filed
from tests.site.doorways import People

from vaguemestre.access.sso.registry.models import Application, Tally
from vaguemestre.desks.breaches.models import Breach
from vaguemestre.desks.bulk.models import BulkAct
from vaguemestre.desks.enrolment.models import NumenRequest, Officer
from vaguemestre.desks.helpdesk.models import AnswerText, HandOverRow, RequestRow
from vaguemestre.desks.portal.models import AnnouncementRow
from vaguemestre.desks.removals.models import Removal
from vaguemestre.foundation.jobs.tasks import wake
from vaguemestre.foundation.journal.services import record
from vaguemestre.foundation.ui.listing import PAGE
from vaguemestre.people.credentials.models import Account
from vaguemestre.people.directory.models import (
    Academy,
    Assignment,
    MailAddress,
    ManagementService,
    NameWord,
    Person,
    Structure,
)
from vaguemestre.people.directory.ports import numen_keys
from vaguemestre.people.directory.rules.numen_vault import seal_bytes
from vaguemestre.people.intake.models import AppliedLine, Feed, MatchCandidate, RefusedRow
from vaguemestre.people.service_classes.models import ServiceClass
from vaguemestre.post.outbox.models import Submission
from vaguemestre.post.quarantine.models import QuarantinedMessage
from vaguemestre.post.reports.models import Report
from vaguemestre.schools.lists.models import MailingList
from vaguemestre.schools.sharing.models import Box, BoxActivity

OFFICES = ("/gestion/", "/administration/", "/annuaire/", "/assistance/", "/numen/")
REPORTS = "webmail:list-reports"  # an office's list under the webmail's addresses

NO_LISTS = {
    "backoffice:settings": "one instance's configuration, whole, by section, with a filter",
    "autoconfig:check-dns": "what the zone must say, which the program decides",
    "helpdesk:statistics": "sums of requests, the first thirty establishments, all of them in its file",
    "helpdesk:account": "one account and the last of what happened",
    "backoffice:never-activated-school": "the people of one establishment who wait, whole",
    "domainreports:reports": "sums of reports by sender: tests/desks/domainreports/test_screens.py",
    "operations:queue": "Postfix's queue: tests/desks/operations/test_queue.py",
    "tracking:account-messages": "the last of a search by days: tests/post/tracking/test_search.py",
    "tracking:messages": "the last of a search by days: tests/post/tracking/test_search.py",
    "bulk:progress": "the people of that page, asked for again by itself",
    "bulk:act": "the people of one act, by tabs: whoever asks has its counts above",
    "removals:progress": "the counts and the mailboxes of that page, asked for again by itself",
    "removals:file": "the mailboxes of one removal, by tabs: whoever asks has its counts above",
    "helpdesk:mail": "the last that did not reach one account",
}


@dataclass(frozen=True)
class Kept:
    """`fill` adds so many rows. `asked`: what the address asks, so that they show; `words`: its filter."""

    role: str
    fill: Callable[[People, int], dict[str, Any]]
    asked: dict[str, str] = field(default_factory=dict)
    words: str = "q"
    count: int = PAGE
    is_never_empty: bool = False


def _both_services(people: People, role: str) -> list[ManagementService]:
    """Those of the two officers: that one answers for both."""
    two = list(ManagementService.objects.filter(academy_id=people.academy_id, code__in=("DPE", "DPATE")))
    for service in two:
        Officer.objects.get_or_create(account=people.accounts[role], service=service)
    return two


def _people(people: People, count: int) -> dict[str, Any]:
    two = _both_services(people, "officer_dpate")
    schools = [
        Structure.objects.create(
            uai=f"080999{n}V", academy_id=people.academy_id, name=f"Lycée {n}", town="Albert"
        )
        for n in range(2)
    ]
    for n in range(count):
        person = Person.objects.create(
            academy_id=people.academy_id, dossier=f"L{n:03}", birth_name=f"Nombreux{n:03}", first_name="Ida",
            birth_date=BORN, category="2D_PUBLIC", service=two[n % 2],
            sorted_as=f"nombreux{n:03} ida",
        )  # fmt: skip
        for word in (f"nombreux{n:03}", "ida"):
            NameWord.objects.create(person=person, word=word)
        Assignment.objects.create(person=person, structure=schools[n % 2], starts_on=date(2026, 9, 1))
        MailAddress.objects.create(person=person, address=f"ida.{n}@ac-amiens.test", is_primary=True)
        Account.objects.create(
            person=person, username=f"nombreux{n:03}", mailbox=f"nombreux{n:03}@ac-amiens.test",
            state="active", password="!",
        )  # fmt: skip
    return {}


def _leaving(people: People, count: int) -> dict[str, Any]:
    """Each post ends on a day of its own."""
    _people(people, count)
    for n, person in enumerate(_many()):
        last = timezone.now().date() + timedelta(days=1 + n)
        Assignment.objects.filter(person=person).update(ends_on=last)
    return {}


def _many() -> list[Person]:
    return list(Person.objects.filter(birth_name__startswith="Nombreux").order_by("dossier"))


def _feed(people: People, file_name: str = "f.csv") -> Feed:
    return Feed.objects.create(
        academy_id=people.academy_id, file_name=file_name, by="cli", started_at=NOON, finished_at=NOON
    )


def _match_candidates(people: People, count: int) -> dict[str, Any]:
    _people(people, count)
    feed, sealed = _feed(people), seal_bytes(b"D9", numen_keys.get(), b"feed line")
    for n, person in enumerate(_many()):
        MatchCandidate.objects.create(
            academy_id=people.academy_id, dossier=f"F{n:03}", person=person, reason="même date", feed=feed,
            first_line=n, sealed=sealed, seen_at=NOON + timedelta(hours=n),
        )  # fmt: skip
    return {}


def _feeds(people: People, count: int) -> dict[str, Any]:
    for n in range(count):
        feed = _feed(people, f"flux{n:03}.csv")
        Feed.objects.filter(pk=feed.pk).update(started_at=NOON + timedelta(hours=n), arrivals=n, departures=n)
    return {}


def _refused(people: People, count: int) -> dict[str, Any]:
    feed = _feed(people)
    for n in range(count):
        RefusedRow.objects.create(
            feed=feed, line=n + 2, column=f"colonne {n}", dossier=f"R{n:03}", reason="inconnu"
        )
    return {"feed_id": feed.pk}


def _changed(people: People, count: int) -> dict[str, Any]:
    _people(people, count)
    feed = _feed(people)
    for n, person in enumerate(_many()):
        AppliedLine.objects.create(feed=feed, person=person, first_line=n + 2, kind="change", sealed=b"x")
    return {"feed_id": feed.pk}


def _structures(people: People, count: int) -> dict[str, Any]:
    for n in range(count):
        Structure.objects.create(
            uai=f"080{n:04}Z",
            academy_id=people.academy_id,
            name=f"École {n:03}",
            town=f"Ville {n:03}",
            folded=f"ecole-{n:03}",
            closed_on=date(2027, 1, 1) + timedelta(days=n),
        )
    return {}


def _services(people: People, count: int) -> dict[str, Any]:
    for n in range(count):
        ManagementService.objects.create(
            academy_id=people.academy_id, code=f"S{n:03}", name=f"Service {n:03}"
        )
    return {}


def _service_classes(people: People, count: int) -> dict[str, Any]:
    for n in range(count):
        ServiceClass.objects.create(academy_id=people.academy_id, name=f"Classe {n:03}")
    return {}


def _academies(people: People, count: int) -> dict[str, Any]:
    for n in range(count):
        Academy.objects.create(
            code="ABCDEFGHIJKLMNOPQRSTUVWXYZ"[n // 10] + str(n % 10),
            name=f"Académie {n:03}",
            domain=f"a{n}.test",
        )
    return {}


def _lines(people: People, count: int) -> dict[str, Any]:
    for n in range(count):
        record("backoffice.role-changed", to=f"account:{n}", by="cli", at=NOON)
    return {}


def _failed_jobs(people: People, count: int) -> dict[str, Any]:
    for n in range(count):
        job = wake.enqueue(f"post.handlers:send_{n:03}", "post.events:MessageQueued", {}, 85)
        DBTaskResult.objects.filter(pk=job.id).update(
            status="FAILED", finished_at=NOON + timedelta(minutes=n), exception_class_path=f"builtins.E{n:03}"
        )
    return {}


def _breaches(people: People, count: int) -> dict[str, Any]:
    for n in range(count):
        at = NOON + timedelta(minutes=n)
        Breach.objects.create(
            title=f"Violation {n:03}", known_at=at, opened_by="cli", opened_at=at, closed_at=at
        )
    return {}


def _bulk_acts(people: People, count: int) -> dict[str, Any]:
    for n in range(count):
        at = NOON + timedelta(minutes=n)
        state, act = ("done", "export") if n % 2 else ("prepared", "notice")
        BulkAct.objects.create(
            state=state, act=act, note=f"Acte {n:03}", asked_by="cli", asked_at=at, changed_at=at
        )
    return {}


def _removals(people: People, count: int) -> dict[str, Any]:
    for n in range(count):
        at = NOON + timedelta(minutes=n)
        Removal.objects.create(
            state="counted", sender=f"faux{n:03}@dehors.example", subject=f"Retrait {n:03}", asked_by="cli",
            asked_at=at, changed_at=at,
        )  # fmt: skip
    return {}


def _quarantined(people: People, count: int) -> dict[str, Any]:
    for n in range(count):
        QuarantinedMessage.objects.create(
            mailbox=f"boite{n:03}@x.test", guid=f"g{n}", reason=("macro", "virus")[n % 2],
            sender=f"faux{n:03}@dehors.example", arrived_at=NOON + timedelta(minutes=n),
        )  # fmt: skip
    return {}


def _never_activated(people: People, count: int) -> dict[str, Any]:
    for n in range(count):
        school = Structure.objects.create(
            uai=f"081{n:04}N", academy_id=people.academy_id, name=f"Attente {n:03}", town=f"Ville {n:03}"
        )
        person = Person.objects.create(
            academy_id=people.academy_id, dossier=f"N{n:03}", birth_name=f"Attend{n:03}", first_name="Lou",
            birth_date=BORN, category="2D_PUBLIC",
        )  # fmt: skip
        Account.objects.create(person=person, username=f"attend{n:03}", mailbox=f"attend{n:03}@x.test")
        Assignment.objects.create(person=person, structure=school, starts_on=date(2020, 9, 1))
    return {}


def _announced(people: People, count: int) -> dict[str, Any]:
    for n in range(count):
        day = date(2026, 9, 1) + timedelta(days=n)
        AnnouncementRow.objects.create(title=f"Avis {n:03}", importance="plain", starts_on=day, ends_on=day)
    return {}


def _applications(people: People, count: int) -> dict[str, Any]:
    for n in range(count):
        protocol = ("oidc", "cas")[n % 2]
        made = Application.objects.create(
            client_id=f"appli{n}", name=f"Application {n:03}", protocol=protocol, created_at=NOON
        )
        Tally.objects.create(application=made, day=timezone.localdate(), entered=n)
    return {}


def _reports(people: People, count: int) -> dict[str, Any]:
    for n in range(count):
        Report.objects.create(
            account=people.victim, kind="phishing", message_id=f"<{n}@x>", sender=f"s{n:03}@exemple.fr",
            subject=f"Objet {n:03}", at=NOON + timedelta(hours=n),
        )  # fmt: skip
    return {}


def _requests(people: People, count: int) -> dict[str, Any]:
    for n in range(count):
        filed(people.academy_id, birth_name=f"Demandeur{n:03}")
    two = _both_services(people, "officer_dpe")
    for n, row in enumerate(NumenRequest.objects.order_by("pk")):
        NumenRequest.objects.filter(pk=row.pk).update(
            filed_at=NOON - timedelta(days=n),
            state=("submitted", "under_review")[n % 2],
            service=two[n // 2 % 2],
        )
    return {}


def _asked(people: People, count: int) -> dict[str, Any]:
    for n in range(count):
        RequestRow.objects.create(
            token_sha256=f"{n:064}", kind=("autre", "courriels")[n % 2], name=f"Appelant {n:03}",
            place=f"École {n:03}", text="x", made_at=NOON,
        )  # fmt: skip
    return {}


def _boxes_and_lists(people: People, count: int) -> dict[str, Any]:
    for n in range(count):
        held = Account.objects.create(
            username=f"~inventaire{n:03}", mailbox=f"inventaire{n:03}@ac-amiens.test", state="active"
        )
        if n % 2:
            MailingList.objects.create(
                account=held, address=held.mailbox, title=f"Liste {n:03}", kind="manual", created_at=NOON
            )
            continue
        box = Box.objects.create(
            account=held, academy_id=people.academy_id, kind="project", address=held.mailbox,
            title=f"Projet {n:03}", opened_at=NOON,
        )  # fmt: skip
        BoxActivity.objects.create(
            box=box, account=people.victim, action="open", at=NOON + timedelta(minutes=n)
        )
    return {}


def _answered(people: People, count: int) -> dict[str, Any]:
    _asked(people, count)
    RequestRow.objects.update(state="answered", answer="x", answered_at=NOON)
    return {}


def _ready_answers(people: People, count: int) -> dict[str, Any]:
    for n in range(count):
        AnswerText.objects.create(
            domain="ac-amiens.test", title=f"Réponse {n:03}", text="x", updated_at=NOON - timedelta(minutes=n)
        )
    return {}


def _to_hand_over(people: People, count: int) -> dict[str, Any]:
    _people(people, count)
    now = timezone.now()
    for n, account in enumerate(Account.objects.filter(username__startswith="nombreux").order_by("username")):
        HandOverRow.objects.create(
            account=account, operator=people.accounts["helpdesk"], second=people.accounts["teacher"],
            reason="perdu", made_at=now, until=now + timedelta(hours=n + 1),
        )  # fmt: skip
    return {}


def _held(people: People, count: int) -> dict[str, Any]:
    _people(people, count)
    for n, account in enumerate(Account.objects.filter(username__startswith="nombreux").order_by("username")):
        for letter in range(1 + n % 2):
            Submission.objects.create(
                account=account, queue_id=f"Q{n}.{letter}", counted=n, recipients=[], hold="held",
                hold_code="outbox.burst", at=NOON + timedelta(minutes=n),
            )  # fmt: skip
    return {}


def _staff(people: People, count: int) -> dict[str, Any]:
    """Of an establishment that the teacher directs."""
    school = Structure.objects.create(uai="0819998S", academy_id=people.academy_id, name="École des listes")
    Assignment.objects.create(
        person=people.accounts["teacher"].person, structure=school, function="DIR",
        starts_on=date(2020, 9, 1), is_primary=False,
    )  # fmt: skip
    for n in range(count):
        person = Person.objects.create(
            academy_id=people.academy_id, dossier=f"E{n:03}", birth_name=f"Personnel{n:03}", first_name="Lou",
            birth_date=BORN, category="2D_PUBLIC", sorted_as=f"personnel{n:03} lou",
        )  # fmt: skip
        day = date(2020, 9, 1) + timedelta(days=n)
        Assignment.objects.create(
            person=person, structure=school, function=("ENS", "EDU")[n % 2], starts_on=day,
            ends_on=date(2099, 1, 1) + timedelta(days=n),
        )  # fmt: skip
    return {}


# name of the address, a view of it after a colon: what is looked at
LISTS: dict[tuple[str, str], Kept] = {
    ("backoffice:academies", ""): Kept("administrator", _academies, is_never_empty=True),
    ("backoffice:services", ""): Kept("administrator", _services, is_never_empty=True),
    ("backoffice:service-classes", ""): Kept("administrator", _service_classes),
    ("backoffice:structures", ""): Kept("administrator", _structures, is_never_empty=True),
    ("backoffice:people", ""): Kept("administrator", _people, is_never_empty=True),
    ("backoffice:feeds", ""): Kept("administrator", _feeds),
    ("backoffice:feed", "refused"): Kept("administrator", _refused),
    ("backoffice:feed", "changed"): Kept("administrator", _changed, {"vue": "changements"}),
    ("backoffice:match-candidates", ""): Kept("administrator", _match_candidates),
    ("backoffice:journal", ""): Kept("administrator", _lines, words="acte", count=50, is_never_empty=True),
    ("backoffice:never-activated", ""): Kept("administrator", _never_activated),
    ("backoffice:jobs", ""): Kept("administrator", _failed_jobs),
    ("inventory:inventory", ""): Kept("auditor", _boxes_and_lists),
    ("breaches:list", ""): Kept("administrator", _breaches),
    ("bulk:list", ""): Kept("administrator", _bulk_acts),
    ("removals:list", ""): Kept("administrator", _removals),
    ("quarantine:verdicts", ""): Kept("administrator", _quarantined),
    ("portal:announcements", ""): Kept("administrator", _announced),
    ("registry:list", ""): Kept("administrator", _applications),
    (REPORTS, ""): Kept("administrator", _reports),
    ("enrolment:queue", ""): Kept("officer_dpe", _requests),
    ("enrolment:people", ""): Kept("officer_dpate", _people, is_never_empty=True),
    ("enrolment:upcoming", ""): Kept("officer_dpate", _leaving),
    ("enrolment:match-candidates", ""): Kept("officer_dpate", _match_candidates),
    ("helpdesk:search", ""): Kept("helpdesk", _people, {"q": "nombreux"}),
    ("helpdesk:requests", "waiting"): Kept("helpdesk", _asked),
    ("helpdesk:requests", "answered"): Kept("helpdesk", _answered, {"etat": "repondues"}),
    ("helpdesk:answer-texts", ""): Kept("helpdesk", _ready_answers),
    ("helpdesk:hand-overs", ""): Kept("teacher", _to_hand_over),
    ("tracking:all-held", ""): Kept("helpdesk", _held),
    ("schoolstaff:staff", ""): Kept("teacher", _staff),
    ("phonebook:search", ""): Kept("teacher", _people, is_never_empty=True),
}
