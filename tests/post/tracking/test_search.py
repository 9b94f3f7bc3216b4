"""Every message of twelve months: by whom, with whom, what became of it; each sees what is theirs."""

import html
import re
import urllib.parse
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone
from tests.access.signin.people import account
from tests.desks.removals.samples import told
from tests.mailbox.webmail.conftest import browser_of

from vaguemestre.foundation.journal.models import Entry
from vaguemestre.people.credentials.models import Account
from vaguemestre.people.directory.services.name_changes import index_names
from vaguemestre.post.outbox.models import Submission
from vaguemestre.post.outbox.services.held_mail import discard_held
from vaguemestre.post.trace.models import MessageStep
from vaguemestre.post.trace.queries import find_messages
from vaguemestre.post.trace.rules.stories import masked, overall_fate, seen_by, without_list_detail
from vaguemestre.post.trace.values import Engine, Fate, MessageSearch, Step, StepKind

pytestmark = pytest.mark.django_db(transaction=True)
NOW = timezone.now().replace(microsecond=0)
HERE, THERE = "box[/run/lmtp]", "mx.mairie.test[192.0.2.1]:25"


def step(kind: StepKind, minutes: int, queue_id: str = "AAAAAA1", **words: Any) -> Step:
    engine = Engine.DOVECOT if kind is StepKind.FILED else Engine.POSTFIX
    return Step(NOW - timedelta(hours=2) + timedelta(minutes=minutes), engine, kind, queue_id, **words)


@pytest.fixture
def marie() -> Account:
    return Account.objects.get(pk=account("marie").pk)


@pytest.fixture
def paul() -> Account:
    return Account.objects.get(pk=account("paul").pk)


@pytest.fixture(autouse=True)
def letters(marie: Account, paul: Account) -> None:
    """Marie wrote to Paul, to the town hall and, hidden, to a third; a stranger was refused at the door."""
    mail = "<m1@ac.test>"
    told(
        [
            step(StepKind.RECEIVED, 0, relay="submission", recipient="marie", detail="client=192.0.2.7"),
            step(StepKind.IDENTIFIED, 0, message_id=mail),
            step(StepKind.QUEUED, 0, sender=marie.mailbox),
            step(StepKind.DELIVERED, 1, recipient=paul.mailbox, relay=HERE, status="2.0.0"),
            step(StepKind.FILED, 1, "", message_id=mail, recipient=paul.mailbox,
                 detail="stored mail into mailbox 'INBOX'"),
            step(StepKind.DEFERRED, 2, recipient="mairie@mairie.test", relay=THERE, status="4.2.2",
                 detail="said: 452 4.2.2 plein"),
            step(StepKind.REFUSED, 3, recipient="cache@tiers.test", relay=THERE, status="5.1.1"),
            step(StepKind.REJECTED, 4, "", sender="spam@loin.test", recipient=paul.mailbox, status="5.7.1"),
        ]
    )  # fmt: skip


def found(addresses: set[str], **more: object) -> list[tuple[str, dict[str, Fate]]]:
    criteria = MessageSearch(frozenset(addresses), NOW - timedelta(days=30), NOW + timedelta(days=1), **more)  # type: ignore[arg-type]
    return [(message.sender, dict(message.fates)) for message in find_messages(criteria, limit=50)]


def text_of(content: bytes) -> str:
    return re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]+>", " ", content.decode())))


def test_a_message_is_found_by_its_sender_or_a_recipient_with_the_fate_of_each(
    marie: Account, paul: Account
) -> None:
    fates = {
        paul.mailbox: Fate.DELIVERED,
        "mairie@mairie.test": Fate.WAITING,
        "cache@tiers.test": Fate.REFUSED,
    }
    assert found({marie.mailbox}) == [(marie.mailbox, fates)]
    assert found({paul.mailbox}) == [
        ("spam@loin.test", {paul.mailbox: Fate.REJECTED}), (marie.mailbox, fates),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("more", "number"),
    [
        ({"other": "mairie.test"}, 1), ({"other": "spam@loin.test"}, 1), ({"other": "rie.test"}, 0),
        ({"fate": Fate.REJECTED}, 1), ({"fate": Fate.WAITING}, 1), ({"fate": Fate.HELD}, 0),
    ],
)  # fmt: skip
def test_correspondent_and_fate_narrow_a_search(paul: Account, more: dict[str, object], number: int) -> None:
    assert len(found({paul.mailbox}, **more)) == number


@pytest.mark.parametrize("column", ["recipient", "sender"])
def test_a_search_of_twelve_months_uses_the_index_of_its_column(column: str) -> None:
    rows = MessageStep.objects.filter(
        **{f"{column}__in": ["a@b.test", "c@d.test"]}, at__gte=NOW - timedelta(days=365), at__lt=NOW,
        engine=Engine.POSTFIX,
    ).order_by("-at")[:100]  # fmt: skip
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SET enable_seqscan = off")  # the table of a test is too small for an index
    plan = rows.explain()
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("RESET enable_seqscan")
        assert f"{column}_at_idx" in plan
        assert "Seq Scan" not in plan
    else:
        assert f"USING INDEX step_{column}" in plan


def test_an_administrator_reads_the_whole_story_in_order(marie: Account) -> None:
    made = account("rssi", role="administrator")
    Account.objects.filter(pk=made.pk).update(spans_academies=True)
    client = browser_of(Account.objects.get(pk=made.pk))
    page = text_of(client.get("/administration/messages?q=marie").content)
    assert "mairie@mairie.test" in page
    page = text_of(client.get("/administration/messages?q=marie&message=m1@ac.test").content)
    story = ["Confié par qui l’a écrit", "Accepté et mis en file", "Rangé dans « Boîte de réception »",
             "Raison : boîte pleine", "Raison : adresse inconnue"]  # fmt: skip
    places = [page.index(words) for words in story]
    assert places == sorted(places)
    assert "452 4.2.2 plein" in page


def test_the_story_of_a_message_leads_to_the_search_of_its_copies(marie: Account, paul: Account) -> None:
    made, story = account("rssi", role="administrator"), "?q=marie&message=m1@ac.test"
    Account.objects.filter(pk=made.pk).update(spans_academies=True)
    client = browser_of(Account.objects.get(pk=made.pk))
    leads_to = "/administration/retraits/nouveau?courriel=%3Cm1%40ac.test%3E"
    assert leads_to in client.get(f"/administration/messages{story}").content.decode()
    own = browser_of(paul).get("/messagerie/envois/ou/?message=AAAAAA1").content.decode()
    assert "Remis à la boîte" in own
    assert "retraits/nouveau" not in own


def test_a_recipient_sees_neither_the_others_nor_the_words_of_servers(paul: Account) -> None:
    client = browser_of(paul)
    page = text_of(client.get("/messagerie/envois/ou/?message=AAAAAA1").content)
    assert "Remis à la boîte" in page
    for hidden in ("cache@tiers.test", "mairie@mairie.test", "192.0.2.7", "plein"):
        assert hidden not in page


@pytest.mark.parametrize("days", ["au=31/12/9999", "au=01/01/0001", "du=01/01/0001"])
def test_a_search_up_to_an_end_of_the_calendar_shows_its_form_again(marie: Account, days: str) -> None:
    page = text_of(browser_of(marie).get(f"/messagerie/envois/ou/?avec=a@b.fr&{days}").content)
    assert "Écrivez un jour, comme 28/11/2026." in page


def test_who_wrote_sees_what_became_of_it_for_each(marie: Account) -> None:
    page = text_of(browser_of(marie).get("/messagerie/envois/ou/?message=AAAAAA1").content)
    assert "cache@tiers.test" in page
    assert "Raison : boîte pleine" in page
    assert "Mots du serveur" not in page


def test_one_mistyped_address_does_not_tell_that_the_others_were_refused(marie: Account) -> None:
    """Their program was told 550 for one recipient; the letter went to the other."""
    told([
        step(StepKind.RECEIVED, 5, "DDDDDD1", relay="submission", recipient="marie"),
        step(StepKind.REJECTED, 5, "DDDDDD1", sender=marie.mailbox, recipient="pual@ac.test", status="5.1.1"),
        step(StepKind.QUEUED, 6, "DDDDDD1", sender=marie.mailbox),
        step(StepKind.DELIVERED, 6, "DDDDDD1", recipient="mairie@mairie.test", relay=THERE, status="2.0.0"),
    ], "mistyped")  # fmt: skip
    content = browser_of(marie).get("/messagerie/envois/ou/?avec=pual@ac.test").content
    row = text_of(content.partition(b"<tbody>")[2].partition(b"</tbody>")[0])
    assert "Refusé à l’entrée pual@ac.test Raison : adresse inconnue" in row
    assert "Remis mairie@mairie.test" in row
    assert b"message=DDDDDD1" in content


def test_mail_put_off_at_the_door_is_not_told_refused(paul: Account) -> None:
    """The other server was told 4xx and tries again: nobody is to write anew."""
    told([
        step(StepKind.REJECTED, 5, "", sender="ami@loin.test", recipient=paul.mailbox, status="4.7.1"),
    ], "put-off")  # fmt: skip
    assert found({paul.mailbox}, other="ami@loin.test") == [
        ("ami@loin.test", {paul.mailbox: Fate.PUT_OFF}),
    ]  # fmt: skip
    page = browser_of(paul).get("/messagerie/envois/ou/?avec=ami@loin.test").content
    row = text_of(page.partition(b"<tbody>")[2])
    assert "Remis à plus tard" in row
    assert "essaie de nouveau" in row
    assert "Refusé" not in row
    assert "ami@loin.test" not in text_of(
        browser_of(paul).get("/messagerie/envois/ou/?etat=rejected").content.partition(b"<tbody>")[2]
    )


@pytest.mark.parametrize("status", ["5.3.4", "5.2.3"])
def test_a_letter_too_large_is_told_so(paul: Account, status: str) -> None:
    told([
        step(StepKind.REJECTED, 5, "", sender="ami@loin.test", recipient=paul.mailbox, status=status),
    ], "large")  # fmt: skip
    page = text_of(browser_of(paul).get("/messagerie/envois/ou/?avec=ami@loin.test").content)
    assert "Raison : message trop lourd" in page


def test_a_recipient_learns_by_no_search_who_else_received_it(paul: Account) -> None:
    """A hidden recipient was found out by asking for them, or for a fate that only theirs had."""
    client, listed = browser_of(paul), "message=AAAAAA1"
    for narrowed in ("avec=cache@tiers.test", "avec=tiers.test", "etat=refused", "etat=waiting"):
        assert listed not in client.get(f"/messagerie/envois/ou/?{narrowed}").content.decode(), narrowed
    assert listed in client.get("/messagerie/envois/ou/?avec=marie@ac-amiens.test").content.decode()


def test_where_a_colleague_has_a_letter_sent_on_is_not_seen_by_its_author(
    marie: Account, paul: Account
) -> None:
    """Paul's filter redirects to his private address, with Marie's as its sender."""
    told([
        step(StepKind.RECEIVED, 5, "SSSSSS1", relay="sieve", detail="client=unknown[127.0.0.1]"),
        step(StepKind.IDENTIFIED, 5, "SSSSSS1", message_id="<m1@ac.test>"),
        step(StepKind.QUEUED, 5, "SSSSSS1", sender=marie.mailbox),
        step(StepKind.DELIVERED, 6, "SSSSSS1", recipient="paul@maison.test", relay=THERE, status="2.0.0"),
    ], "sent-on")  # fmt: skip
    for query in ("", "?message=m1@ac.test", "?message=SSSSSS1", "?avec=maison.test"):
        page = browser_of(marie).get(f"/messagerie/envois/ou/{query}").content.decode()
        assert "paul@maison.test" not in page, query
        assert "message=SSSSSS1" not in page.partition("<table")[2], query
    assert "paul@maison.test" in {address for _, fates in found({marie.mailbox}) for address in fates}


def test_nobody_sees_the_story_of_a_message_of_others(marie: Account) -> None:
    stranger = browser_of(Account.objects.get(pk=account("autre").pk))
    page = text_of(stranger.get("/messagerie/envois/ou/?message=AAAAAA1").content)
    assert "Aucune étape de ce message n’est connue de vous" in page
    assert marie.mailbox not in page


def test_the_desk_searches_one_account_and_the_journal_says_so(paul: Account) -> None:
    desk = browser_of(Account.objects.get(pk=account("desk", role="helpdesk").pk))
    answer = desk.get(f"/assistance/compte/{paul.pk}/courriels?message=AAAAAA1")
    page = text_of(answer.content)
    assert answer.status_code == 200
    assert "Remis à la boîte" in page
    assert "cache@tiers.test" not in page
    assert Entry.objects.get(action="tracking.mail-searched").to == f"account:{paul.pk}"


@pytest.mark.parametrize("role", ["agent", "hr_officer", "helpdesk"])
def test_the_search_of_everybody_is_for_administrators(role: str) -> None:
    assert (
        browser_of(Account.objects.get(pk=account("x", role=role).pk))
        .get("/administration/messages")
        .status_code
        == 403
    )


def test_pupils_and_families_are_not_identified() -> None:
    assert masked("eleve@ent.test", "ent.test") == masked("e@a.ent.test", "ent.test") == "…@ent.test"
    assert masked("a@parent.test", "ent.test") == "a@parent.test"
    assert masked("eleve@ent.test", "") == "eleve@ent.test"


def test_a_list_is_named_as_people_know_it() -> None:
    assert without_list_detail("liste.conseil+l2.0d@ac.test") == "liste.conseil@ac.test"
    assert without_list_detail("marie+cours@ac.test") == "marie+cours@ac.test"
    told([
        step(StepKind.QUEUED, 0, "LLLLLL1", sender="liste.conseil+l2.0d@ac.test"),
        step(StepKind.DELIVERED, 1, "LLLLLL1", recipient="paul@ac-amiens.test", relay=HERE, status="2.0.0"),
    ], "list")  # fmt: skip
    made = account("rssi", role="administrator")
    Account.objects.filter(pk=made.pk).update(spans_academies=True)
    client = browser_of(Account.objects.get(pk=made.pk))
    for query in ("q=paul@ac-amiens.test", "q=paul@ac-amiens.test&message=LLLLLL1"):
        page = text_of(client.get(f"/administration/messages?{query}").content)
        assert "liste.conseil@ac.test" in page
        assert "+l2" not in page


def test_the_worst_fate_stands_for_the_message() -> None:
    assert overall_fate([Fate.DELIVERED, Fate.REFUSED]) is Fate.REFUSED
    assert overall_fate([], [Step(NOW, Engine.POSTFIX, StepKind.HELD)]) is Fate.HELD
    assert seen_by([Step(NOW, Engine.POSTFIX, StepKind.QUEUED, sender="a@b.test")], {"x@y.test"}) == ()


def test_a_wrong_day_is_told_at_its_field(marie: Account) -> None:
    page = browser_of(marie).get("/messagerie/envois/ou/?du=hier")
    assert "Écrivez un jour" in text_of(page.content)
    assert Client().get("/messagerie/envois/ou/").status_code == 302


def test_what_was_refused_at_the_door_says_why(paul: Account) -> None:
    desk = browser_of(Account.objects.get(pk=account("desk", role="helpdesk").pk))
    for client, where in (
        (desk, f"/assistance/compte/{paul.pk}/courriels"),
        (browser_of(paul), "/messagerie/envois/ou/"),
    ):
        page = text_of(client.get(where).content)
        assert "Refusé à l’entrée Raison : règle de sécurité, indésirable ou réputation" in page


def test_a_correspondent_alone_is_searched_if_it_is_a_whole_address() -> None:
    desk = browser_of(Account.objects.get(pk=account("chef", role="administrator").pk))
    whole = text_of(desk.get("/administration/messages?avec=spam@loin.test").content)
    assert "Refusé à l’entrée" in whole.partition("Quand De")[2]
    assert "Un domaine ne se cherche pas seul" in text_of(
        desk.get("/administration/messages?avec=loin.test").content
    )


def test_the_desk_is_told_of_what_was_held_or_thrown_away(paul: Account) -> None:
    """No step tells of it: the desk would say that nothing was sent."""
    for number, (hold, who) in enumerate((("held", "a"), ("discarded", "b"), ("released", "c"))):
        recipients = [f"{who}{one}@dehors.example" for one in range(40)]
        Submission.objects.create(
            account=paul,
            queue_id=f"H{number}",
            recipients=recipients,
            counted=40,
            hold=hold,
            at=timezone.now(),
        )
    desk = browser_of(Account.objects.get(pk=account("desk", role="helpdesk").pk))
    where = f"/assistance/compte/{paul.pk}/courriels"
    waits, thrown = "Retenu, en attente d’une décision", "Jeté : personne ne l’a reçu"
    for query, shown in (("", {waits, thrown}), ("?etat=held", {waits}), ("?etat=discarded", {thrown})):
        page = text_of(desk.get(where + query).content)
        assert "Retenus, et qui ne sont pas partis" in page
        assert {words for words in (waits, thrown) if words in page} == shown, query
        assert "et 37 de plus" in page
        assert "c0@dehors.example" not in page
    assert "Jeté : personne" not in text_of(desk.get(f"{where}?avec=a3@dehors.example").content)
    assert "qui ne sont pas partis" not in text_of(desk.get(f"{where}?etat=delivered").content)
    assert "qui ne sont pas partis" not in text_of(desk.get(f"{where}?du=01/01/2020&au=02/01/2020").content)


def held_burst(who: Account) -> None:
    """Two letters held at submission, one of them thrown away; no step names their people."""
    for number, queue_id in ((1, "HELD0001"), (2, "HELD0002")):
        recipients = [f"p{number}{one}@dehors.example" for one in range(5)]
        Submission.objects.create(
            account=who, queue_id=queue_id, sender=who.mailbox, recipients=recipients, counted=5,
            hold="held", at=timezone.now(),
        )  # fmt: skip
        told(
            [
                step(StepKind.RECEIVED, number, queue_id, relay="submission", recipient=who.username),
                step(StepKind.HELD, number, queue_id),
            ],
            queue_id,
        )
    chef = account("chef", role="administrator")
    thrown = Submission.objects.get(queue_id="HELD0002")
    discard_held(who.pk, [thrown.pk], by=f"account:{chef.pk}", now=timezone.now(), reason="Piraté")
    told([step(StepKind.DONE, 9, "HELD0002")], "thrown")


def test_an_administrator_finds_what_was_held_or_thrown_away(marie: Account) -> None:
    """It was told as an automatic notice to nobody, and what was destroyed as waiting."""
    held_burst(marie)
    chef = browser_of(Account.objects.get(username="chef"))
    where = "/administration/messages"
    table = text_of(chef.get(f"{where}?q=marie&etat=held").content).partition("Quand De")[2]
    assert "(avis automatique)" not in table
    assert f"{marie.mailbox} p10@dehors.example" in table
    assert "Retenu" in table
    assert "p20@dehors.example" not in table
    for query in ("q=marie", "q=marie&etat=discarded", "avec=p23@dehors.example", "q=marie&avec=p23@dehors"):
        table = text_of(chef.get(f"{where}?{query}").content).partition("Quand De")[2]
        assert table.count("Jeté : personne ne l’a reçu") == 1, query
    assert "p10@dehors" not in text_of(chef.get(f"{where}?q=marie&etat=delivered").content)


def test_the_story_of_what_was_thrown_away_says_by_whom(marie: Account) -> None:
    held_burst(marie)
    chef = browser_of(Account.objects.get(username="chef"))
    story = text_of(chef.get("/administration/messages?q=marie&message=HELD0002").content)
    story = story.partition("Histoire du message")[2].partition("Quand De")[0]
    assert f"{marie.mailbox} → p20@dehors.example" in story
    assert "Jeté par chef" in story
    assert "Motif : Piraté" in story
    assert "En attente" not in story
    waits = text_of(chef.get("/administration/messages?q=marie&message=HELD0001").content)
    assert "Retenu jusqu’à une décision" in waits.partition("Histoire du message")[2]


def test_what_the_filter_set_aside_is_not_told_to_be_in_the_box(marie: Account, paul: Account) -> None:
    """The desk said « Remis à la boîte » of mail that waits in quarantine."""
    told(
        [
            step(StepKind.JUDGED, 30, "AAAAAA9", status="macro"),
            step(StepKind.QUEUED, 30, "AAAAAA9", sender=marie.mailbox),
            step(StepKind.DELIVERED, 31, "AAAAAA9", recipient=paul.mailbox, relay=HERE, status="2.0.0"),
        ],
        "dovecot9",
    )
    desk = browser_of(account("assistance", role="helpdesk"))
    story = text_of(desk.get(f"/assistance/compte/{paul.pk}/courriels?message=AAAAAA9").content)
    assert "Histoire du message Mis en quarantaine" in story
    assert story.count("Mis en quarantaine") == 3  # beside it, its line, its row
    assert "Remis à la boîte" not in story
    own = text_of(browser_of(paul).get("/messagerie/envois/ou/?message=AAAAAA9").content)
    assert "Mis en quarantaine : la personne se le fait remettre" in own
    wrote = text_of(browser_of(marie).get("/messagerie/envois/ou/?message=AAAAAA9").content)
    assert "quarantaine" not in wrote.partition("Histoire du message")[2].partition("Quand")[0]
    page = text_of(desk.get(f"/assistance/compte/{paul.pk}/courriels?message=AAAAAA1").content)
    assert "Remis à la boîte" in page


def test_the_limit_of_recipients_is_told_as_the_reason_and_not_as_the_filter_s(marie: Account) -> None:
    told(
        [
            step(
                StepKind.REJECTED, 30, "", sender=marie.mailbox, recipient="a@loin.example", status="5.7.28",
                detail="milter-reject: RCPT from x: 550 5.7.28 Trop de destinataires en peu de temps",
            )
        ],
        "limit",
    )  # fmt: skip
    chef = browser_of(Account.objects.get(pk=account("chef", role="administrator").pk))
    page = text_of(chef.get("/administration/messages?q=a@loin.example").content)
    assert "Raison : trop de courriels ou de destinataires en peu de temps" in page
    assert "Filtre :" not in page


def test_the_list_of_administrators_says_what_went_to_quarantine_too(marie: Account, paul: Account) -> None:
    told(
        [
            step(StepKind.JUDGED, 30, "AAAAAA9", status="macro"),
            step(StepKind.QUEUED, 30, "AAAAAA9", sender="compta@dehors.example"),
            step(StepKind.DELIVERED, 31, "AAAAAA9", recipient=paul.mailbox, relay=HERE, status="2.0.0"),
            step(
                StepKind.DELIVERED, 32, "AAAAAA9", recipient="autre@ailleurs.example",
                relay="mx.ailleurs.example[192.0.2.7]:25", status="2.0.0",
            ),
        ],
        "dovecot9",
    )  # fmt: skip
    chef = browser_of(Account.objects.get(pk=account("chef", role="administrator").pk))
    rows = text_of(chef.get("/administration/messages?q=compta@dehors.example").content)
    rows = rows.partition("Quand De")[2]
    assert f"Mis en quarantaine {paul.mailbox}" in rows
    assert "Remis autre@ailleurs.example" in rows


@pytest.mark.parametrize("typed", ["<lettre9@dehors.example>", "lettre9@dehors.example", " AAAAAA9 "])
def test_an_administrator_finds_a_message_by_its_identifiers(
    marie: Account, paul: Account, typed: str
) -> None:
    told(
        [
            step(StepKind.IDENTIFIED, 29, "AAAAAA9", message_id="<lettre9@dehors.example>"),
            step(StepKind.QUEUED, 30, "AAAAAA9", sender="compta@dehors.example"),
            step(StepKind.DELIVERED, 31, "AAAAAA9", recipient=paul.mailbox, relay=HERE, status="2.0.0"),
        ],
        "dovecot9",
    )
    chef = browser_of(Account.objects.get(pk=account("chef", role="administrator").pk))
    page = text_of(chef.get("/administration/messages", {"q": typed}).content)
    assert f"compta@dehors.example → {paul.mailbox}" in page
    assert "Aucun message ne répond" not in page
    assert "Aucun message ne répond" in text_of(
        chef.get("/administration/messages", {"q": "autre9@dehors.example"}).content
    )


def test_a_name_leads_to_whose_mail_it_may_be_and_a_domain_says_what_to_write(paul: Account) -> None:
    chef = browser_of(Account.objects.get(pk=account("chef", role="administrator").pk))
    person = paul.person
    assert person is not None
    index_names([person])
    found = chef.get("/administration/messages", {"q": person.shown_name}).content.decode()
    links = re.findall(r'href="\?q=([^"]+)"', found)
    assert person.addresses.get().address in {urllib.parse.unquote(link) for link in links}
    shown = text_of(chef.get("/administration/messages", {"q": urllib.parse.unquote(links[-1])}).content)
    assert "n’est ni une adresse ni un identifiant" not in shown
    for typed in ("loin.test", "@loin.test"):
        page = text_of(chef.get("/administration/messages", {"q": typed}).content)
        assert "Un domaine ne se cherche pas seul" in page
    assert "Aucun message ne répond" in text_of(
        chef.get("/administration/messages", {"q": "personne-de-ce-nom"}).content
    )


def test_a_caller_s_word_for_a_correspondent_leads_the_desk_to_whom_it_may_be(
    marie: Account, paul: Account
) -> None:
    """« Aucun message » was answered to a name, and told to the caller."""
    desk = browser_of(Account.objects.get(pk=account("desk", role="helpdesk").pk))
    person = marie.person
    assert person is not None
    index_names([person])
    where = f"/assistance/compte/{paul.pk}/courriels"
    page = desk.get(where, {"avec": person.shown_name}).content.decode()
    assert "Aucun message ne répond" not in text_of(page.encode())
    links = [urllib.parse.unquote(link) for link in re.findall(r'href="\?avec=([^"&]+)', page)]
    assert person.addresses.get().address in links
    assert "Aucun message ne répond" in text_of(desk.get(where, {"avec": "personne-de-ce-nom"}).content)
