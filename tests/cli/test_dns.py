"""`vaguemestre dns` and `dkim` say what to publish, and end with 1 while it is not."""

from collections.abc import Iterator
from typing import Any

import pytest
import typer
from typer.testing import CliRunner

from vaguemestre.cli.mail import dkim, dns
from vaguemestre.foundation.kernel.slots import Slot
from vaguemestre.mailbox.autoconfig.ports import look_up
from vaguemestre.mailbox.autoconfig.values import Question
from vaguemestre.people.directory.services import found_academy
from vaguemestre.post.dkim.ports import look_up_text, signing_keys
from vaguemestre.post.dkim.queries import keys_of

pytestmark = pytest.mark.django_db(transaction=True)
DOMAIN = "ac-amiens.test"


class Keys:
    def store(self, domain: str, selector: str, private: bytes) -> None: ...
    def sealed(self, domain: str, selector: str) -> str:
        return ""

    def take(self, domain: str, selector: str, sealed: str) -> None: ...
    def use(self, domain: str, selectors: object) -> None: ...
    def erase(self, domain: str, selector: str) -> None: ...


@pytest.fixture
def texts() -> Iterator[dict[str, tuple[str, ...]]]:
    """TXT records that DNS has; everything else is missing."""
    answers: dict[str, tuple[str, ...]] = {}
    slots: tuple[Slot[Any], ...] = (look_up, look_up_text, signing_keys)
    before = [slot.get() for slot in slots]
    look_up.replace(
        lambda questions: {one: answers.get(one.name, ()) if one.kind == "TXT" else () for one in questions}
    )
    look_up_text.replace(lambda names: {name: answers.get(name, ()) for name in names})
    signing_keys.replace(Keys())
    found_academy("20", "Académie d’Amiens", DOMAIN, ["080"])
    yield answers
    for slot, value in zip(slots, before, strict=True):
        slot.replace(value)


def test_keys_are_told_until_they_are_published(texts: dict[str, tuple[str, ...]]) -> None:
    first = CliRunner().invoke(dkim.app, ["publish-check"])
    assert first.exit_code == 1
    keys = keys_of(DOMAIN)
    assert len(keys) == 2
    assert all(key.record_name in first.output and key.record_value in first.output for key in keys)
    texts.update({key.record_name: (key.record_value,) for key in keys})
    second = CliRunner().invoke(dkim.app, ["publish-check"])
    assert second.exit_code == 0
    listed = CliRunner().invoke(dkim.app, ["list"]).output
    assert listed.count("en service") == 2


def test_the_first_keys_are_made_once_and_told(texts: dict[str, tuple[str, ...]]) -> None:
    told = CliRunner().invoke(dkim.app, ["prepare"]).output
    keys = keys_of(DOMAIN)
    assert len(keys) == 2
    assert all(f"{key.record_name}. TXT « {key.record_value} »" in told for key in keys)
    texts.update({key.record_name: (key.record_value,) for key in keys})
    CliRunner().invoke(dkim.app, ["publish-check"])
    assert CliRunner().invoke(dkim.app, ["prepare"]).output == ""
    assert len(keys_of(DOMAIN)) == 2


def test_the_zone_holds_the_keys_and_the_check_says_what_is_missing(
    texts: dict[str, tuple[str, ...]],
) -> None:
    CliRunner().invoke(dkim.app, ["rotate"])
    app = typer.Typer()
    app.command()(dns.command)
    zone = CliRunner().invoke(app, []).output
    assert all(f"{key.record_name}. 3600 IN TXT " in zone for key in keys_of(DOMAIN))
    assert zone.startswith("; ")  # a comment: all of it may be pasted
    assert f"(A, AAAA) pour : mail.{DOMAIN} " in zone.splitlines()[0]
    missing = CliRunner().invoke(app, ["--check"])
    assert f"A mail.{DOMAIN} : MANQUE" in missing.output
    assert missing.exit_code == 1
    assert f"MX {DOMAIN} : MANQUE : ajoutez" in missing.output
    assert "PTR" not in missing.output  # there is no address yet to have a name
    assert Question(f"_dmarc.{DOMAIN}", "TXT").name in missing.output
