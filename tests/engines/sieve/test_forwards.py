"""Mail sent on by a script: to colleagues always, elsewhere only where the académie lets it."""

import secrets
from dataclasses import replace

import pytest
from tests.engines.live import LiveEngines, Someone, letter, wait_until
from tests.engines.sieve.test_absence_replies import AWAY, TODAY, owner, receivers
from tests.mailbox.sorting.samples import composed

from vaguemestre.engines.dovecot.house_script import HouseScripts
from vaguemestre.engines.sieve.scripts import OpenManageSieve
from vaguemestre.mailbox.sorting.script import absence_script, personal_script
from vaguemestre.mailbox.sorting.values import (
    SCRIPT_NAME,
    Aspect,
    Condition,
    Filter,
    Outcome,
    Place,
    Relation,
    SortingSettings,
)

pytestmark = pytest.mark.engines


def install(engines: LiveEngines, person: Someone, content: str) -> None:
    opened = OpenManageSieve("127.0.0.1", engines.config.ports.managesieve, engines.token)
    with opened(person.mailbox) as scripts:
        scripts.put(SCRIPT_NAME, content)
        scripts.activate(SCRIPT_NAME)


def test_a_colleague_gets_a_copy_and_the_message_stays(engines: LiveEngines) -> None:
    person, colleague, token = engines.someone(), engines.someone(), secrets.token_hex(4)
    wanted = Filter(
        "Relais",
        (Condition(Aspect.SUBJECT, Relation.CONTAINS, token),),
        Outcome(forward_to=colleague.address, label="À relayer"),
    )
    install(engines, person, composed([wanted], owner(person)))
    engines.arrive(person.address, letter("jean@dehors.example", person.address, token))
    assert engines.found(colleague, token)
    assert engines.found(person, token)
    with engines.signed_in(person) as client:
        client.select("INBOX", readonly=True)
        (number,) = client.search(None, "SUBJECT", token)[1][0].split()
        assert b"&AOA-_relayer" in client.fetch(number.decode(), "(FLAGS)")[1][0]


def test_nothing_is_sent_on_from_the_moment_an_account_is_suspended(engines: LiveEngines) -> None:
    person, colleague, token = engines.someone(), engines.someone(), secrets.token_hex(4)
    install(engines, person, f'redirect "{colleague.address}";\r\n')
    engines.arrive(person.address, letter("jean@dehors.example", person.address, f"avant-{token}"))
    assert engines.found(colleague, f"avant-{token}")
    held, used = engines.change(person, active=False), engines.doveadm.quota(person.mailbox).used_bytes
    long = letter("jean@dehors.example", person.address, f"pendant-{token}", "Bonjour. " * 1_000)
    engines.arrive(person.address, long)
    assert wait_until(lambda: engines.doveadm.quota(person.mailbox).used_bytes > used)  # nothing is lost
    engines.change(held, active=True)
    assert engines.found(person, f"pendant-{token}")
    engines.arrive(person.address, letter("jean@dehors.example", person.address, f"apres-{token}"))
    assert engines.found(colleague, f"apres-{token}")
    with engines.signed_in(colleague) as client:
        client.select("INBOX", readonly=True)
        assert client.search(None, "SUBJECT", f"pendant-{token}")[1] == [b""]


@pytest.mark.parametrize("active", [True, False])
def test_during_a_long_leave_mail_waits_there_and_is_answered(engines: LiveEngines, active: bool) -> None:
    """Before the account is suspended and afterwards: the filter that sends on silences nothing."""
    person, colleague, token = engines.someone(), engines.someone(), secrets.token_hex(4)
    everything = (Condition(Aspect.SUBJECT, Relation.CONTAINS, token),)
    relay = Filter("Relais", everything, Outcome(forward_to=colleague.address))
    away = SortingSettings((replace(AWAY, place=Place.LEFT),), (relay,), stays_here=True)
    install(engines, person, personal_script(away, owner(person), foreign_script=""))
    house = absence_script(away, owner(person), now=TODAY)
    HouseScripts(engines.config)(person.mailbox, house)
    held = engines.change(person, active=active)
    message = letter(f"Un parent <{token}@dehors.example>", person.address, token)
    engines.arrive(person.address, message, f"{token}@dehors.example")
    wait_until(lambda: f"{token}@dehors.example" in receivers(engines))  # answered
    engines.change(held, active=True)
    assert engines.found(person, token)
    with engines.signed_in(colleague) as client:
        client.select("INBOX", readonly=True)
        assert client.search(None, "SUBJECT", token)[1] == [b""]


def test_no_script_whoever_wrote_it_sends_mail_out_of_the_academie(engines: LiveEngines) -> None:
    person, token = engines.someone(), secrets.token_hex(4)
    away = f"fuite.{token}@dehors.example"
    install(engines, person, f'redirect "{away}";\r\n')
    engines.arrive(person.address, letter("jean@dehors.example", person.address, token))
    assert engines.found(person, token)  # kept, since it could not be sent on
    control, free = f"controle.{token}@dehors.example", engines.someone()
    engines.submit(free, free.address, control, letter(free.address, control, token))
    wait_until(lambda: control in receivers(engines))
    assert away not in receivers(engines)


def test_what_a_message_says_of_its_own_authentication_is_taken_away(engines: LiveEngines) -> None:
    person, token = engines.someone(), secrets.token_hex(4)
    forged = {"Authentication_Results": f"mail.{engines.config.academy.domain}; dmarc=pass"}
    engines.arrive(person.address, letter("jean@dehors.example", person.address, token, **forged))
    (raw,) = engines.found(person, token)
    assert b"dmarc=pass" not in raw
