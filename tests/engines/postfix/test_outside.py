"""Every foreign domain is the outside box; nothing is lost when an engine is away; messages are followed."""

import email
import email.policy
import signal

import pytest
from tests.engines.live import LiveEngines, Someone, letter, wait_until

from vaguemestre.engines.dovecot.house_script import HouseScripts
from vaguemestre.engines.postfix.mail_queue import queue
from vaguemestre.post.trace.values import StepKind
from vaguemestre.processes.supervisor import process_table

pytestmark = pytest.mark.engines


@pytest.fixture
def marie(engines: LiveEngines) -> Someone:
    return engines.someone()


def test_foreign_mail_lands_outside_with_its_headers_and_each_recipient(
    engines: LiveEngines, marie: Someone
) -> None:
    sent = letter(
        f"Marie <{marie.address}>", "a@ailleurs.example, b+x@autre.example", f"dehors {marie.mailbox[:9]}",
        In_Reply_To="<q1@ailleurs.example>", References="<q0@ailleurs.example> <q1@ailleurs.example>",
    )  # fmt: skip
    engines.submit(
        marie, marie.address, ["a@ailleurs.example", "b+x@autre.example", "cache@tiers.example"], sent
    )

    def all_three() -> list[bytes]:
        found = engines.found(engines.outside, str(sent["Subject"]))
        return found if len(found) == 3 else []

    received = [email.message_from_bytes(raw, policy=email.policy.default) for raw in wait_until(all_three)]
    assert {m["Delivered-To"] for m in received} == {
        "a@ailleurs.example", "b+x@autre.example", "cache@tiers.example",
    }  # fmt: skip
    for name in ("From", "To", "Subject", "Date", "Message-ID", "In-Reply-To", "References"):
        assert {str(m[name]) for m in received} == {str(sent[name])}
    assert {m["Return-Path"] for m in received} == {f"<{marie.address}>"}


def test_the_outside_box_cannot_be_reached_under_our_own_domain(engines: LiveEngines, marie: Someone) -> None:
    with engines.mx() as client:
        client.ehlo()
        client.mail("a@dehors.example")
        assert client.rcpt("outside@exterieur.test")[0] == 554


def test_without_an_outside_box_the_sender_is_told(engines: LiveEngines, marie: Someone) -> None:
    engines.directory.drop([engines.outside.mailbox])
    try:
        sent = letter(marie.address, "a@ailleurs.example", "retour attendu")
        engines.submit(marie, marie.address, "a@ailleurs.example", sent)
        back = email.message_from_bytes(engines.found(marie, "Courriel non remis")[0])
    finally:
        engines.directory.put([engines.outside.expected])
    assert back["From"].startswith("Messagerie")
    assert back["Return-Path"] == "<>"


def test_a_sieve_answer_leaves_for_the_outside(engines: LiveEngines, marie: Someone) -> None:
    name = marie.mailbox.partition("@")[0]
    HouseScripts(engines.config)(
        marie.mailbox,
        f'require ["vacation"]; vacation :addresses ["{marie.address}"]'
        f' :subject "absente {name}" "Je suis absente.";',
    )
    engines.arrive(marie.address, letter("a@b.example", marie.address, "question"))
    answer = email.message_from_bytes(engines.found(engines.outside, f"absente {name}")[0])
    assert answer["Auto-Submitted"].startswith("auto-replied")
    assert answer["Delivered-To"] == "jean@dehors.example"


def test_a_message_is_followed_from_the_door_to_the_folder(engines: LiveEngines, marie: Someone) -> None:
    sent = letter("a@b.example", marie.address, "suivi")
    engines.arrive(marie.address, sent)
    engines.found(marie, "suivi")
    message_id = str(sent["Message-ID"])
    road = [
        StepKind.RECEIVED, StepKind.IDENTIFIED, StepKind.QUEUED, StepKind.FILED, StepKind.DELIVERED,
        StepKind.DONE,
    ]  # fmt: skip

    def steps(name: str) -> list[StepKind]:
        """No filter runs here, and a delivery process that another test killed puts a letter off."""
        beside = (StepKind.UNEXAMINED, StepKind.DEFERRED)
        return [kind for kind in engines.steps_of(name) if kind not in beside]

    wait_until(lambda: {StepKind.DELIVERED, StepKind.DONE} <= set(steps(message_id)))
    assert steps(message_id) == road
    assert steps(message_id.strip("<>")) == road
    assert engines.steps_of("<jamais-vu@x.example>") == []


def test_mail_waits_while_dovecot_is_away_and_arrives_when_it_is_back(
    engines: LiveEngines, marie: Someone
) -> None:
    engines.end("dovecot", signal.SIGKILL)
    try:
        sent = letter("a@b.example", marie.address, "patience")
        engines.arrive(marie.address, sent)
        waiting = wait_until(lambda: [one for one in queue(engines.config) if one.reasons])
        assert marie.address in {to for one in waiting for to in one.recipients}
    finally:
        engines.start_dovecot()
    assert engines.found(marie, "patience", seconds=120)
    assert wait_until(lambda: StepKind.DONE in engines.steps_of(str(sent["Message-ID"])))
    assert StepKind.DEFERRED in engines.steps_of(str(sent["Message-ID"]))


def test_postfix_killed_and_started_again_loses_nothing(engines: LiveEngines, marie: Someone) -> None:
    """However late its postscreen, which holds the port, notices that it is dead."""
    engines.arrive(marie.address, letter("a@b.example", marie.address, "avant"))
    (screen,) = [
        seen
        for seen in process_table.descendants(engines.children["postfix"].pid)
        if seen.name == "postscreen"
    ]
    process_table.send(screen, signal.SIGSTOP)
    engines.end("postfix", signal.SIGKILL)
    engines.start_postfix()
    engines.arrive(marie.address, letter("a@b.example", marie.address, "après la mort"))
    assert engines.found(marie, "avant", seconds=120)
    assert engines.found(marie, "mort", seconds=120)
