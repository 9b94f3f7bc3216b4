"""What waits in the real queue is held, released or returned to its sender."""

import os
import signal

import pytest
from tests.engines.live import LiveEngines, letter, wait_until

from vaguemestre.engines.postfix.mail_queue import Queued, queue
from vaguemestre.engines.postfix.queue_agent import Queue
from vaguemestre.foundation.kernel.errors import EngineRefused
from vaguemestre.processes.supervisor.process_table import descendants

pytestmark = pytest.mark.engines
KEPT, BACK = "garde@attente.example", "retour@attente.example"


def waiting(engines: LiveEngines) -> dict[str, Queued]:
    return {message.sender: message for message in queue(engines.config) if message.sender in (KEPT, BACK)}


def test_a_held_message_waits_until_it_is_released_and_a_returned_one_is_told_to_its_sender(
    engines: LiveEngines,
) -> None:
    paul, agent = engines.someone(), Queue(engines.config)
    engines.end("dovecot")
    try:
        for sender in (KEPT, BACK):
            engines.arrive(paul.address, letter(sender, paul.address, f"de {sender}"), sender)
        deferred = wait_until(lambda: len(found := waiting(engines)) == 2 and found)
        wait_until(lambda: {message.queue for message in waiting(engines).values()} == {"deferred"})
        agent.hold(" ".join(message.queue_id for message in deferred.values()))
        assert {message.queue for message in waiting(engines).values()} == {"hold"}
    finally:
        engines.start_dovecot()
    engines.flush_queue()
    assert engines.messages(paul, f"de {KEPT}") == []
    held = waiting(engines)
    agent.send_back(held[BACK].queue_id)
    agent.release_all(held[KEPT].queue_id)
    assert engines.found(paul, f"de {KEPT}")
    assert engines.found(engines.outside, "Courriel non remis")
    assert engines.messages(paul, f"de {BACK}") == []
    wait_until(lambda: not waiting(engines))


def test_a_queue_manager_that_stands_still_is_known_while_the_rest_of_postfix_answers(
    engines: LiveEngines,
) -> None:
    agent = Queue(engines.config)
    wait_until(agent.manager_answers)
    below = descendants(engines.children["postfix"].pid)
    (manager,) = [one.pid for one in below if one.name == "qmgr"]
    os.kill(manager, signal.SIGSTOP)
    try:
        assert agent.master_answers()
        assert not agent.manager_answers()
    finally:
        os.kill(manager, signal.SIGCONT)
    assert agent.manager_answers()


def test_the_queue_that_holds_a_message_says_so_and_any_other_that_it_does_not(engines: LiveEngines) -> None:
    """Of several machines one has it: who is asked first need not be the one."""
    paul, agent = engines.someone(), Queue(engines.config)
    engines.end("dovecot")
    try:
        engines.arrive(paul.address, letter(KEPT, paul.address, "gardé deux fois"), KEPT)
        number = wait_until(lambda: [message.queue_id for message in waiting(engines).values()])[0]
        assert not agent.release(number)
        agent.hold(number)
        assert agent.release(number)
        assert not agent.discard(number)
        agent.hold(number)
        assert agent.discard(number)
        assert not agent.release(number)
    finally:
        engines.start_dovecot()


@pytest.mark.parametrize("ids", ["ALL", "", "AAAAAA1 ALL", "-h", "AAAAAA1;rm", " ".join(["AAAAAA1"] * 101)])
def test_nothing_but_identifiers_reaches_postfix(engines: LiveEngines, ids: str) -> None:
    for act in (Queue(engines.config).hold, Queue(engines.config).send_back, Queue(engines.config).retry):
        with pytest.raises(EngineRefused):
            act(ids)
