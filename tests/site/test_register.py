"""The record of processing activities is what the code does: tables, durations, purges, pages, sheets."""

import dataclasses
import html
import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest
import typer
from django.apps import apps
from django.conf import settings
from django.db import connection, models
from django.db.migrations.recorder import MigrationRecorder
from django.test import Client
from tests.access.signin.people import account
from tests.answers import as_typed
from tests.desks.removals.samples import MemoryCopies
from tests.post.quarantine.samples import MemoryQuarantine
from tests.site.aged_rows import AGED
from typer.testing import CliRunner

from vaguemestre.cli.records import register as cli
from vaguemestre.desks.removals.ports import mail_copies
from vaguemestre.people.credentials.events import PersonErased
from vaguemestre.people.credentials.models import Account
from vaguemestre.people.directory.models import Person
from vaguemestre.post.quarantine.ports import quarantined_mail
from vaguemestre.site.register import ACTIVITIES, CATEGORIES, PURGES, Category
from vaguemestre.site.register.sheets import sheets
from vaguemestre.site.wiring.periodic import ROUNDS
from vaguemestre.site.wiring.subscriptions import SUBSCRIPTIONS


@pytest.fixture(autouse=True)
def own_copies() -> Iterator[None]:
    """Removed copies are in mailboxes that do not exist here."""
    before, quarantined_before = mail_copies.get(), quarantined_mail.get()
    mail_copies.replace(MemoryCopies())
    quarantined_mail.replace(MemoryQuarantine())
    yield
    mail_copies.replace(before)
    quarantined_mail.replace(quarantined_before)


# Tables without a person's data, and why.
IMPERSONAL = {
    "cluster.KeyDigest": "digests of keys",
    "cluster.Machine": "a machine and how it is",
    "compose.BroadReply": "a message id and a moment",
    "contacts.SchoolBook": "the name of a book",
    "credentials.KeyInStock": "keys that nobody holds yet",
    "directory.Academy": "an organisation",
    "service_classes.ServiceClass": "a setting of an organisation",
    "service_classes.AskedClassChange": "a setting of an organisation, until a second person decides",
    "service_classes.ClassTie": "a setting of an organisation",
    "paragraphs.AcademyParagraph": "a text of an organisation for everybody",
    "directory.ManagementService": "an organisation",
    "firstday.FirstDay": "moments of an installation",
    "directory.Structure": "an organisation",
    "dkim.DkimKey": "keys of a domain",
    "helpdesk.AnswerText": "a text of the desk for everybody",
    "intake.Feed": "counts of a file; its lines are in the record",
    "lifecycle.DailyReview": "a day",
    "lists.MailingList": "an address of nobody",
    "domainreports.ReportBox": "the reporting address of a domain",
    "domainreports.ReadingCost": "a domain that sends reports, and a time",
    "domainreports.SetAsideMessage": "the place of a message in that mailbox",
    "operations.FollowedSteps": "a count",
    "operations.Reading": "the last value of a metric",
    "outbox.LogCursor": "a position in a file",
    "portal.AnnouncementRow": "a text for everybody",
    "rosters.EntAnswerRow": "a digest, until an assertion ends",
    "rosters.ImportRow": "counts of a file; rejected lines by number",
    "rosters.RightRow": "a right of a function",
    "signin.EndedMark": "digests of sessions that are over, the last four thousand",
    "signin.RevocationCounter": "counts",
    "sso_oidc.SigningKey": "keys of the instance",
    "sso_registry.Application": "an application",
    "sso_registry.Logo": "a picture of an application",
    "sso_registry.Tally": "counts by day",
    "sso_saml.Peer": "metadata of an application",
    "sso_saml.ProviderKey": "keys of the instance",
    "trace.LogCursor": "a position in a file",
    "trace.StepCount": "counts",
    "trace.StepCounter": "a count",
    "journal.MonthSeal": "counts and a digest",
}
# Said to be kept without an end, on the page too.
ENDLESS = {
    "Identifiant et adresse",
    "Pseudonymes que connaissent les applications",
    "Courriels d’une liste (expéditeur, objet, décision)",
    "Notes, attributions et réponses d’une boîte partagée",
    "Adresse d’où l’on écrit aux classes, tirée au hasard",
}
# Taken away by the program that makes them: tests/processes/backup.
ELSEWHERE = {"Sauvegardes (chiffrées) de tout ce qui précède"}
ERASURE = "people/lifecycle/test_gdpr_erasure.py::"
OBLIVION = ERASURE + "test_every_table_about_people_forgets_or_is_known_to_keep"
# What holds each sentence without a term in days (`AGED` holds the others): a file of tests, and one in it.
HELD_BY = {
    "Compte": "people/lifecycle/test_services.py::"
    "test_a_contract_that_ends_closes_after_its_grace_without_any_feed",
    "État civil": ERASURE + "test_a_year_after_the_closing_only_names_and_the_hash_of_the_numen_are_left",
    "Identifiant et adresse": ERASURE + "test_whoever_left_is_nobody_that_others_may_be_taken_for",
    "Moyens de connexion : clés, appareils, contact de secours, mots de passe d’application": OBLIVION,
    "Rôles dans un service de gestion": OBLIVION,
    "Classe de service donnée par son nom": OBLIVION,
    "Applications favorites": OBLIVION,
    "Droit de retirer des courriels": OBLIVION,
    "Courriels": "engines/dovecot/test_deleted_messages.py::test_it_goes_after_the_days_of_the_setting",
    "Contacts, identités, modèles, filtres, absences et réglages": OBLIVION,
    "Membres d’une boîte partagée": OBLIVION,
    "Notes, attributions et réponses d’une boîte partagée": OBLIVION,
    "Abonnements et rôles": OBLIVION,
    "Courriels d’une liste (expéditeur, objet, décision)": OBLIVION,
    "Droits d’écrire aux classes, lien avec l’ENT": OBLIVION,
    "Adresse d’où l’on écrit aux classes, tirée au hasard": "schools/rosters/test_audiences.py::"
    "test_answers_come_to_the_same_mailbox_by_an_address_kept_from_year_to_year",
    "Accords donnés à une application": OBLIVION,
    "Pseudonymes que connaissent les applications": OBLIVION,
    "Registre des violations de données": "desks/breaches/test_screens.py::"
    "test_a_file_goes_five_years_after_it_was_closed_and_an_open_one_never",
    "Navigateurs reconnus": OBLIVION,
    "Sauvegardes (chiffrées) de tout ce qui précède": "site/test_register.py::"
    "test_backups_are_said_to_stay_as_long_as_generations_do",
}
BEGIN = datetime.now(UTC).replace(microsecond=0) - timedelta(days=430)
FOURTEEN_MONTHS = timedelta(days=427)
STEPS, WHOLE_MONTHS = (("trace.MessageStep",), ("trace.MessageMark",)), timedelta(days=62)
BY_MONTHS = (*STEPS, ("journal.Entry", "journal.EntrySeal"))  # whole months go, never days
SCHOOL_YEAR_ENDS = "Élèves et responsables"


def tables() -> list[type[models.Model]]:
    return [table for table in apps.get_models() if table.__module__.startswith("vaguemestre.")]


def test_every_table_is_in_the_record_or_holds_nobodys_data() -> None:
    named = {label for category in CATEGORIES for label in category.tables}
    assert not named & set(IMPERSONAL)
    assert {table._meta.label for table in tables()} == (named | set(IMPERSONAL)) - {
        "django_tasks_database.DBTaskResult"
    }


def test_no_table_called_impersonal_names_a_person_or_an_account() -> None:
    pointing = {
        table._meta.label
        for table in tables()
        for field in table._meta.fields
        if field.related_model in (Account, Person) and table._meta.label in IMPERSONAL
    }
    assert pointing == {"lists.MailingList"}  # whose account is a mailbox of nobody


@pytest.mark.parametrize("category", CATEGORIES, ids=lambda category: category.name)
def test_what_has_an_end_has_what_ends_it(category: Category) -> None:
    assert set(category.purges) <= set(ROUNDS)
    assert set(category.erasers) <= set(SUBSCRIPTIONS[PersonErased])
    duration = category.duration(settings.CONFIG)
    if category.name in ENDLESS | ELSEWHERE:
        assert (duration.term, category.purges) == (None, ())
    else:
        assert category.purges or category.erasers
    has_day = duration.term is not None or category.name == SCHOOL_YEAR_ENDS
    assert has_day == (category.name in AGED), "a term has rows in tests/site/aged_rows.py"


def test_each_sentence_of_the_page_has_its_test() -> None:
    names = {category.name for category in CATEGORIES}
    assert names == AGED.keys() | HELD_BY.keys()
    assert not AGED.keys() & HELD_BY.keys()
    for place in HELD_BY.values():
        file, _, name = place.partition("::")
        assert f"\ndef {name}(" in (Path(__file__).parents[1] / file).read_text(encoding="utf-8"), place


def test_what_goes_with_the_account_belongs_to_one_or_to_such_a_row() -> None:
    """The test of oblivion makes a row of each table that names somebody; the others go with those."""
    reached = {table for table in tables() if any(_names_somebody(field) for field in table._meta.fields)}
    for category in CATEGORIES:
        if HELD_BY.get(category.name) == OBLIVION:
            for label in category.tables:
                table = apps.get_model(label)
                owners = {field.related_model for field in table._meta.fields if _cascades(field)}
                assert table in reached or owners & reached, label


def _names_somebody(field: "models.Field[Any, Any]") -> bool:
    return field.related_model in (Account, Person)


def _cascades(field: "models.Field[Any, Any]") -> bool:
    return bool(field.remote_field) and getattr(field.remote_field, "on_delete", None) is models.CASCADE


def last_day(category: Category) -> datetime:
    if category.name == SCHOOL_YEAR_ENDS:
        return datetime(BEGIN.year + (BEGIN.month >= 9), 8, 31, 20, tzinfo=UTC)
    term = category.duration(settings.CONFIG).term
    assert term is not None
    return BEGIN + term


def probe_of(category: Category, known: dict[str, set[object]]) -> Callable[[], dict[str, bool]]:
    """Make the rows of a category; what then says of each table whether they are still there."""
    AGED[category.name](BEGIN)
    made: dict[str, list[object]] = {}
    for label in category.tables:
        keys = set(apps.get_model(label)._default_manager.values_list("pk", flat=True))
        made[label] = list(keys - known.get(label, set()))
        known[label] = keys
    assert all(made.values()), f"a table of « {category.name} » has no row: {made}"

    def probe() -> dict[str, bool]:
        if not category.tables:
            return {"file": (settings.CONFIG.moves_dir / "moved.zip").exists()}
        return {
            label: apps.get_model(label)._default_manager.filter(pk__in=keys).exists()
            for label, keys in made.items()
        }

    return probe


def run_every_purge(moment: datetime) -> None:
    with patch("django.utils.timezone.now", return_value=moment):
        for purge in PURGES:
            purge()


@pytest.fixture
def old_installation(transactional_db: None) -> Iterator[None]:
    """The tables were made before the rows: no month of the journal is older than them."""
    rows = list(MigrationRecorder.Migration.objects.all())
    MigrationRecorder.Migration.objects.update(applied=BEGIN)
    yield
    MigrationRecorder.Migration.objects.bulk_update(rows, ["applied"])


@pytest.mark.heavy
@pytest.mark.usefixtures("old_installation")
@pytest.mark.django_db(transaction=True)
def test_over_fourteen_months_each_category_stays_as_long_as_said_and_no_longer() -> None:
    account()  # an académie
    known: dict[str, set[object]] = {}
    aged = [category for category in CATEGORIES if category.name in AGED]
    if connection.vendor == "postgresql":  # months of steps go by the server's own clock: tests/post/trace
        aged = [category for category in aged if category.tables not in STEPS]
    probes = {category: probe_of(category, known) for category in aged}
    ends = {category: last_day(category) for category in aged}
    margin = timedelta(hours=1)
    moments = {BEGIN + timedelta(days=days) for days in range(0, FOURTEEN_MONTHS.days, 14)}
    moments |= {end - margin for end in ends.values()} | {end + timedelta(days=1) for end in ends.values()}
    for moment in sorted(moments):
        run_every_purge(moment)
        for category, probe in probes.items():
            state = probe()
            assert state, category.name
            if moment >= ends[category] + timedelta(days=1):
                assert not any(state.values()), (category.name, moment - BEGIN, state)
            elif moment <= ends[category] - (WHOLE_MONTHS if category.tables in BY_MONTHS else margin):
                assert next(iter(state.values())), (category.name, moment - BEGIN, state)
    assert max(ends.values()) < BEGIN + FOURTEEN_MONTHS


@pytest.mark.django_db
def test_the_page_says_the_durations_of_the_record_and_no_other() -> None:
    page = as_typed(Client().get("/donnees-personnelles").content.decode())
    said = page.partition("Combien de temps")[2].partition("<h2>")[0]
    items = [html.unescape(item) for item in re.findall(r"<li>(.*?)</li>", said, re.DOTALL)]
    assert items == [
        f"{category.name} : {category.duration(settings.CONFIG).sentence}." for category in CATEGORIES
    ]
    assert [html.unescape(title) for title in re.findall(r"<h3>(.*?)</h3>", said)] == [
        activity.purpose for activity in ACTIVITIES
    ]


def test_each_purpose_has_a_sheet(tmp_path: Path) -> None:
    application = typer.Typer()
    application.command()(cli.command)
    done = CliRunner().invoke(application, ["--folder", str(tmp_path)])
    assert done.exit_code == 0, done.exception
    assert {path.stem for path in tmp_path.iterdir()} == {activity.key for activity in ACTIVITIES}
    for activity in ACTIVITIES:
        text = (tmp_path / f"{activity.key}.md").read_text(encoding="utf-8")
        for word in (activity.purpose, activity.basis, activity.persons, activity.recipients):
            assert word in text
        for category in activity.categories:
            assert f"- {category.name} : {category.duration(settings.CONFIG).sentence}." in text
    alone = CliRunner().invoke(application, ["--purpose", "classes"]).output
    assert alone.startswith("# Classes et familles (ENT)\n")
    assert CliRunner().invoke(application, ["--purpose", "rien"]).exit_code != 0


def test_backups_are_said_to_stay_as_long_as_generations_do() -> None:
    backup = dataclasses.replace(settings.CONFIG.backup, repository="/srv/vm", keep_days=9, keep_months=2)
    (category,) = (category for category in CATEGORIES if category.name in ELSEWHERE)
    config = dataclasses.replace(settings.CONFIG, backup=backup)
    assert category.duration(config).sentence == "9 jours, puis une par mois pendant 2 mois"


@pytest.mark.parametrize(
    ("key", "value", "sentence"),
    [
        ("numen_proofs_days", 12, "Pièces d’une demande de NUMEN : 12 jours après la clôture de la demande."),
        ("submissions_days", 40, "chacun est devenu) : 40 jours après l’envoi."),
        ("failed_jobs_days", 8, "Travaux en échec : 8 jours après leur échec, s’ils ne sont pas repris."),
    ],
)
def test_what_the_academie_sets_is_what_the_page_says(key: str, value: int, sentence: str) -> None:
    config = settings.CONFIG
    periods = dataclasses.replace(config.retention, **{key: value})
    changed = dataclasses.replace(config, retention=periods)
    texts = [f"{item.category} : {item.duration}." for sheet in sheets(changed) for item in sheet.retentions]
    assert any(text.endswith(sentence) for text in texts)
