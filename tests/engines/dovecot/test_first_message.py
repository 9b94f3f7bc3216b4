"""A new mailbox is made before its first message and its first program meet in it."""

import pytest
from tests.engines.live import LiveEngines, letter

from vaguemestre.engines.dovecot import configuration as dovecot

pytestmark = pytest.mark.engines


def test_the_first_message_of_a_new_mailbox_meets_no_error(engines: LiveEngines) -> None:
    people = [engines.someone() for _ in range(5)]
    for person in people:
        engines.submit(
            person,
            person.address,
            [person.address],
            letter(person.address, person.address, "premier courriel"),
        )
        engines.found(person, "premier courriel")
    told = dovecot.log_file(engines.config).read_text(encoding="utf-8", errors="replace").splitlines()
    wrong = [line for line in told if ": Error:" in line and any(one.mailbox in line for one in people)]
    assert wrong == []


def test_a_mailbox_that_is_there_is_left_as_it_is(engines: LiveEngines) -> None:
    person = engines.someone()
    engines.submit(
        person, person.address, [person.address], letter(person.address, person.address, "premier courriel")
    )
    engines.found(person, "premier courriel")
    engines.make(person)
    assert len(engines.messages(person, "premier courriel")) == 1
