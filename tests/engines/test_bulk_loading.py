"""Letters loaded into a real mailbox, all at once or in several goes."""

import re
from datetime import UTC, datetime
from typing import Any

import pytest
from tests.engines.live import LiveEngines, Someone

from vaguemestre.demo.imap_loader import load
from vaguemestre.demo.letters import Letter, Writer, messages
from vaguemestre.engines.imap.protocol.mailbox_names import to_wire
from vaguemestre.foundation.kernel.errors import EngineDown, EngineRefused

pytestmark = pytest.mark.engines

UNTIL = datetime(2026, 11, 25, 9, 0, tzinfo=UTC)


def letters(person: Someone) -> list[Letter]:
    owner = Writer("Camille Delattre", person.address)
    return list(messages(3, 260, owner, [Writer("Thomas Lefebvre", "thomas@ac-amiens.test")], UNTIL))


def put(engines: LiveEngines, person: Someone, *, again: bool = False, stop_after: int = 0) -> int:
    done = 0

    def tell(more: int) -> None:
        nonlocal done
        done += more
        if stop_after and done >= stop_after:
            raise KeyboardInterrupt

    load(
        (engines.config.mail.host, engines.config.ports.imap),
        person.address,
        person.password,
        letters(person),
        may_be_there=again,
        progress=tell,
    )
    return done


def counts(engines: LiveEngines, person: Someone) -> dict[str, int]:
    client = engines.signed_in(person)
    found = {}
    for folder in {one.folder for one in letters(person)}:
        answer = client.status(f'"{to_wire(folder)}"', "(MESSAGES)")[1][0]
        found[folder] = int(re.findall(rb"MESSAGES (\d+)", answer)[0])
    client.logout()
    return found


def expected(person: Someone) -> dict[str, int]:
    folders = [one.folder for one in letters(person)]
    return {folder: folders.count(folder) for folder in set(folders)}


def test_letters_are_filed_with_their_dates_and_marks(engines: LiveEngines) -> None:
    person = engines.someone()
    assert put(engines, person) == 260
    assert counts(engines, person) == expected(person)
    first = next(one for one in letters(person) if one.folder == "Sent")
    client = engines.signed_in(person)
    client.select("Sent", readonly=True)
    answer: list[Any] = client.fetch("1", "(FLAGS INTERNALDATE BODY.PEEK[])")[1]
    client.logout()
    assert answer[0][1] == first.content
    arrival = re.findall(rb'INTERNALDATE "([^"]+)"', answer[0][0])[0].decode().strip()
    assert datetime.strptime(arrival, "%d-%b-%Y %H:%M:%S %z") == first.at
    assert b"\\Seen" in answer[0][0] + answer[1]


def test_an_interrupted_load_is_finished_without_a_letter_twice(engines: LiveEngines) -> None:
    person = engines.someone()
    with pytest.raises(KeyboardInterrupt):
        put(engines, person, stop_after=120)
    assert put(engines, person, again=True) == 260
    assert put(engines, person, again=True) == 260
    assert counts(engines, person) == expected(person)


def test_a_server_that_is_away_or_refuses_is_told_as_such(engines: LiveEngines) -> None:
    person = engines.someone()
    with pytest.raises(EngineDown):
        load(("127.0.0.1", 1), person.address, "x", [], may_be_there=False, progress=lambda _: None)
    address = (engines.config.mail.host, engines.config.ports.imap)
    with pytest.raises(EngineRefused):
        load(address, person.address, "wrong", [], may_be_there=False, progress=lambda _: None)
