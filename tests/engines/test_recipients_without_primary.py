"""The MX while no database writes: PostgreSQL that writes and one that follows, HAProxy, Postfix, Dovecot."""

import imaplib
import signal
import smtplib
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace

import pytest
from tests.engines import live
from tests.engines.followed_database import FOLLOWER, WRITER, FollowedDatabase, followed_database
from tests.engines.live import LiveEngines, Someone, wait_until

from vaguemestre.engines.cluster.configuration import RecipientDoors
from vaguemestre.site.config.database import DatabaseSection
from vaguemestre.site.config.topology import MAIL_DUTIES, NodeSection, Topology

TOPOLOGY = Topology(
    (
        *(NodeSection(member.name, member.address, ("database",)) for member in (WRITER, FOLLOWER)),
        NodeSection("m1", "127.0.0.2", MAIL_DUTIES),
    )
)
SENDER = "a@b.example"


@dataclass
class Mx:
    engines: LiveEngines
    database: FollowedDatabase

    def session(self) -> smtplib.SMTP:
        return smtplib.SMTP("127.0.0.1", self.engines.config.ports.mx, timeout=60)

    def asked(self, *addresses: str) -> list[int]:
        """What a new session is answered for each recipient."""
        with self.session() as client:
            client.ehlo("b.example")
            client.mail(SENDER)
            return [client.rcpt(address)[0] for address in addresses]

    def asked_until_back(self, address: str) -> list[int]:
        """What is answered to who asks without a pause until nobody asks the standby any more."""
        answers: list[int] = []

        def is_back() -> bool:
            answers.extend(self.asked(address))
            return not self.database.questions()

        wait_until(is_back)
        return answers

    def send(self, to: Someone, subject: str) -> None:
        with self.session() as client:
            client.send_message(live.letter(SENDER, to.address, subject), SENDER, [to.address])

    def copies(self, person: Someone, subject: str) -> int:
        try:
            return len(self.engines.messages(person, subject))
        except imaplib.IMAP4.error:  # Dovecot asks the database again a little later
            return 0

    @property
    def stranger(self) -> str:
        return f"personne.ici@{self.engines.config.academy.domain}"


@pytest.fixture
def mx() -> Iterator[Mx]:
    spare = live.free_port_base()  # of PostgreSQL, and of what stands in for Patroni
    with followed_database(spare, spare + 1, spare + 2) as database:
        section = DatabaseSection(
            engine="postgresql", host="127.0.0.1", port=database.port, name="postgres",
            password_file=str(database.folder / "password"),
        )  # fmt: skip
        engines = LiveEngines(replace(live.make().config, database=section, topology=TOPOLOGY))
        ports = engines.config.ports
        try:
            database.lead(RecipientDoors(ports.recipients, ports.recipients_again))
            engines.start()
            yield Mx(engines, database)
        finally:
            engines.stop()
            live.remove(engines)
    live.give_back_ports(spare)


@pytest.mark.heavy
@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGQUIT], ids=["stopped", "killed"])
def test_while_no_database_writes_the_mx_takes_mail_and_delivers_it_once_afterwards(
    mx: Mx, how: signal.Signals
) -> None:
    person = mx.engines.someone()
    mx.send(person, "Avant")
    wait_until(mx.database.has_caught_up)
    with mx.session() as early:  # a session that the change meets in its middle
        early.ehlo("b.example")
        early.mail(SENDER)
        mx.database.stop(WRITER, how)
        answers = [early.rcpt(person.address)[0]]
        while mx.database.up("database") or len(answers) < 20:  # HAProxy does not know it at first
            answers += mx.asked(person.address)
        assert mx.asked(mx.stranger, person.address) == [550, 250]
        mx.send(person, "Pendant")
        assert early.data(live.letter(SENDER, person.address, "Au milieu").as_bytes())[0] == 250
    mx.database.start(WRITER)
    mx.database.wait_until_known()
    answers += mx.asked_until_back(person.address)
    assert set(answers) == {250}
    for subject in ("Avant", "Au milieu", "Pendant"):
        wait_until(lambda word=subject: mx.copies(person, word))
    assert [mx.copies(person, subject) for subject in ("Avant", "Au milieu", "Pendant")] == [1, 1, 1]


@pytest.mark.heavy
def test_who_asked_the_standby_for_a_doubt_about_the_one_that_writes_comes_back_to_it(mx: Mx) -> None:
    person = mx.engines.someone()
    wait_until(mx.database.has_caught_up)
    answers = mx.asked(person.address)
    mx.database.doubts = Counter({"database": 8, "settled": 8})  # seconds; sessions end after half of them
    while not mx.database.questions():
        answers += mx.asked(person.address)
    mx.database.wait_until_known()
    answers += mx.asked_until_back(person.address)
    assert set(answers) == {250}


@pytest.mark.heavy
def test_when_another_database_begins_to_write_no_recipient_is_refused(mx: Mx) -> None:
    person = mx.engines.someone()
    wait_until(mx.database.has_caught_up)
    answers = mx.asked(person.address)
    mx.database.stop(WRITER, signal.SIGINT)
    mx.database.promote()
    while mx.database.up("settled") != {FOLLOWER.name} or mx.database.up("synchronous"):
        answers += mx.asked(person.address)
    answers += [code for _ in range(20) for code in mx.asked(person.address)]
    assert set(answers) == {250}


@pytest.mark.heavy
def test_who_is_known_is_asked_of_the_one_that_writes_while_there_is_one(mx: Mx) -> None:
    """One that follows may show rows late: who has just got an address is not refused for that."""
    mx.database.pause(is_paused=True)
    try:
        person = mx.engines.someone()
        assert mx.asked(person.address, mx.stranger) == [250, 550]
    finally:
        mx.database.pause(is_paused=False)
