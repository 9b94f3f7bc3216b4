"""What the filter wants in quarantine: where it goes, who can name it, and that it comes back whole."""

import io
import signal
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from email.message import EmailMessage
from email.policy import SMTP

import pytest
from django.utils import timezone
from tests.desks.removals.samples import told
from tests.engines.frozen import standing_still
from tests.engines.live import LiveEngines, Someone, letter, wait_until
from tests.engines.rspamd.zone import Zone
from tests.engines.virus_check import EICAR, MARK, NAMES, RealClamd

from vaguemestre.desks.removals.values import SoughtMail
from vaguemestre.engines.clamd import Clamd
from vaguemestre.engines.dovecot.copies.quarantined import QuarantinedMail, found_mail
from vaguemestre.engines.dovecot.copies.removed_copies import RemovedCopies, sought_words
from vaguemestre.engines.dovecot.copies.unexamined import UnexaminedCopies
from vaguemestre.engines.dovecot.doveadm_server import DoveadmServer, doveadm_socket
from vaguemestre.engines.rspamd import configuration as rspamd
from vaguemestre.engines.rspamd.controller import FilterPing
from vaguemestre.engines.rspamd.late_judgement import LateJudgement
from vaguemestre.foundation.journal.models import Entry
from vaguemestre.post.mailstore.values import EXAMINED, QUARANTINE
from vaguemestre.post.quarantine import services
from vaguemestre.post.quarantine.models import QuarantinedMessage, UnexaminedMail
from vaguemestre.post.quarantine.values import InfectedCopy
from vaguemestre.post.trace.rules.stories import is_quarantined
from vaguemestre.post.trace.values import StepKind
from vaguemestre.schools.lists.rules.arrival import parse_message
from vaguemestre.schools.lists.rules.list_copy import build_copy
from vaguemestre.schools.lists.values import ListDetails, ReplyTo

pytestmark = pytest.mark.engines
SENDER = "jean@dehors.example"


@pytest.fixture(scope="module")
def clamd(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RealClamd]:
    made = RealClamd(tmp_path_factory.mktemp("clamd"))
    made.start()
    yield made
    made.end()


@pytest.fixture(scope="module")
def filtered(
    engines: LiveEngines, clamd: RealClamd, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[LiveEngines]:
    zone = Zone(tmp_path_factory.mktemp("zone"), engines.config.ports.names)
    engines.start_filter(f"127.0.0.1:{engines.config.ports.names}", clamd=clamd.address)
    yield engines
    zone.end()
    for name in ("rspamd", "valkey"):
        if name in engines.children:
            engines.end(name, signal.SIGKILL)


@pytest.fixture
def marie(engines: LiveEngines) -> Someone:
    return engines.someone()


@pytest.fixture
def quarantined(engines: LiveEngines) -> QuarantinedMail:
    return QuarantinedMail(DoveadmServer(doveadm_socket(engines.config)))


def macro(marie: Someone, subject: str) -> EmailMessage:
    message = letter(SENDER, marie.address, subject, Vaguemestre_Quarantine="fraud de-lui-meme")
    message.add_attachment(b"x", maintype="application", subtype="octet-stream", filename="notes.docm")
    return message


def only(quarantined: QuarantinedMail, who: Someone) -> list[str]:
    return wait_until(lambda: quarantined.find(who.mailbox))[0]


def test_a_document_with_macros_goes_where_no_program_of_its_owner_looks(
    filtered: LiveEngines, marie: Someone, quarantined: QuarantinedMail
) -> None:
    filtered.arrive(marie.address, macro(marie, "Relevé"), SENDER)
    _, _, _, verdict, message_id, envelope, author, subject = only(quarantined, marie)
    assert verdict == "macro docm"  # not what the sender wrote under that name
    assert (envelope, author, subject) == (f"<{SENDER}>", SENDER, "Relevé")

    def filed() -> list[str]:  # so that it is written down, by another process than the one that stored it
        steps = [step for step in filtered.logged_steps() if is_quarantined(step)]
        return [step.message_id for step in steps if step.recipient == marie.mailbox]

    assert wait_until(filed) == [message_id]
    with filtered.signed_in(marie) as client:
        told = [client.list(), client.list('""', "*"), client.namespace(), client.lsub()]
        assert QUARANTINE.partition("/")[0] not in str(told)
        assert client.select(QUARANTINE)[0] == "NO"
        assert client.create(f"{QUARANTINE}2")[0] == "NO"
        for folder in ("INBOX", "Junk", "Virtuel/All"):
            client.select(folder, readonly=True)
            assert client.search(None, "HEADER", "Message-ID", message_id)[1] == [b""]


def test_what_is_handed_over_is_in_the_inbox_as_it_came(
    filtered: LiveEngines, marie: Someone, quarantined: QuarantinedMail
) -> None:
    filtered.arrive(marie.address, macro(marie, "A remettre"), SENDER)
    guid = only(quarantined, marie)[1]
    assert quarantined.release(marie.mailbox, guid) == 1
    assert quarantined.find(marie.mailbox) == []
    assert b"notes.docm" in filtered.found(marie, "A remettre")[0]
    assert quarantined.release(marie.mailbox, guid) == 0  # again: nothing


def test_what_is_deleted_is_gone_and_not_among_deleted_messages(
    filtered: LiveEngines, marie: Someone, quarantined: QuarantinedMail
) -> None:
    filtered.arrive(marie.address, macro(marie, "Fini"), SENDER)
    assert quarantined.discard(marie.mailbox, only(quarantined, marie)[1]) == 1
    assert quarantined.find(marie.mailbox) == []


def test_a_listed_link_is_fraud_and_other_mail_arrives(
    filtered: LiveEngines, marie: Someone, quarantined: QuarantinedMail
) -> None:
    listed = rspamd.listed_links(filtered.config)
    listed.write_text("piege.fr\n", encoding="utf-8")

    def is_caught() -> bool:
        message = letter(SENDER, marie.address, "Colis", "Voir https://www.piege.fr/compte demain.")
        filtered.arrive(marie.address, message, SENDER)
        return bool(quarantined.find(marie.mailbox))

    wait_until(is_caught, 120)
    assert only(quarantined, marie)[3] == "fraud piege.fr"
    plain = letter(SENDER, marie.address, "Ordinaire", Vaguemestre_Quarantine="virus inventé")
    filtered.arrive(marie.address, plain, SENDER)
    assert b"Vaguemestre-Quarantine" not in filtered.found(marie, "Ordinaire")[0]
    listed.write_text("", encoding="utf-8")


@pytest.mark.parametrize(
    "name", ["Vaguemestre-Quarantine", "Vaguemestre-Quarantine ", "VAGUEMESTRE-QUARANTINE\t"]
)
def test_a_verdict_that_a_sender_writes_is_taken_away(
    filtered: LiveEngines, marie: Someone, quarantined: QuarantinedMail, name: str
) -> None:
    content = letter(SENDER, marie.address, "Faux verdict").as_bytes(policy=SMTP)
    with filtered.mx() as client:
        client.sendmail(SENDER, [marie.address], f"{name}: autre chose\r\n".encode() + content)
    assert b"autre chose" not in filtered.found(marie, "Faux verdict")[0]
    assert quarantined.find(marie.mailbox) == []


def unexamined(engines: LiveEngines) -> set[str]:
    """Queue identifiers of the letters that were noted as arrived unexamined."""
    return {step.queue_id for step in engines.logged_steps() if step.kind is StepKind.UNEXAMINED}


def with_file(marie: Someone, subject: str, content: bytes, **fields: str) -> EmailMessage:
    message = letter(SENDER, marie.address, subject, **fields)
    message.add_attachment(content, maintype="application", subtype="octet-stream", filename="notes.bin")
    return message


@pytest.mark.parametrize("content", [EICAR, b"x" * 5000 + MARK], ids=["eicar", "ours"])
def test_a_virus_is_known_by_its_name(
    filtered: LiveEngines, marie: Someone, quarantined: QuarantinedMail, content: bytes
) -> None:
    filtered.arrive(marie.address, with_file(marie, "Photo", content), SENDER)
    name = NAMES[EICAR if content is EICAR else MARK]
    assert only(quarantined, marie)[3] == f"virus {name}"


def test_a_clean_file_arrives_without_a_mark(filtered: LiveEngines, marie: Someone) -> None:
    message = with_file(marie, "Examine", b"x" * 500, Vaguemestre_Unexamined="de-lui-meme")
    filtered.arrive(marie.address, message, SENDER)
    assert b"Vaguemestre-Unexamined" not in filtered.found(marie, "Examine")[0]


class Direct:
    """`quarantine.ports.LateExamination` without the agent in between."""

    def __init__(self, engines: LiveEngines, clamd: RealClamd | None) -> None:
        doveadm, config = DoveadmServer(doveadm_socket(engines.config)), engines.config
        judge = LateJudgement(config.ports.filter_controller, config.secrets_dir / "filter_key")
        scan = Clamd(clamd.address) if clamd else None
        self.copies = UnexaminedCopies(doveadm, RemovedCopies(doveadm), scan, judge)

    def examine_copies(self, mailbox: str, queue_id: str, at: int) -> list[InfectedCopy]:
        sought = SoughtMail(frozenset((queue_id,)), ((queue_id, at),), (), frozenset(), "")
        rows = self.copies.examine(mailbox, sought_words(sought))
        return [InfectedCopy(folder, int(uid), found_mail(uid, *words)) for folder, uid, *words in rows]

    def quarantine_copies(self, mailbox: str, uids: Mapping[str, Sequence[int]]) -> None:
        for folder, numbers in uids.items():
            self.copies.quarantine(mailbox, folder, *map(str, numbers))


def examiner_of(engines: LiveEngines, clamd: RealClamd | None) -> services.Examiner:
    """`clamd`: None where no virus check is configured."""
    return services.Examiner(
        Clamd(clamd.address if clamd else ""),
        FilterPing(engines.config.ports.filter_controller, is_wanted=True),
        Direct(engines, clamd),
        engines.directory.mailboxes_of,
        timezone.now,
    )


@pytest.mark.django_db(transaction=True)
def test_what_arrived_while_the_virus_check_was_away_is_examined_when_it_is_back(
    filtered: LiveEngines, marie: Someone, quarantined: QuarantinedMail, clamd: RealClamd
) -> None:
    examiner = examiner_of(filtered, clamd)
    contents = {
        "Propre": b"x" * 700_000 + bytes(range(256)),
        "Marque": b"x" * 5000 + MARK,
        "Essai": EICAR,
    }
    before = unexamined(filtered)  # of other tests, by the same engines
    clamd.end()
    for subject, content in contents.items():
        filtered.arrive(marie.address, with_file(marie, subject, content), SENDER)
        assert b"Vaguemestre-Unexamined: virus" in filtered.found(marie, subject)[0]
    queue_ids = unexamined(filtered) - before

    def is_over() -> bool:
        ended = {step.queue_id for step in filtered.logged_steps() if step.kind is StepKind.DONE}
        return queue_ids <= ended

    wait_until(is_over)
    told([step for step in filtered.logged_steps() if step.queue_id in queue_ids], "postfix")
    services.note_unexamined(queue_ids, now=timezone.now())
    assert services.examine_unexamined(examiner) == 0  # still away
    clamd.start()
    assert services.examine_unexamined(examiner) == len(contents)
    assert not UnexaminedMail.objects.exists()
    details = QuarantinedMessage.objects.order_by("detail").values_list("detail", flat=True)
    assert list(details) == sorted(NAMES.values())
    assert {row[7] for row in quarantined.find(marie.mailbox)} == {"Marque", "Essai"}
    with filtered.signed_in(marie) as client:
        client.select("INBOX", readonly=True)
        assert client.search(None, "KEYWORD", EXAMINED) == client.search(None, "SUBJECT", "Propre")
        assert client.search(None, "UNKEYWORD", EXAMINED)[1] == [b""]
    services.note_unexamined(queue_ids, now=timezone.now())
    services.examine_unexamined(examiner)  # again: nothing
    assert QuarantinedMessage.objects.count() == 2
    assert Entry.objects.filter(action="quarantine.virus-found-late").count() == 2


@contextmanager
def filter_away(engines: LiveEngines) -> Iterator[None]:
    """It hangs: the hardest way to be away."""
    with standing_still(engines.children["rspamd"].pid):
        yield


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("has_virus_check", [True, False])
def test_macros_and_listed_links_that_arrived_while_the_filter_was_away_are_found_when_it_is_back(
    filtered: LiveEngines,
    marie: Someone,
    quarantined: QuarantinedMail,
    clamd: RealClamd,
    *,
    has_virus_check: bool,
) -> None:
    listed = rspamd.listed_links(filtered.config)
    listed.write_text("tardif.fr\n", encoding="utf-8")
    probe = letter(SENDER, marie.address, "sonde", "Voir https://tardif.fr/compte").as_bytes()
    judge = LateJudgement(filtered.config.ports.filter_controller, filtered.config.secrets_dir / "filter_key")
    wait_until(lambda: judge(io.BytesIO(probe)) == "fraud tardif.fr", 120)  # the filter watches the list
    before = unexamined(filtered)
    with filter_away(filtered):
        filtered.arrive(marie.address, macro(marie, "Bilan"), SENDER)
        link = letter(SENDER, marie.address, "Colis", "Voir https://tardif.fr/compte demain.")
        filtered.arrive(marie.address, link, SENDER)
        filtered.arrive(marie.address, letter(SENDER, marie.address, "Sans rien", "Bonjour."), SENDER)
        for subject in ("Bilan", "Colis", "Sans rien"):
            assert b"Vaguemestre-Unexamined: filter" in filtered.found(marie, subject, seconds=60)[0]
    queue_ids = unexamined(filtered) - before

    def is_over() -> bool:
        return queue_ids <= {step.queue_id for step in filtered.logged_steps() if step.kind is StepKind.DONE}

    wait_until(is_over)
    told([step for step in filtered.logged_steps() if step.queue_id in queue_ids], "postfix")
    services.note_unexamined(queue_ids, now=timezone.now())
    examiner = examiner_of(filtered, clamd if has_virus_check else None)
    assert services.examine_unexamined(examiner) == 3
    assert {row[7] for row in quarantined.find(marie.mailbox)} == {"Bilan", "Colis"}
    assert set(QuarantinedMessage.objects.values_list("reason", "detail")) == {
        ("macro", "docm"), ("fraud", "tardif.fr"),
    }  # fmt: skip
    assert Entry.objects.filter(action="quarantine.judged-late").count() == 2
    with filtered.signed_in(marie) as client:
        client.select("INBOX", readonly=True)
        assert client.search(None, "KEYWORD", EXAMINED) == client.search(None, "SUBJECT", '"Sans rien"')
    listed.write_text("", encoding="utf-8")


def test_what_arrives_while_the_filter_is_away_is_marked_and_logged_for_the_virus_check(
    filtered: LiveEngines, marie: Someone
) -> None:
    with filter_away(filtered):
        forged = with_file(marie, "Presque rien", MARK, Vaguemestre_Unexamined="filter")
        filtered.arrive(marie.address, forged, SENDER)
        arrived = filtered.found(marie, "Presque rien", seconds=60)[0]
    assert b"Vaguemestre-Unexamined: filter" in arrived
    assert b"Vaguemestre-Arrival: mx" in arrived
    taken = filtered.logged_steps()
    queue_id = next(step.queue_id for step in reversed(taken) if step.kind is StepKind.UNEXAMINED)
    assert queue_id.encode() in arrived
    after = with_file(marie, "Encore autre", b"x", Vaguemestre_Unexamined="filter")
    filtered.arrive(marie.address, after, SENDER)
    seen = filtered.found(marie, "Encore autre")[0]
    assert b"Vaguemestre-Unexamined" not in seen
    assert b"Vaguemestre-Arrival: mx" in seen


def examined(engines: LiveEngines, clamd: RealClamd, queue_ids: set[str]) -> int:
    """How many of these messages are examined now, once the queue has done with all of them."""

    def is_over() -> bool:
        return queue_ids <= {step.queue_id for step in engines.logged_steps() if step.kind is StepKind.DONE}

    wait_until(is_over)
    told([step for step in engines.logged_steps() if step.queue_id in queue_ids], "postfix")
    services.note_unexamined(queue_ids, now=timezone.now())
    return services.examine_unexamined(examiner_of(engines, clamd))


@pytest.mark.django_db(transaction=True)
def test_a_virus_check_that_hangs_holds_no_mail_and_examines_what_arrived_once_it_answers(
    filtered: LiveEngines, marie: Someone, quarantined: QuarantinedMail, clamd: RealClamd
) -> None:
    before = unexamined(filtered)
    with standing_still(clamd.pid):
        filtered.arrive(marie.address, with_file(marie, "Pendu", EICAR), SENDER)
        assert b"Vaguemestre-Unexamined: virus" in filtered.found(marie, "Pendu", seconds=60)[0]
        assert quarantined.find(marie.mailbox) == []
    assert examined(filtered, clamd, unexamined(filtered) - before) == 1
    assert [row[3] for row in quarantined.find(marie.mailbox)] == [""]  # moved, not filed by the filter
    assert QuarantinedMessage.objects.get().detail == NAMES[EICAR]
    assert filtered.messages(marie, "Pendu") == []


@pytest.mark.django_db(transaction=True)
def test_what_was_filed_as_junk_meanwhile_is_examined_as_well(
    filtered: LiveEngines, marie: Someone, quarantined: QuarantinedMail, clamd: RealClamd
) -> None:
    before = unexamined(filtered)
    clamd.end()
    try:
        for subject, content in (("Junk infecte", MARK), ("Junk propre", b"x" * 500)):
            message = with_file(marie, subject, content)
            message.replace_header("From", "Direction <chef@ac-amiens.test>")  # forged: junk for everybody
            filtered.arrive(marie.address, message, SENDER)
            assert b"Vaguemestre-Unexamined: virus" in filtered.found(marie, subject, "Junk")[0]
    finally:
        clamd.start()
    assert examined(filtered, clamd, unexamined(filtered) - before) == 2
    assert [row[7] for row in quarantined.find(marie.mailbox)] == ["Junk infecte"]
    assert filtered.messages(marie, "Junk infecte", "Junk") == []
    with filtered.signed_in(marie) as client:
        client.select("Junk", readonly=True)
        assert client.search(None, "KEYWORD", EXAMINED) == client.search(None, "SUBJECT", '"Junk propre"')


@pytest.mark.django_db(transaction=True)
def test_copies_that_a_list_sent_on_meanwhile_are_examined_as_well(
    filtered: LiveEngines, marie: Someone, quarantined: QuarantinedMail, clamd: RealClamd
) -> None:
    """A list writes the message anew: its copies keep the mark, and are known by their own identifier."""
    listing = filtered.someone()
    before = unexamined(filtered)
    clamd.end()
    try:
        filtered.arrive(listing.address, with_file(listing, "Pour tous", MARK), SENDER)
        raw = filtered.found(listing, "Pour tous")[0]
        arrival, _ = parse_message(raw, listing.address)
        details = ListDetails(listing.address, "SVT", "http://x/", "", (), ReplyTo.AUTHOR)
        copy = build_copy(raw, arrival, details, boundary="ab" * 16, as_links=False, domain="ac-amiens.test")
        with filtered.submission() as client:
            client.login(listing.mailbox, listing.password)
            client.sendmail(listing.address, [marie.address], copy)
        assert b"Vaguemestre-Unexamined: virus" in filtered.found(marie, "Pour tous")[0]
    finally:
        clamd.start()
    assert examined(filtered, clamd, unexamined(filtered) - before) == 2
    for person in (listing, marie):
        assert [row[7] for row in quarantined.find(person.mailbox)] == ["Pour tous"]
        assert filtered.messages(person, "Pour tous") == []
