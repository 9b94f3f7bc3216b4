"""Personal scripts sort mail; only the house's script writes in somebody's name (RFC 5230, 5435, 5429)."""

import os
import secrets

import pytest
from tests.engines.live import LiveEngines, Someone, letter, wait_until
from tests.engines.sieve.test_absence_replies import receivers

from vaguemestre.engines.dovecot.house_script import HouseScripts
from vaguemestre.engines.sieve.client import ManageSieve
from vaguemestre.engines.sieve.scripts import OpenManageSieve
from vaguemestre.engines.system_users import system_user
from vaguemestre.foundation.kernel.errors import EngineRefused

pytestmark = pytest.mark.engines

SPEAKING = {
    "vacation": 'vacation :from "Le principal <{other}>" "cliquez";',
    "vacation-seconds": 'vacation :seconds 86400 :handle "h" "cliquez";',
    "enotify": 'notify :from "{other}" :message "cliquez" "mailto:{other}?body=cliquez";',
    "reject": 'reject "non";',
    "ereject": 'ereject "non";',
}
SORTING = {
    "body", "comparator-i;ascii-numeric", "copy", "date", "duplicate", "encoded-character", "envelope",
    "environment", "extracttext", "fileinto", "foreverypart", "ihave", "imap4flags", "include", "index",
    "mailbox", "mime", "relational", "subaddress", "variables",
}  # fmt: skip


def script(name: str, other: str) -> str:
    needs = ["vacation", name] if name == "vacation-seconds" else [name]
    required = ", ".join(f'"{one}"' for one in needs)
    return f"require [{required}];\r\n{SPEAKING[name].format(other=other)}\r\n"


@pytest.mark.parametrize("name", SPEAKING)
def test_a_personal_script_cannot_ask_to_speak(engines: LiveEngines, name: str) -> None:
    person, other = engines.someone(), engines.someone()
    opened = OpenManageSieve("127.0.0.1", engines.config.ports.managesieve, engines.token)
    with opened(person.mailbox) as scripts:
        assert scripts.check(script(name, other.address))
        with pytest.raises(EngineRefused):
            scripts.put("rt", script(name, other.address))
        assert scripts.list_scripts().names == ()


def test_what_a_personal_script_may_do_is_a_list(engines: LiveEngines) -> None:
    """An extension that a later Dovecot brings is looked at before it is let in."""
    person = engines.someone()
    where = ("127.0.0.1", engines.config.ports.managesieve)
    with ManageSieve(*where, person.mailbox, engines.token(person.mailbox)) as client:
        words = dict(line for line in client.command("CAPABILITY") if len(line) == 2)
    assert set(words["SIEVE"].split()) == SORTING
    assert "NOTIFY" not in words


EXPRESSION = 'require "regex"; if header :regex "subject" "(a*)*(a*)*(a*)*\\\\1\\\\2\\\\3b" { discard; }'


def test_no_expression_of_a_script_holds_a_delivery(engines: LiveEngines) -> None:
    """This one kept a delivery process busy for as long as anybody waited, and each retry one more."""
    person, other, token = engines.someone(), engines.someone(), secrets.token_hex(4)
    opened = OpenManageSieve("127.0.0.1", engines.config.ports.managesieve, engines.token)
    with opened(other.mailbox) as scripts, pytest.raises(EngineRefused):
        scripts.put("rt", EXPRESSION)
    stored(engines, person, EXPRESSION)
    subject = f"{token} {'a' * 900}"
    engines.arrive(person.address, letter("x@dehors.example", person.address, subject), "x@dehors.example")
    assert engines.found(person, token)


@pytest.mark.parametrize("name", SPEAKING)
def test_a_script_stored_before_speaks_no_more(engines: LiveEngines, name: str) -> None:
    """It fails at delivery, whatever was compiled of it, and the message stays in the inbox."""
    person, other, token = engines.someone(), engines.someone(), secrets.token_hex(4)
    stored(engines, person, script(name, other.address))
    sender = f"{token}@dehors.example"
    engines.arrive(person.address, letter(f"Un parent <{sender}>", person.address, token), sender)
    assert engines.found(person, token)
    # replies leave within the delivery: one that must come is there after any that should not
    last = f"fin{token}@dehors.example"
    engines.submit(other, other.address, last, letter(other.address, last, f"fin {token}"))
    wait_until(lambda: last in receivers(engines))
    assert sender not in receivers(engines)
    with engines.signed_in(other) as client:
        assert client.select("INBOX", readonly=True)[1][0] == b"0"


def stored(engines: LiveEngines, person: Someone, content: str) -> None:
    """A script on the disk, active, as an older instance left it."""
    user = system_user()
    name, _, domain = person.mailbox.rpartition("@")
    home = engines.config.home / "mail" / domain / name
    folder = home / "sieve"
    folder.mkdir(parents=True)
    (folder / "rt.sieve").write_text(content)
    (home / ".dovecot.sieve").symlink_to("sieve/rt.sieve")
    for path in (home.parent, home, folder, folder / "rt.sieve"):
        os.chown(path, user.pw_uid, user.pw_gid)
    os.chown(home / ".dovecot.sieve", user.pw_uid, user.pw_gid, follow_symlinks=False)


@pytest.fixture
def house(engines: LiveEngines) -> HouseScripts:
    return HouseScripts(engines.config)


ANSWERS = 'require "vacation"; vacation :from "{0}" :addresses ["{0}"] :subject "Absence" "{1}";\r\n'


def test_the_house_answers_and_managesieve_does_not_reach_its_script(
    engines: LiveEngines, house: HouseScripts
) -> None:
    person, token = engines.someone(), secrets.token_hex(4)
    house(person.mailbox, ANSWERS.format(person.address, token))
    opened = OpenManageSieve("127.0.0.1", engines.config.ports.managesieve, engines.token)
    with opened(person.mailbox) as scripts:
        assert scripts.list_scripts().names == ()
        for name in ("absence", "absence.sieve"):
            assert scripts.read(name) == ""
        with pytest.raises(EngineRefused):
            scripts.read("../absence")
    first = f"un{token}@dehors.example"
    engines.arrive(person.address, letter(first, person.address, token), first)
    wait_until(lambda: first in receivers(engines))
    house(person.mailbox, "")
    second = f"deux{token}@dehors.example"
    engines.arrive(person.address, letter(second, person.address, f"{token} bis"), second)
    assert engines.found(person, f"{token} bis")
    assert second not in receivers(engines)


def test_a_house_script_that_does_not_compile_leaves_the_former_one(
    engines: LiveEngines, house: HouseScripts
) -> None:
    person, token = engines.someone(), secrets.token_hex(4)
    house(person.mailbox, ANSWERS.format(person.address, token))
    with pytest.raises(EngineRefused, match="sievec"):
        house(person.mailbox, "garder;")
    sender = f"{token}@dehors.example"
    engines.arrive(person.address, letter(sender, person.address, token), sender)
    wait_until(lambda: sender in receivers(engines))


def test_a_house_script_is_for_a_mailbox_and_nothing_else(house: HouseScripts) -> None:
    for name in ("", "../x@ac-amiens.test", "..@ac-amiens.test", "a/b@c.test"):
        with pytest.raises(EngineRefused):
            house(name, "keep;")
