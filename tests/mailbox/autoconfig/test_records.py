"""What the zone must say, and what is made of its answers."""

from collections.abc import Iterator

import pytest
from django.test import Client
from tests.access.signin.people import PASSWORD, account
from tests.mailbox.autoconfig.test_offers import made

from vaguemestre.mailbox.autoconfig.ports import look_up
from vaguemestre.mailbox.autoconfig.rules.records import State, checked_records, expected_records, zone
from vaguemestre.mailbox.autoconfig.values import Question

RECORDS = expected_records(made(), site="messagerie.ac-amiens.test", site_port=443)


def state_of(name: str, kind: str, *answers: str) -> State:
    record = next(one for one in RECORDS if (one.name, one.kind) == (name, kind))
    (one,) = checked_records([record], {record.question: answers})
    return one.state


def test_a_zone_made_of_the_lines_told_is_right() -> None:
    answers: dict[Question, tuple[str, ...] | None] = {}
    for record in RECORDS:
        answers[record.question] = (*(answers.get(record.question) or ()), record.value)
    assert {one.state for one in checked_records(RECORDS, answers)} == {State.RIGHT}
    assert zone(RECORDS).count("\n") == len(RECORDS)
    assert "_imaps._tcp.ac-amiens.test. 3600 IN SRV 0 1 993 mail.ac-amiens.test." in zone(RECORDS)


@pytest.mark.parametrize(
    ("name", "kind", "answers", "state"),
    [
        (
            "_imaps._tcp",
            "SRV",
            ("10 5 993 MAIL.ac-amiens.test.",),
            State.RIGHT,
        ),  # its own priority and weight
        ("_imaps._tcp", "SRV", ("0 1 993 autre.example.",), State.OTHER),
        ("_imaps._tcp", "SRV", ("0 1 143 mail.ac-amiens.test.",), State.OTHER),
        ("_imaps._tcp", "SRV", (), State.MISSING),
        ("_pop3._tcp", "SRV", (), State.RIGHT),
        ("_pop3._tcp", "SRV", ("0 0 110 mail.ac-amiens.test.",), State.OTHER),
        ("autoconfig", "CNAME", ("192.0.2.1",), State.RIGHT),
        ("autoconfig", "CNAME", ("ailleurs.example.",), State.OTHER),
        ("", "TXT", ("google-site-verification=x", "v=spf1 include:x -all"), State.RIGHT),
        ("", "TXT", ("google-site-verification=x",), State.MISSING),
        ("", "MX", ("5 autre.example.",), State.RIGHT),
        ("", "MX", ("0 .",), State.OTHER),
    ],
)
def test_each_answer_is_judged(name: str, kind: str, answers: tuple[str, ...], state: State) -> None:
    whole = f"{name}.ac-amiens.test" if name else "ac-amiens.test"
    assert state_of(whole, kind, *answers) is state


@pytest.mark.parametrize(
    ("published", "wanted"),
    [
        (
            "v=DMARC1; p=reject; rua=mailto:Postmaster@ac-amiens.test,mailto:r@example.org",
            "v=DMARC1; p=reject; rua=mailto:rapports-automatiques@ac-amiens.test,mailto:r@example.org",
        ),
        ("v=DMARC1; p=none; rua=mailto:r@example.org", ""),
        ("v=DMARC1; rua=mailto:postmaster@ac-amiens.test,mailto:rapports-automatiques@ac-amiens.test", ""),
    ],
)
def test_reports_asked_at_the_address_of_before_are_to_be_asked_anew_with_the_same_policy(
    published: str, wanted: str
) -> None:
    record = next(one for one in RECORDS if one.begins == "v=DMARC1")
    (result,) = checked_records([record], {record.question: (published,)})
    assert result.state is (State.OTHER if wanted else State.RIGHT)
    assert not wanted or result.record.value == wanted


@pytest.fixture
def zone_says() -> Iterator[dict[str, tuple[str, ...] | None]]:
    said: dict[str, tuple[str, ...] | None] = {}
    held = look_up.get()
    look_up.replace(lambda questions: {one: said.get(f"{one.kind} {one.name}", ()) for one in questions})
    yield said
    look_up.replace(held)


@pytest.mark.django_db
def test_administrators_read_what_the_zone_says_and_nobody_else(
    zone_says: dict[str, tuple[str, ...] | None],
) -> None:
    admin, teacher = account("admin1", role="administrator"), account()
    client = Client()
    client.post("/alogin", {"username": admin.username, "secret": PASSWORD})
    page = client.get("/administration/dns").content.decode()
    assert "_submissions._tcp." in page
    assert "n’est pas encore réglée" in page  # the demonstration has no name
    zone_says["SRV _imaps._tcp.ac-amiens.test"] = ("0 1 143 vieux.example.",)
    lines = client.get("/administration/dns/essai").content.decode()
    assert "Différent" in lines
    assert "vieux.example" in lines
    assert "Juste" not in lines  # nothing stands where nothing needs to
    assert lines.count("Facultatif") == 3
    zone_says["MX ac-amiens.test"] = None
    assert "ne répond pas" in client.get("/administration/dns/essai").content.decode()
    assert client.post("/administration/dns/essai").status_code == 405
    other = Client()
    other.post("/alogin", {"username": teacher.username, "secret": PASSWORD})
    assert other.get("/administration/dns").status_code == 403
    assert other.get("/administration/dns/essai").status_code == 403
    assert Client().get("/administration/dns")["Location"].startswith("/alogin")
