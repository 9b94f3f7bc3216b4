"""Two académies on one installation: names, help, hosts, DNS and colleagues are each one's own."""

from dataclasses import replace
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from tests.access.signin.browsers import signed_in
from tests.access.signin.people import NOON, account
from typer.testing import CliRunner

from vaguemestre.access.signin.queries import office_academy_of, open_session
from vaguemestre.access.signin.services import BrowserOrigin, open_browser_session
from vaguemestre.access.signin.sessions import SessionStore
from vaguemestre.access.signin.values import Who
from vaguemestre.cli.people import account as cli_account
from vaguemestre.mailbox.autoconfig.http import wanted_records
from vaguemestre.mailbox.compose.http import academy_signature
from vaguemestre.mailbox.compose.values import AcademySignature
from vaguemestre.mailbox.sorting.queries import owner_of
from vaguemestre.mailbox.webmail.http import own_auth_server, own_domains
from vaguemestre.people.credentials.models import Account
from vaguemestre.people.credentials.queries import is_account_in, presented
from vaguemestre.people.directory.models import Academy, Assignment, MailAddress, Person, Structure
from vaguemestre.people.directory.queries import of_academy
from vaguemestre.people.directory.values import NO_ACADEMY
from vaguemestre.schools.lists.models import MailingList
from vaguemestre.schools.lists.queries import list_cards, members_of, rule_members
from vaguemestre.schools.lists.queries.managers import lists_owned_by_post
from vaguemestre.schools.lists.rules.members import rule_to_json
from vaguemestre.schools.lists.values import Criteria, Kind, Rule
from vaguemestre.site.config import AcademySection, Config
from vaguemestre.site.hosts import hosts_of

pytestmark = pytest.mark.django_db
LILLE = "ac-lille.test"


@pytest.fixture
def two(settings: Any) -> Config:
    """A configuration of two académies, the second with pages under a name of its own."""
    port = settings.CONFIG.ports.web
    lille = AcademySection(
        code="09",
        name="Académie de Lille",
        domain=LILLE,
        departments=("059", "062"),
        help_phone="03 53 01 59 62",
        signature="<i>{nom}</i>, Lille",
        public_url=f"http://messagerie.ac-lille.test:{port}",
    )
    return serve(settings, lille)


def serve(settings: Any, lille: AcademySection) -> Config:
    config: Config = replace(settings.CONFIG, further_academies=(lille,))
    table = hosts_of(
        public_url=config.public_url,
        files_url=config.files_url,
        domains=config.domains,
        web_port=config.ports.web,
        further_urls=config.further_sites,
    )
    settings.CONFIG, settings.HOSTS, settings.ALLOWED_HOSTS = config, table, table.names
    return config


def of_lille(username: str) -> Account:
    made = account(username)
    lille, _ = Academy.objects.get_or_create(
        code="09", defaults={"name": "Académie de Lille", "domain": LILLE}
    )
    Person.objects.filter(pk=made.person_id).update(academy=lille)
    MailAddress.objects.filter(person_id=made.person_id).update(address=f"{username}@{LILLE}")
    return made


def signed(made: Account) -> Who:
    """That account, as pages know whoever is signed in."""
    session = SessionStore()
    open_browser_session(
        session, made.pk, BrowserOrigin("127.0.0.1", "Firefox"), shared=False, now=timezone.now()
    )
    opened = open_session(session.digest, timezone.now())
    assert opened is not None
    return opened.who


def page(path: str, host: str, who: Account | None = None) -> str:
    client = Client()
    if who:
        signed_in(who, client)
    return client.get(path, HTTP_HOST=host, follow=True).content.decode()


def test_a_stranger_reads_the_name_and_the_help_of_the_host_they_came_by(two: Config) -> None:
    ours, theirs = two.public_url.partition("//")[2], two.further_sites[0].partition("//")[2]
    assert "Académie d’Amiens" in page("/aide", ours)
    assert "03 53 01 59 62" not in page("/aide", ours)
    lille = page("/aide", theirs)
    assert "Académie de Lille" in lille
    assert "03 53 01 59 62" in lille
    assert "Académie d’Amiens" not in lille


def test_somebody_signed_in_reads_those_of_their_own_academie_by_whatever_host(two: Config) -> None:
    ours = two.public_url.partition("//")[2]
    assert "Académie de Lille" in page("/aide", ours, of_lille("lilloise"))
    assert "Académie d’Amiens" in page("/aide", ours, account("amienoise"))


def test_programs_and_servers_are_told_the_settings_of_the_domain_they_ask_about(two: Config) -> None:
    port = two.ports.web
    told = page("/mail/config-v1.1.xml", f"autoconfig.{LILLE}:{port}")
    assert f"<domain>{LILLE}</domain>" in told
    assert f"mail.{LILLE}" in told
    assert f"mx: mail.{LILLE}" in page("/.well-known/mta-sts.txt", f"mta-sts.{LILLE}:{port}")
    assert "mx: mail.ac-amiens.test" in page("/.well-known/mta-sts.txt", f"mta-sts.ac-amiens.test:{port}")


def test_each_domain_has_its_records_and_dns_is_told_all_of_them(two: Config) -> None:
    records = wanted_records(LILLE)
    assert records
    assert all(record.name.endswith(LILLE) for record in records)
    assert wanted_records() == (*wanted_records("ac-amiens.test"), *records)


@pytest.mark.parametrize(
    ("colleagues", "domains"), [("own", (LILLE,)), ("installation", (LILLE, "ac-amiens.test"))]
)
def test_an_absence_counts_as_colleagues_whom_the_academie_says(
    two: Config, settings: Any, colleagues: str, domains: tuple[str, ...]
) -> None:
    serve(settings, replace(two.academy_at(LILLE), colleagues=colleagues))
    owner = owner_of(of_lille("lilloise").pk, NOON)
    assert owner is not None
    assert owner.internal_domains == domains
    amiens = owner_of(account("amienoise").pk, NOON)
    assert amiens is not None
    assert amiens.internal_domains == ("ac-amiens.test",)


def test_who_is_outside_and_which_signature_is_proposed_follow_the_academie(two: Config) -> None:
    who = signed(of_lille("lilloise"))
    assert own_domains(who) == {LILLE}
    assert academy_signature(who) == AcademySignature("<i>{nom}</i>, Lille", is_imposed=False)
    assert own_domains(signed(account("amienoise"))) == {"ac-amiens.test"}
    assert own_auth_server().domains == {LILLE, "ac-amiens.test"}


def test_a_list_by_rule_reaches_those_who_serve_in_its_academie_alone(two: Config) -> None:
    amiens, lille = account("amienoise"), of_lille("lilloise")
    school = Structure.objects.create(uai="0590001F", academy=Academy.objects.get(code="09"), name="Collège")
    Assignment.objects.filter(person_id=lille.person_id).update(structure=school)
    Assignment.objects.update(function="ENS")
    rule = Rule(any=(Criteria(functions=("ENS",)),))
    ids = {code: Academy.objects.get(code=code).pk for code in ("20", "09")}
    reached = {code: {m.person_id for m in rule_members(rule, NOON, academy_id=ids[code])} for code in ids}
    assert reached == {"20": {amiens.person_id}, "09": {lille.person_id}}


@pytest.mark.django_db(transaction=True)
def test_the_command_line_has_an_office_span_the_academies_and_back(two: Config) -> None:
    administrator = account("administratrice", role="administrator")
    for words, spans in (([], True), (["--off"], False)):
        ended = CliRunner().invoke(cli_account.app, ["span", "administratrice", *words])
        assert ended.exit_code == 0
        administrator.refresh_from_db()
        assert administrator.spans_academies is spans


def test_a_rule_reaches_nobody_for_an_academie_that_is_unknown(two: Config) -> None:
    account("amienoise")
    of_lille("lilloise")
    Assignment.objects.update(function="ENS")
    rule = Rule(any=(Criteria(functions=("ENS",)),))
    assert rule_members(rule, NOON, academy_id=0) == ()
    lost = MailingList(address="profs@nulle-part.test", kind=Kind.RULE, rule=rule_to_json(rule))
    assert members_of(lost, NOON) == ()


def test_a_list_by_rule_is_shown_to_those_who_serve_in_its_academie_alone(two: Config) -> None:
    amiens, lille = account("amienoise"), of_lille("lilloise")
    school = Structure.objects.create(uai="0590001F", academy=Academy.objects.get(code="09"), name="Collège")
    Assignment.objects.filter(person_id=lille.person_id).update(structure=school)
    Assignment.objects.update(function="ENS")
    row = list_of("profs", LILLE)
    row.kind, row.rule = Kind.RULE, rule_to_json(Rule(any=(Criteria(functions=("ENS",)),)))
    row.save()
    assert [card.list_id for card in list_cards(lille.pk, lille.person_id or 0, NOON)] == [row.pk]
    assert list_cards(amiens.pk, amiens.person_id or 0, NOON) == ()


def list_of(name: str, domain: str = "ac-amiens.test") -> MailingList:
    """A list without owner."""
    address = f"{name}@{domain}"
    mailbox = Account.objects.create(username=address, mailbox=address)
    return MailingList.objects.create(
        address=address, title=name, account=mailbox, kind=Kind.MANUAL, created_at=NOON
    )


def test_lists_without_owner_are_found_by_as_many_queries_however_many_they_are(two: Config) -> None:
    of_lille("lilloise")
    limited = account("administratrice", role="administrator")
    lists = [list_of("un").pk]
    list_of("deux", LILLE)
    with CaptureQueriesContext(connection) as first:
        assert lists_owned_by_post(limited.pk, limited.person_id or 0, NOON) == lists
    for number in range(12):
        lists.append(list_of(f"liste{number}").pk)
        list_of(f"liste{number}", LILLE)
    with CaptureQueriesContext(connection) as second:
        assert lists_owned_by_post(limited.pk, limited.person_id or 0, NOON) == lists
    assert len(second) == len(first)


def test_the_office_of_an_account_of_nobody_covers_the_academie_of_its_mailbox_or_none(two: Config) -> None:
    of_lille("lilloise")
    account("amienoise")
    ids = {academy.domain: academy.pk for academy in Academy.objects.all()}
    reach = {}
    for domain in (LILLE, "ac-amiens.test", "nulle-part.test"):
        address = f"robot@{domain}"
        made = Account.objects.create(username=address, mailbox=address, role="helpdesk", state="active")
        robot = presented(made.pk)
        assert robot is not None
        reach[domain] = office_academy_of(robot)
    assert reach == {**ids, "nulle-part.test": NO_ACADEMY}
    assert not Person.objects.filter(of_academy(NO_ACADEMY)).exists()
    assert not is_account_in(Account.objects.latest("pk").pk, NO_ACADEMY)


@pytest.mark.parametrize("is_open", [True, False])
def test_what_a_numen_does_at_sign_in_depends_on_no_name_and_no_host(
    two: Config, settings: Any, is_open: bool
) -> None:
    lille = replace(two.academy_at(LILLE), numen_at_sign_in=is_open)
    serve(settings, lille)
    account("amienoise")
    of_lille("lilloise")
    hosts = [urlsplit(url).netloc for url in (two.public_url, lille.public_url)]
    answers = {
        Client(headers={"host": host})
        .post("/alogin", {"username": name, "secret": "20e 95 01234 abc"})
        .status_code
        for host in hosts
        for name in ("amienoise", "lilloise", "personne")
    }
    assert answers == {302 if is_open else 200}
