"""Who is answered while somebody is away: real deliveries, real replies, caught in the outside box.

One delivery a case, each from a sender of its own; then a message that must be answered. Dovecot answers
within the delivery, so once that last answer is there, a case without an answer has none.
"""

import email
import email.policy
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from email.message import EmailMessage

import pytest
from tests.engines.live import LiveEngines, Someone, letter, wait_until
from tests.mailbox.sorting.samples import replying

from vaguemestre.engines.dovecot.house_script import HouseScripts
from vaguemestre.engines.sieve.scripts import OpenManageSieve
from vaguemestre.foundation.kernel.times import PARIS
from vaguemestre.mailbox.sorting.values import Absence, Owner

pytestmark = pytest.mark.engines

TODAY = datetime.now(UTC)
AWAY = Absence(
    is_on=True,
    starts_on=(TODAY - timedelta(days=2)).astimezone(PARIS).date(),
    ends_on=(TODAY + timedelta(days=9)).astimezone(PARIS).date(),
    internal_text='Texte interne : « Karim prend le relais. »\n.\n${1} "fin"',
    external_text="Texte externe : à mon retour.",
)


@dataclass(frozen=True)
class Case:
    """A message from the outside. `to`: what its To field says instead of the person's address."""

    answered: bool
    headers: Mapping[str, str] = field(default_factory=dict)
    sender: str = "{n}@dehors.example"
    shown: str = ""
    to: str = ""


CASES = {
    "an ordinary message": Case(True),
    "to another of her addresses": Case(True, to="former"),
    "to her login name": Case(True, to="mailbox"),
    "not a visible recipient": Case(False, to="tous@dehors.example"),
    "a list": Case(False, {"List-Id": "<parents.dehors.example>"}),
    "a newsletter": Case(False, {"List-Unsubscribe": "<https://dehors.example/x>"}),
    "bulk": Case(False, {"Precedence": "bulk"}),
    "list precedence": Case(False, {"Precedence": "list"}),
    "an automatic reply": Case(False, {"Auto-Submitted": "auto-replied"}),
    "an automatic notice": Case(False, {"Auto-Submitted": "auto-generated"}),
    "said not automatic": Case(True, {"Auto-Submitted": "no"}),
    "no reply wanted": Case(False, {"X-Auto-Response-Suppress": "All"}),
    "no absence reply wanted": Case(False, {"X-Auto-Response-Suppress": "DR, OOF, AutoReply"}),
    "spam": Case(False, {"X-Spam-Flag": "YES"}),
    "a bounce": Case(False, sender=""),
    "a mailer": Case(False, sender="mailer-daemon@{n}.example"),
    "a list owner": Case(False, sender="owner-{n}@dehors.example"),
    "a list robot": Case(False, sender="{n}-request@dehors.example"),
    "no-reply": Case(False, sender="no-reply@{n}.example"),
    "noreply and more": Case(False, sender="noreply+{n}@dehors.example"),
    "ne pas répondre": Case(False, sender="ne-pas-repondre@{n}.example"),
    "shown as no-reply": Case(False, shown="noreply@{n}.example"),
    "an automaton of another make": Case(False, {"X-Autoreply": "yes"}),
}  # fmt: skip


def owner(person: Someone, name: str = "Valérie « L'absente » Éa") -> Owner:
    addresses = (*person.expected.receives, person.mailbox)
    return Owner(1, person.mailbox, name, person.address, addresses, (person.address.rpartition("@")[2],))


def install(engines: LiveEngines, person: Someone, absence: Absence) -> None:
    house = HouseScripts(engines.config)
    house(person.mailbox, replying(absence, owner(person), now=TODAY))


def sent(engines: LiveEngines, person: Someone, number: str, case: Case) -> str:
    """Deliver the case; its envelope sender."""
    sender = case.sender.format(n=number)
    names = {"": person.address, "former": person.expected.receives[1], "mailbox": person.mailbox}
    shown = case.shown.format(n=number) or sender or f"{number}@dehors.example"
    message = letter(f"Un parent <{shown}>", names.get(case.to, case.to), f"Sujet {number}")
    for name, value in case.headers.items():
        message[name] = value
    engines.arrive(person.address, message, sender)
    return sender


def replies(engines: LiveEngines, box: Someone, words: str, seconds: float = 20) -> list[EmailMessage]:
    return [
        email.message_from_bytes(raw, policy=email.policy.default)
        for raw in engines.found(box, words, seconds=seconds)
    ]


def receivers(engines: LiveEngines) -> list[str]:
    """Who got mail outside, one entry a message."""
    with engines.signed_in(engines.outside) as client:
        if client.select("INBOX", readonly=True)[1][0] == b"0":
            return []
        told = client.fetch("1:*", "(BODY.PEEK[HEADER.FIELDS (DELIVERED-TO)])")[1]
    found = [one[1] for one in told if isinstance(one, tuple)]
    return [raw.decode().partition(":")[2].strip().strip("<>") for raw in found]


@pytest.fixture(scope="module")
def played(engines: LiveEngines) -> dict[str, bool]:
    """Every case delivered; whether it was answered."""
    person = engines.someone()
    install(engines, person, AWAY)
    senders = {
        name: sent(engines, person, f"cas{secrets.token_hex(4)}", case) for name, case in CASES.items()
    }
    with engines.signed_in(person) as client:

        def all_in() -> bool:
            count = 0
            for folder in ("INBOX", "Junk"):
                client.select(folder, readonly=True)
                count += len(client.search(None, "ALL")[1][0].split())
            return count == len(CASES)

        wait_until(all_in)
    last = sent(engines, person, f"fin{secrets.token_hex(4)}", Case(True))
    wait_until(lambda: last in receivers(engines))
    got = receivers(engines)
    return {name: sender in got for name, sender in senders.items()}


@pytest.mark.parametrize("name", CASES)
def test_only_people_who_wrote_to_her_are_answered(played: dict[str, bool], name: str) -> None:
    assert played[name] is CASES[name].answered


def test_what_an_outsider_reads(engines: LiveEngines) -> None:
    person, number = engines.someone(), f"lu{secrets.token_hex(4)}"
    install(engines, person, AWAY)
    sender = sent(engines, person, number, Case(True))
    (reply,) = replies(engines, engines.outside, number)
    assert reply["Subject"] == f"Absence : Sujet {number}"
    assert reply["Auto-Submitted"].startswith("auto-replied")
    assert reply["Return-Path"].strip() == "<>"
    (named,) = reply["From"].addresses
    assert (named.display_name, named.addr_spec) == ("Valérie « L'absente » Éa", person.address)
    assert reply["To"].addresses[0].addr_spec == sender
    body = reply.get_body()
    assert body is not None
    assert body.get_content().strip() == "Texte externe : à mon retour."


def test_a_colleague_reads_the_internal_text(engines: LiveEngines) -> None:
    person, colleague, number = engines.someone(), engines.someone(), f"col{secrets.token_hex(4)}"
    install(engines, person, AWAY)
    engines.submit(
        colleague,
        colleague.address,
        person.address,
        letter(colleague.address, person.address, f"Sujet {number}"),
    )
    (reply,) = replies(engines, colleague, number)
    body = reply.get_body()
    assert body is not None
    assert body.get_content().strip().replace("\r\n", "\n") == AWAY.internal_text


def test_a_forged_colleague_is_junk_and_answered_by_nobody(engines: LiveEngines) -> None:
    person, colleague = engines.someone(), engines.someone()
    forged, honest = (f"{word}{secrets.token_hex(4)}" for word in ("faux", "vrai"))
    install(engines, person, AWAY)
    sent(engines, person, forged, Case(True, shown=colleague.address))
    assert engines.found(person, f"Sujet {forged}", "Junk")
    sent(engines, person, honest, Case(True))
    assert replies(engines, engines.outside, honest)
    with engines.signed_in(engines.outside) as client:
        client.select("INBOX", readonly=True)
        assert client.search(None, "SUBJECT", forged)[1] == [b""]


def test_one_person_is_answered_once_even_to_several_addresses_and_again_when_the_text_changed(
    engines: LiveEngines,
) -> None:
    person, number = engines.someone(), f"une{secrets.token_hex(4)}"
    install(engines, person, AWAY)
    for to in ("", "former", "mailbox", ""):
        sender = sent(engines, person, number, Case(True, to=to))
    control = sent(engines, person, f"fin{secrets.token_hex(4)}", Case(True))
    wait_until(lambda: control in receivers(engines))
    assert receivers(engines).count(sender) == 1
    install(engines, person, replace(AWAY, external_text="Texte externe, corrigé."))
    sent(engines, person, number, Case(True))
    wait_until(lambda: receivers(engines).count(sender) == 2)


def test_an_empty_external_text_answers_colleagues_only(engines: LiveEngines) -> None:
    person, colleague = engines.someone(), engines.someone()
    install(engines, person, replace(AWAY, external_text=""))
    stranger = sent(engines, person, f"etr{secrets.token_hex(4)}", Case(False))
    engines.found(person, stranger.partition("@")[0])
    number = f"col{secrets.token_hex(4)}"
    engines.submit(
        colleague, colleague.address, person.address, letter(colleague.address, person.address, number)
    )
    assert replies(engines, colleague, number)
    assert stranger not in receivers(engines)


@pytest.mark.parametrize(("starts", "ends"), [(-9, -1), (1, 9)], ids=["over", "not begun"])
def test_nobody_is_answered_outside_its_days(engines: LiveEngines, starts: int, ends: int) -> None:
    person, there = engines.someone(), engines.someone()
    install(engines, there, AWAY)
    first, last = (date.fromordinal(TODAY.astimezone(PARIS).date().toordinal() + n) for n in (starts, ends))
    # The script itself must know: it is written as if its days were still to come.
    script = replying(
        replace(AWAY, starts_on=first, ends_on=last), owner(person), now=TODAY - timedelta(days=30)
    )
    HouseScripts(engines.config)(person.mailbox, script)
    number = f"jour{secrets.token_hex(4)}"
    sender = sent(engines, person, number, Case(False))
    engines.found(person, number)
    control = sent(engines, there, f"fin{secrets.token_hex(4)}", Case(True))
    wait_until(lambda: control in receivers(engines))
    assert sender not in receivers(engines)


def test_two_absent_people_answer_each_other_once_and_stop(engines: LiveEngines) -> None:
    one, other, number = engines.someone(), engines.someone(), f"deux{secrets.token_hex(4)}"
    install(engines, one, AWAY)
    install(engines, other, AWAY)
    engines.submit(one, one.address, other.address, letter(one.address, other.address, number))
    (reply,) = replies(engines, one, number)
    assert reply["Auto-Submitted"].startswith("auto-replied")
    witness = engines.someone()
    engines.submit(
        witness, witness.address, one.address, letter(witness.address, one.address, f"{number} bis")
    )
    assert replies(engines, witness, number)
    assert len(engines.found(other, number)) == 1


def test_she_is_not_answered_by_herself(engines: LiveEngines) -> None:
    person, number = engines.someone(), f"moi{secrets.token_hex(4)}"
    install(engines, person, AWAY)
    engines.submit(person, person.address, person.address, letter(person.address, person.address, number))
    engines.found(person, number)
    control = sent(engines, person, f"fin{secrets.token_hex(4)}", Case(True))
    wait_until(lambda: control in receivers(engines))
    assert len(engines.found(person, number)) == 1


def test_the_rules_of_another_program_still_sort(engines: LiveEngines) -> None:
    person, number = engines.someone(), f"tri{secrets.token_hex(4)}"
    opened = OpenManageSieve("127.0.0.1", engines.config.ports.managesieve, engines.token)
    with opened(person.mailbox) as scripts:
        scripts.put(
            'autre "logiciel"',
            'require ["fileinto"]; if header :contains "subject" "Sujet" { fileinto "Archive"; }\r\n',
        )
        scripts.activate('autre "logiciel"')
    install(engines, person, AWAY)
    sender = sent(engines, person, number, Case(True))
    wait_until(lambda: sender in receivers(engines))
    assert engines.found(person, number, folder="Archive")
