"""What offices keep: places, services, feeds, announcements; and a school's own address book."""

from collections.abc import Iterator
from datetime import date

from django.utils import timezone
from django_tasks_db.models import DBTaskResult
from tests.access.signin.people import NOON, account
from tests.site.doorways import People
from tests.site.owned import Belonging, rows

from vaguemestre.desks.breaches.models import Breach
from vaguemestre.desks.bulk.models import BulkAct, BulkTarget
from vaguemestre.desks.portal.models import AnnouncementRow
from vaguemestre.desks.removals.models import Removal, SecurityOfficer
from vaguemestre.foundation.jobs.tasks import wake
from vaguemestre.mailbox.contacts.models import Contact, SchoolBook
from vaguemestre.people.directory.models import Academy, Assignment, ManagementService, Structure
from vaguemestre.people.intake.models import Feed, RefusedRow
from vaguemestre.people.paragraphs.models import AcademyParagraph
from vaguemestre.people.service_classes.models import AskedClassChange, ServiceClass
from vaguemestre.post.quarantine.models import QuarantinedMessage
from vaguemestre.post.reports.models import Report

OWN = frozenset({"victim"})
ADMINISTRATORS = frozenset({"administrator"})


def offices_and_places(people: People) -> Iterator[Belonging]:
    academy = Academy.objects.create(code="77", name="Academietue", domain="tue.test")
    service = ManagementService.objects.create(academy=academy, code="DPE", name="Servicequetu")
    school = Structure.objects.create(uai="0809998X", academy=academy, name="Ecolequetue", town="Ault")
    feed = Feed.objects.create(
        academy=academy, file_name="fluxquetu.csv", by="cli", started_at=NOON, finished_at=NOON
    )
    held = Feed.objects.create(
        academy=academy, file_name="retenuquetu.csv", by="cli", started_at=NOON, refusal="trop de départs"
    )
    yield Belonging(
        "backoffice", {"feed_id": held.pk}, "retenuquetu", ADMINISTRATORS,
        sent={"act": "confirmer"}, state=rows(held),
    )  # fmt: skip
    job = wake.enqueue("travailquetu:run", "travailquetu:Event", {}, 85)
    failed = DBTaskResult.objects.get(pk=job.id)
    DBTaskResult.objects.filter(pk=job.id).update(status="FAILED", finished_at=NOON)
    yield Belonging(
        "backoffice", {"job_id": failed.pk}, "", ADMINISTRATORS, sent={"reason": "x"}, state=rows(failed)
    )
    yield Belonging("backoffice", {}, "travailquetu", ADMINISTRATORS, doors="jobs", state=rows(failed))
    service_class = ServiceClass.objects.create(academy=academy, name="Classequetu")
    RefusedRow.objects.create(feed=feed, line=2, dossier="Refusquetu", reason="x")
    for ids, words in (
        ({"academy_id": academy.pk}, "Academietue"),
        ({"service_id": service.pk}, "Servicequetu"),
        ({"structure_id": school.pk}, "Ecolequetue"),
        ({"class_id": service_class.pk}, "Classequetu"),
        ({"feed_id": feed.pk}, "fluxquetu"),
        ({"feed_id": feed.pk}, "Refusquetu"),
    ):
        state = rows(academy, service, school, feed, service_class)
        yield Belonging("backoffice", ids, words, ADMINISTRATORS, state=state)
    change = AskedClassChange.objects.create(
        academy=academy, service_class=service_class, people=3, state="waiting", asked_by="cli",
        asked_at=NOON, changed_at=NOON,
    )  # fmt: skip
    yield Belonging(
        "backoffice", {"number": change.pk}, "Classequetu", ADMINISTRATORS,
        doors="waiting-class", sent={"act": "refuser"}, state=rows(change),
    )  # fmt: skip
    paragraph = AcademyParagraph.objects.create(
        academy=academy, kind="bienvenue", text="Paragraphequetu", changed_at=NOON
    )
    yield Belonging(
        "backoffice", {"academy_id": academy.pk, "kind": "bienvenue"}, "Paragraphequetu", ADMINISTRATORS,
        sent={"act": "default"}, state=rows(paragraph),
    )  # fmt: skip
    breach = Breach.objects.create(title="Violationquetu", known_at=NOON, opened_by="cli", opened_at=NOON)
    yield Belonging(
        "breaches", {"breach_id": breach.pk}, "Violationquetu", ADMINISTRATORS,
        doors="close export file notice", sent={"title": "x", "note": "x"}, state=rows(breach),
    )  # fmt: skip
    bulk_act = BulkAct.objects.create(
        state="done", act="suspend", note="Actequetu", asked_by="cli", asked_at=NOON, changed_at=NOON
    )
    yield Belonging(
        "bulk", {"act_id": bulk_act.pk}, "Actequetu", ADMINISTRATORS,
        doors="act decide progress", sent={"act": "annuler"}, state=rows(bulk_act),
    )  # fmt: skip
    export = BulkAct.objects.create(
        state="done", act="export", note="Listequetu", asked_by="cli", asked_at=NOON, changed_at=NOON
    )
    BulkTarget.objects.create(bulk_act=export, account_id=people.victim.pk, phase="done")
    yield Belonging(
        "bulk", {"act_id": export.pk}, "Listequetu", ADMINISTRATORS, doors="file", state=rows(export)
    )
    removal = Removal.objects.create(
        state="counted", sender="faux@dehors.example", subject="Retraitquetu", asked_by="cli", asked_at=NOON,
        changed_at=NOON,
    )  # fmt: skip
    yield Belonging(
        "removals", {"removal_id": removal.pk}, "Retraitquetu", ADMINISTRATORS,
        doors="decide file progress", sent={"act": "remettre"}, state=rows(removal),
    )  # fmt: skip
    officer = SecurityOfficer.objects.create(
        account=people.accounts["helpdesk"], given_by="cli", given_at=NOON
    )
    yield Belonging(
        "removals", {"account_id": officer.account_id}, "", ADMINISTRATORS,
        doors="withdraw-right", state=rows(officer),
    )  # fmt: skip
    verdict = QuarantinedMessage.objects.create(
        mailbox="secret@x.test", guid="g1", reason="macro", detail="Verdictquetu", arrived_at=NOON
    )
    yield Belonging(
        "quarantine", {"number": verdict.pk}, "Verdictquetu", ADMINISTRATORS,
        doors="release-for-owner", state=rows(verdict),
    )  # fmt: skip
    yield Belonging("quarantine", {}, "Verdictquetu", ADMINISTRATORS, doors="verdicts", state=rows(verdict))
    own = QuarantinedMessage.objects.create(
        mailbox=people.victim.mailbox, account_id=people.victim.pk, guid="g2", reason="macro",
        subject="Objetquetu", arrived_at=NOON,
    )  # fmt: skip
    yield Belonging("quarantine", {"number": own.pk}, "Objetquetu", OWN, doors="release", state=rows(own))
    yield Belonging("quarantine", {}, "Objetquetu", OWN, doors="own", state=rows(own))
    announced = AnnouncementRow.objects.create(
        title="Annoncequetue",
        importance="plain",
        starts_on=date(2099, 1, 1),
        ends_on=date(2099, 2, 1),
        academy_id=people.academy_id,
    )
    yield Belonging(
        "portal", {"number": announced.pk}, "Annoncequetue", ADMINISTRATORS,
        doors="announcement mark-announcement-read withdraw-announcement", state=rows(announced),
    )  # fmt: skip
    report = Report.objects.create(
        account=people.victim, kind="phishing", message_id="<s@x>", sender="signale@exemple.fr",
        subject="Signalequetu", at=NOON,
    )  # fmt: skip
    yield Belonging(
        "webmail", {}, "Signalequetu", ADMINISTRATORS,
        doors="close-reports", sent={"sender": report.sender}, state=rows(report),
    )  # fmt: skip
    yield from _school_book(people)
    yield from _own_staff(people)


def _own_staff(people: People) -> Iterator[Belonging]:
    """The people of an establishment are shown to whoever directs it, and not to who directs another."""
    school = Structure.objects.create(uai="0809996V", academy_id=people.academy_id, name="École dirigée")
    empty = Structure.objects.create(uai="0809995U", academy_id=people.academy_id, name="École d’à côté")
    member = account("personnelquetu", last_name="Personnelquetu").person
    for person, place, function in (
        (people.victim.person, school, "DIR"),
        (member, school, "ENS"),
        (people.accounts["teacher"].person, empty, "DIR"),
    ):
        Assignment.objects.create(
            person=person, structure=place, starts_on=date(2020, 9, 1), function=function, is_primary=False
        )
    assert member is not None
    yield Belonging("schoolstaff", {}, "Personnelquetu", OWN, doors="staff", state=rows(member))
    yield Belonging(
        "schoolstaff", {}, "", OWN, doors="letters", sent={"qui": member.pk, "toutes": "1"},
        state=rows(member),
    )  # fmt: skip


def _school_book(people: People) -> Iterator[Belonging]:
    """Read by whoever serves in the school."""
    school = Structure.objects.create(
        uai="0809997W", academy_id=people.academy_id, name="Lycée du livre", town="Roye"
    )
    Assignment.objects.create(
        person=people.victim.person, structure=school, starts_on=timezone.localdate(), function="ENS"
    )
    book = SchoolBook.objects.create(uai=school.uai, name="Carnet du lycée")
    contact = Contact.objects.create(book=book, name="Partenairetue", address="p@exemple.fr")
    yield Belonging(
        "contacts", {"contact_id": contact.pk}, "Partenairetue", OWN,
        asked={"carnet": school.uai}, state=rows(contact),
    )  # fmt: skip
