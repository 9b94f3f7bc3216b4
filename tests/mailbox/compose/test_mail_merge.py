"""One copy for each: rows read with what is wrong in each, every copy queued once whatever is repeated."""

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, time, timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db.models import QuerySet
from django.template.loader import render_to_string
from django.test import Client
from django.utils import timezone
from django_tasks_db.models import DBTaskResult
from hypothesis import given
from hypothesis import strategies as st
from pytest_django.fixtures import Settings
from tests.answers import as_typed
from tests.mailbox.compose.test_services import LIMIT, read, save
from tests.post.outbox.letters import NOON

from vaguemestre.engines.memory.mailbox import MemoryMailbox, MemoryMailboxes
from vaguemestre.foundation.kernel.errors import Refusal
from vaguemestre.foundation.kernel.times import PARIS
from vaguemestre.foundation.ui.templatetags.ui import moment
from vaguemestre.mailbox.compose import queries, services
from vaguemestre.mailbox.compose.events import MailingDue
from vaguemestre.mailbox.compose.handlers import resume_lost_mailings, run_mailing
from vaguemestre.mailbox.compose.models import BroadReply, Composition, Mailing
from vaguemestre.mailbox.compose.rules.mail_merge import (
    merge_copies,
    merged_html,
    merged_subject,
    read_table,
    table_of,
    variables_in,
)
from vaguemestre.mailbox.compose.services.rows import new_key
from vaguemestre.mailbox.compose.values import (
    DraftFields,
    MailingOrder,
    MailingState,
    MailingStatus,
    TableRow,
    Writer,
)
from vaguemestre.mailbox.contacts.services import save_contact
from vaguemestre.mailbox.contacts.values import ContactCard
from vaguemestre.post.outbox.models import OutboxMessage

TABLE = (
    "Prénom;Courriel;Note de l’élève\r\n"
    "Léa;lea@dehors.example;12\r\n"
    ";\r\n"
    "Tom;tom@;8\r\n"
    "Léa;LEA@dehors.example;12\r\n"
    "Ali;ali@dehors.example;\r\n"
    "<b>Noé</b>;noe@dehors.example;15\r\n"
)
HTML = "<p>Bonjour {prenom}, note : {Note de l'élève}</p>"
HOME = "/messagerie/ecrire/"


def typed(**more: str) -> dict[str, str]:
    return {"subject": "Note de {prenom}", "html": HTML, **more}


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252"])
@pytest.mark.parametrize("separator", [";", ",", "\t"])
def test_a_table_is_read_however_it_was_saved(encoding: str, separator: str) -> None:
    table = read_table(TABLE.replace(";", separator).encode(encoding))
    assert table.header == ["Prénom", "Courriel", "Note de l’élève"]
    copies, wrong = merge_copies(table, variables_in("{prenom}", HTML))
    assert [(one.number, one.address) for one in copies] == [
        (2, "lea@dehors.example"),
        (7, "noe@dehors.example"),
    ]
    assert [(one.number, one.reason) for one in wrong] == [
        (4, "address-wrong"),
        (5, "twice"),
        (6, "empty:Note de l'élève"),
    ]


def test_addresses_are_read_as_peoples_tables_have_them() -> None:
    """With the owner's name, a final point; and the first line by which Excel names its separator."""
    lines = (
        'sep=,', 'Nom,Courriel', 'Chev,Mme Chev <A5@famille.example>', 'Point,a10@famille.example .',
        'Deux,a@x.fr et b@x.fr',
    )  # fmt: skip
    content = "\r\n".join(lines).encode()
    copies, wrong = merge_copies(read_table(content), ("courriel",))
    assert [(copy.number, copy.address, copy.values["courriel"]) for copy in copies] == [
        (3, "a5@famille.example", "a5@famille.example"),
        (4, "a10@famille.example", "a10@famille.example"),
    ]
    assert [(row.number, row.reason) for row in wrong] == [(5, "addresses-several")]
    page = render_to_string("compose/invalid_rows.html", {"mailing": {"invalid_rows": wrong}})
    assert "une ligne pour chacune" in page


@pytest.mark.parametrize("encoding", ["utf-16", "utf-8-sig", "cp1252"])
def test_a_table_is_read_in_the_encodings_of_excel(encoding: str) -> None:
    table = read_table("Prénom\tCourriel\r\nLéa\ta@x.fr\r\n".encode(encoding))
    assert (table.header, table.rows[0].cells) == (["Prénom", "Courriel"], ["Léa", "a@x.fr"])


def test_a_file_of_another_kind_is_not_said_to_be_empty() -> None:
    with pytest.raises(Refusal, match="table-unreadable"):
        read_table(b"%PDF-1.7\n")


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"courriel\n" + b"a" * 2_000_000, "table-too-long"),
        (b"courriel\n" + b"\n" * 200_001, "table-too-long"),
        (b'courriel;texte\na@x.fr;"' + b"a" * 200_000, "table-unreadable"),
    ],
)
def test_a_table_without_end_is_refused(content: bytes, code: str) -> None:
    with pytest.raises(Refusal, match=code):
        read_table(content)


def test_a_row_without_an_address_is_named() -> None:
    copies, wrong = merge_copies(read_table("courriel;nom\n;Zoé\na@x.fr;Ana\n".encode()), ())
    assert [copy.address for copy in copies] == ["a@x.fr"]
    assert [(row.number, row.reason) for row in wrong] == [(2, "address-missing")]


def test_a_parent_of_two_pupils_has_a_letter_for_each_and_none_twice() -> None:
    table = read_table(b"courriel;eleve\na@x.fr;Zoe\nA@x.fr;Ana\na@x.fr;Zoe\nb@x.fr;Tom\n")
    copies, wrong = merge_copies(table, ("eleve",))
    assert [(copy.number, copy.address) for copy in copies] == [(2, "a@x.fr"), (3, "a@x.fr"), (5, "b@x.fr")]
    assert [(row.number, row.reason) for row in wrong] == [(4, "twice")]
    alike, twice = merge_copies(table, ())
    assert [copy.number for copy in alike] == [2, 5], "the same letter"
    assert [row.number for row in twice] == [3, 4]
    once, _ = merge_copies(table, ("eleve",), one_each=True)
    assert [copy.number for copy in once] == [2, 5]


def test_what_is_wrong_with_a_whole_table_is_said() -> None:
    table = read_table(b"a;b\nx;y\n")
    with pytest.raises(Refusal, match="no-address-column"):
        merge_copies(table, ())
    table = read_table(b"a;b\nx;y@z.fr\n")
    with pytest.raises(Refusal, match="unknown-variable"):
        merge_copies(table, ("classe",))
    for content, code in ((b"a;b\n", "empty"), (b"\x00\x01", "unreadable"), (b"a\n" * 3500, "too-long")):
        with pytest.raises(Refusal, match=code):
            read_table(content)


@given(st.text(max_size=60), st.text(max_size=60))
def test_a_cell_writes_no_markup_and_ends_no_line(cell: str, other: str) -> None:
    values = {"prenom": cell, "autre": other}
    assert "<script" not in merged_html("<p>{prenom}</p>", {"prenom": f"<script>{cell}"})
    subject = merged_subject("A {Prénom} {autre} {inconnu}", values)
    assert subject.isprintable()
    assert subject.endswith("{inconnu}")


pytestmark = pytest.mark.django_db


@pytest.fixture
def key(writer: Writer, mailboxes: MemoryMailboxes, box: MemoryMailbox) -> str:
    key = new_key()
    save(writer, key, mailboxes, 0, **typed())
    return key


def prepare(writer: Writer, key: str, table: str | None = TABLE) -> None:
    content = read_table(table.encode()) if table is not None else None
    services.prepare_mailing(writer, key, content, "notes.csv", limit=LIMIT, now=NOON)


def carry(mailboxes: MemoryMailboxes, times: int = 1) -> None:
    for _ in range(times):
        services.run_mailing(Mailing.objects.get().pk, mailboxes, limit=LIMIT, now=NOON)


def proof(writer: Writer, key: str) -> str:
    """What the page that is proofread says of the mailing as it is now."""
    found = queries.find_mailing(writer.account_id, key)
    return found.proof if found else ""


def start(writer: Writer, key: str) -> None:
    services.start_mailing(writer.account_id, key, MailingOrder(proof(writer, key)), by="x", now=NOON)


def test_each_gets_a_copy_alone_and_once(writer: Writer, key: str, mailboxes: MemoryMailboxes) -> None:
    prepare(writer, key)
    carry(mailboxes)
    assert not OutboxMessage.objects.exists()  # nothing leaves before it is said to
    start(writer, key)
    start(writer, key)
    carry(mailboxes, 3)
    found = {row.recipients[0]: read(bytes(row.content)) for row in OutboxMessage.objects.all()}
    assert set(found) == {"lea@dehors.example", "noe@dehors.example"}
    message = found["noe@dehors.example"]
    assert message["Subject"] == "Note de <b>Noé</b>"
    assert [one.addr_spec for one in message["To"].addresses] == ["noe@dehors.example"]
    assert message["Cc"] is None
    html = message.get_body(("html",)).get_content()
    assert "Bonjour &lt;b&gt;Noé&lt;/b&gt;, note : 15" in html
    ids = [str(found[address]["Message-ID"]) for address in sorted(found)]
    assert len(set(ids)) == 2
    # whoever got one copy knows its identifier, and tells with it of no other copy that it came back
    assert ids[0].split("@")[0].rpartition(".")[2] not in ids[1]


def test_two_letters_to_one_address_both_leave_and_the_page_says_so(
    browser: Client, writer: Writer, key: str, mailboxes: MemoryMailboxes
) -> None:
    prepare(writer, key, "courriel;prenom;note de l'eleve\na@x.fr;Zoé;12\na@x.fr;Ana;15\n")
    page = as_typed(browser.get(f"{HOME}{key}/exemplaires/").content.decode())
    assert "1 adresse reçoit plusieurs exemplaires" in page
    start(writer, key)
    carry(mailboxes, 2)
    subjects = [str(read(bytes(row.content))["Subject"]) for row in OutboxMessage.objects.order_by("pk")]
    assert subjects == ["Note de Zoé", "Note de Ana"]


def test_it_ends_when_all_are_filed_and_leaves_no_draft(
    writer: Writer, key: str, mailboxes: MemoryMailboxes, box: MemoryMailbox
) -> None:
    prepare(writer, key)
    start(writer, key)
    carry(mailboxes)
    assert Mailing.objects.get().state == "running"
    OutboxMessage.objects.update(state="filed")
    carry(mailboxes)
    assert Mailing.objects.get().state == "done"
    assert not Composition.objects.exists()
    assert box.page("Drafts", 0, 9).rows == ()
    shown = queries.find_mailing(writer.account_id, key)
    assert shown is not None
    assert (shown.total, shown.sent, shown.refused, len(shown.invalid_rows)) == (2, 2, 0, 3)


def test_stopped_it_makes_no_more_and_goes_on_where_it_was(
    writer: Writer, key: str, mailboxes: MemoryMailboxes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("vaguemestre.mailbox.compose.services.mailings.mail_merge.MAX_COPIES_IN_FLIGHT", 3)
    table = "courriel;prenom;note de l'eleve\n" + "".join(f"p{n}@x.fr;P{n};1\n" for n in range(10))
    prepare(writer, key, table)
    start(writer, key)
    carry(mailboxes, 2)
    assert OutboxMessage.objects.count() == 3  # no more than that under way
    services.stop_mailing(writer.account_id, key, by="x", now=NOON)
    OutboxMessage.objects.update(state="filed")
    carry(mailboxes, 2)
    assert OutboxMessage.objects.count() == 3
    start(writer, key)
    for _ in range(5):
        carry(mailboxes)
        OutboxMessage.objects.update(state="filed")
    addresses = [row.recipients[0] for row in OutboxMessage.objects.all()]
    assert sorted(addresses) == sorted(f"p{n}@x.fr" for n in range(10))


def started_without_a_job(writer: Writer, key: str) -> "QuerySet[DBTaskResult]":
    """A mailing that began six minutes ago, and nothing waits to go on with; the jobs of mailings."""
    prepare(writer, key)
    start(writer, key)
    Mailing.objects.update(created_at=timezone.now() - timedelta(minutes=6))
    jobs = DBTaskResult.objects.filter(args_kwargs__args__1__endswith=":MailingDue")
    jobs.delete()
    return jobs


def test_a_mailing_whose_job_was_lost_goes_on_in_the_worker_of_long_work(
    writer: Writer, key: str, mailboxes: MemoryMailboxes
) -> None:
    jobs = started_without_a_job(writer, key)
    resume_lost_mailings()
    assert [job.queue_name for job in jobs.all()] == ["long"]
    assert not OutboxMessage.objects.exists(), "nothing was built meanwhile"


def test_a_mailing_that_goes_on_has_one_job_however_often_it_is_looked_for(
    writer: Writer, key: str, mailboxes: MemoryMailboxes
) -> None:
    """Each job announces the next one: two would go on side by side to the end."""
    jobs = started_without_a_job(writer, key)
    services.run_mailing(Mailing.objects.get().pk, mailboxes, limit=LIMIT, now=timezone.now())
    resume_lost_mailings()
    resume_lost_mailings()
    assert jobs.count() == 1
    services.run_mailing(Mailing.objects.get().pk, mailboxes, limit=LIMIT, now=timezone.now())
    assert jobs.count() == 1


def test_the_recipients_of_the_message_serve_too(
    writer: Writer, mailboxes: MemoryMailboxes, box: MemoryMailbox
) -> None:
    key = new_key()
    people = "Léa <lea@x.fr>, faux, lea@x.fr"
    save(writer, key, mailboxes, 0, to=people, bcc="tom@x.fr", html="<p>{nom}</p>", subject="x")
    prepare(writer, key, None)
    shown = queries.find_mailing(writer.account_id, key)
    assert shown is not None
    assert [(one.address, one.html) for one in shown.previews] == [("lea@x.fr", "<p>Léa</p>")]
    assert [(one.typed, one.reason) for one in shown.invalid_rows] == [
        ("faux", "address-wrong"),
        ("tom@x.fr", "empty:nom"),
    ]


def test_ones_contacts_tell_what_a_text_made_out_to_them_needs(
    writer: Writer, mailboxes: MemoryMailboxes, box: MemoryMailbox
) -> None:
    card = ContactCard("Marie Durand", "marie@x.fr", organisation="Mairie", title="Élue", phone="0322000000")
    save_contact(writer.account_id, card)
    key = new_key()
    text = "<p>{prénom} {nom}, {fonction}, {organisme}, {téléphone}</p>"
    save(writer, key, mailboxes, 0, to="marie@x.fr, Tom <tom@x.fr>", html=text, subject="{Prénom}")
    prepare(writer, key, None)
    shown = queries.find_mailing(writer.account_id, key)
    assert shown is not None
    assert [(one.subject, one.html) for one in shown.previews] == [
        ("Marie", "<p>Marie Marie Durand, Élue, Mairie, 0322000000</p>")
    ]
    assert [(one.typed, one.reason) for one in shown.invalid_rows] == [("tom@x.fr", "empty:Prénom")]


def test_an_imposed_signature_is_that_of_every_copy(
    browser: Client, writer: Writer, key: str, mailboxes: MemoryMailboxes, settings: Settings
) -> None:
    academy = replace(settings.CONFIG.academy, signature="{nom}, académie", signature_use="imposed")
    settings.CONFIG = replace(settings.CONFIG, academy=academy)
    prepare(writer, key)
    browser.post(f"{HOME}{key}/exemplaires/partir/", {"proof": proof(writer, key)})
    carry(mailboxes, 3)
    assert all(
        "Morel, académie" in read(bytes(row.content)).get_body(("plain",)).get_content()
        for row in OutboxMessage.objects.all()
    )
    assert OutboxMessage.objects.exists()


def test_on_its_pages(browser: Client, writer: Writer, key: str, mailboxes: MemoryMailboxes) -> None:
    from_file = {"source": "file"}
    assert "Choisissez le fichier" in browser.post(f"{HOME}{key}/exemplaires/", from_file).content.decode()
    browser.post(f"{HOME}{key}/exemplaires/", {"source": "recipients"})
    table = SimpleUploadedFile("notes.csv", TABLE.encode())
    assert browser.post(f"{HOME}{key}/exemplaires/", {**from_file, "table": table}).status_code == 302
    page = browser.get(f"{HOME}{key}/exemplaires/").content.decode()
    for words in (
        "2 exemplaires prêts",
        "ligne 4 : « tom@ »",
        "ligne 5",
        "note : 12",
        "Envoyer 2 exemplaires",
    ):
        assert words in as_typed(page)
    browser.post(f"{HOME}{key}/exemplaires/partir/", {"proof": proof(writer, key)})
    assert browser.get(f"{HOME}{key}/").headers["Location"].endswith("/exemplaires/")
    assert "0 parti sur 2" in browser.get(f"{HOME}{key}/exemplaires/etat/").content.decode()
    browser.post(f"{HOME}{key}/exemplaires/arreter/")
    assert "Reprendre" in browser.get(f"{HOME}{key}/exemplaires/").content.decode()


def test_a_table_none_of_whose_rows_can_leave_says_why_of_each(
    browser: Client, writer: Writer, key: str, mailboxes: MemoryMailboxes
) -> None:
    rows = "lea@dehors.example;;12\nnoe@;Noé;9\n"
    table = SimpleUploadedFile("notes.csv", f"Courriel;Prénom;Note de l’élève\n{rows}".encode())
    answer = browser.post(f"{HOME}{key}/exemplaires/", {"source": "file", "table": table})
    told = as_typed(answer.content.decode())
    assert answer.status_code == 422
    assert "ligne 2 : lea@dehors.example : « prenom » est vide" in told
    assert "ligne 3 : « noe@ » n’est pas une adresse" in told
    assert not Mailing.objects.exists()


@pytest.mark.parametrize("text", ["<p>{surnom}</p>", "<p>{groupe}</p>"])
def test_a_text_changed_since_sends_no_copy_that_lacks_what_it_asks(
    browser: Client, writer: Writer, key: str, mailboxes: MemoryMailboxes, text: str
) -> None:
    prepare(writer, key, "Courriel;Prénom;Note de l’élève;Groupe\nlea@dehors.example;Léa;12;\n")
    page = f"{HOME}{key}/exemplaires/"
    assert "Envoyer 1 exemplaire" in as_typed(browser.get(page).content.decode())
    save(writer, key, mailboxes, 1, **typed(html=text))
    told = browser.post(f"{page}partir/")
    assert told.status_code == 422
    assert "« Préparer et relire » à nouveau" in as_typed(told.content.decode())
    assert "Envoyer 1 exemplaire" not in as_typed(told.content.decode())
    refused = browser.post(page, {"source": "recipients"}).content.decode()
    assert "Envoyer 1 exemplaire" not in as_typed(refused), "the copies of before"
    assert Mailing.objects.get().state == "ready"


@pytest.mark.parametrize("change", ["subject", "text", "attachment", "copies"])
def test_what_leaves_is_what_was_proofread(
    browser: Client, writer: Writer, key: str, mailboxes: MemoryMailboxes, change: str
) -> None:
    """Another member of the mailbox, or another window, changes it between the reading and « Envoyer »."""
    prepare(writer, key)
    seen = {"proof": proof(writer, key)}
    if change == "attachment":
        Composition.objects.get().enclosures.create(name="tarif.pdf", kind="application/pdf", size=0)
    elif change == "copies":
        prepare(writer, key, TABLE.replace("lea@", "leo@"))
    else:
        more = {"subject": "45,50 €"} if change == "subject" else {"html": "<p>Ajout du chef</p>"}
        save(writer, key, mailboxes, 1, **typed(**more))
    told = browser.post(f"{HOME}{key}/exemplaires/partir/", seen)
    assert told.status_code == 422
    page = as_typed(told.content.decode())
    assert "a changé depuis votre relecture" in page
    assert Mailing.objects.get().state == "ready"
    assert queries.find_draft(writer.account_id, key) is not None
    assert not Composition.objects.get().is_sending
    again = re.search(r'name="proof" value="(\w+)"', page)
    assert again, "what is proofread anew leaves"
    assert browser.post(f"{HOME}{key}/exemplaires/partir/", {"proof": again[1]}).status_code == 302
    assert Mailing.objects.get().state == "running"


@pytest.mark.heavy
def test_it_leaves_at_the_hour_chosen_and_not_before(browser: Client, writer: Writer, key: str) -> None:
    browser.post(
        f"{HOME}{key}/exemplaires/", {"source": "file", "table": SimpleUploadedFile("n.csv", TABLE.encode())}
    )
    leave = {"schedule": "1", "day": "25/11/1990", "hour": "8:00", "proof": proof(writer, key)}
    assert browser.post(f"{HOME}{key}/exemplaires/partir/", leave).status_code == 422
    assert browser.post(f"{HOME}{key}/exemplaires/partir/", {**leave, "day": "demain"}).status_code == 422
    day = timezone.localdate() + timedelta(days=3)
    browser.post(f"{HOME}{key}/exemplaires/partir/", {**leave, "day": f"{day:%d/%m/%Y}"})
    page = browser.get(f"{HOME}{key}/exemplaires/").content.decode()
    assert f"2 exemplaires partiront <b>{moment(datetime.combine(day, time(8), PARIS))}</b>" in page
    run_mailing(MailingDue(Mailing.objects.get().pk))
    assert OutboxMessage.objects.count() == 0
    browser.post(f"{HOME}{key}/exemplaires/arreter/")
    assert "Reprendre" in browser.get(f"{HOME}{key}/exemplaires/").content.decode()
    browser.post(f"{HOME}{key}/exemplaires/partir/")
    Mailing.objects.update(due_at=timezone.now() - timedelta(minutes=1))
    run_mailing(MailingDue(Mailing.objects.get().pk))
    assert OutboxMessage.objects.count() == 2


@pytest.mark.heavy
def test_a_storm_of_answers_to_all_is_damped(
    writer: Writer, mailboxes: MemoryMailboxes, box: MemoryMailbox
) -> None:
    everybody = ", ".join(f"p{n}@x.fr" for n in range(60))
    left = []
    for number in range(8):
        key = new_key()
        save(writer, key, mailboxes, 0, to=everybody, html="x")
        Composition.objects.filter(key=key).update(mode="reply-all", references=["<racine@x>"])
        due, now = NOON + timedelta(seconds=12), NOON + timedelta(minutes=number)
        written = DraftFields(to=everybody, html="x")
        left.append(
            services.send_draft(writer, key, written, 1, due, limit=LIMIT, now=now).due_at - now
            > timedelta(minutes=10)
        )
    assert left == [False] * 5 + [True] * 3
    assert BroadReply.objects.count() == 8


def test_after_a_restoration_a_mailing_that_ran_stops_and_one_for_later_waits(
    writer: Writer, key: str, mailboxes: MemoryMailboxes
) -> None:
    prepare(writer, key)
    start(writer, key)
    assert services.stop_restored_mailings(now=NOON) == 1
    carry(mailboxes, 2)
    assert OutboxMessage.objects.count() == 0
    order = MailingOrder(proof(writer, key), due_at=NOON + timedelta(days=1))
    services.start_mailing(writer.account_id, key, order, by="x", now=NOON)
    assert services.stop_restored_mailings(now=NOON) == 0


def test_a_table_of_more_columns_than_a_letter_uses_is_refused() -> None:
    """Each copy keeps a value of each column: two megabytes of names were ninety gigabytes of memory."""
    names = ";".join(f"n{number}" for number in range(201))
    with pytest.raises(Refusal, match="table-too-wide"):
        read_table(f"mail;{names}\na@dehors.example\n".encode())


def test_a_table_is_not_read_beyond_the_rows_it_may_have() -> None:
    """Two megabytes of short lines held the pages for two seconds."""

    def lines() -> Iterator[TableRow]:
        for number in range(3002):
            yield TableRow(number, ["a"])
        pytest.fail("read further")

    with pytest.raises(Refusal, match="table-too-long"):
        table_of(lines())
    for end in ("\n", "\r", "\r\n"):
        with pytest.raises(Refusal, match="table-too-long"):
            read_table(f"mail{end * 210_000}a@dehors.example".encode())
    assert len(read_table(b'mail;note\na@dehors.example;"1' + b"\n" * 50_000 + b'2"\n').rows) == 1


def test_what_has_left_is_no_longer_to_be_stopped() -> None:
    status = MailingStatus(1, MailingState.RUNNING, 2, 2, 2, 0, (), (), "notes.ods")
    gone = render_to_string("compose/mailing_state.html", {"mailing": status, "key": "0" * 32})
    leaving = render_to_string(
        "compose/mailing_state.html", {"mailing": replace(status, queued=1, sent=0), "key": "0" * 32}
    )
    assert "Arrêter" in leaving
    assert "Arrêter" not in gone
    assert 'href="/messagerie/envois/"' in gone
    assert 'href="/messagerie/envois/"' not in leaving
