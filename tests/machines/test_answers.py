"""bin/install on a bare machine without a file: its questions are answered, in two sittings."""

import re
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from tests.machines import academy
from tests.machines.academy import DOMAIN, FORWARDERS, HOST, SITE, Client
from tests.machines.machine import Machine

from vaguemestre.engines.tls.certificates import Certificates
from vaguemestre.site.config import PROJECT

pytestmark = [pytest.mark.machines, pytest.mark.timeout(3600)]

INSTALL = f"{academy.SOURCES}/bin/install"
KEEP = ""  # Enter: the answer between brackets
# A wrong code, then a right one; whoever answers is called away before the name of the site.
FIRST_SITTING = ("vingt", "20", "Académie d’essai", KEEP, DOMAIN)
# The answers of before, then the site; resolvers, certificate, key, contact and way out come after.
SECOND_SITTING = (
    *(KEEP,) * 5, " ".join(FORWARDERS) or "racine", "/srv/tls/server.pem", KEEP, KEEP, KEEP, "oui",
)  # fmt: skip


@dataclass(frozen=True)
class Sittings:
    machine: Machine
    first: subprocess.CompletedProcess[str]
    second: subprocess.CompletedProcess[str]


@pytest.fixture(scope="module")
def sittings(authority: Certificates) -> Iterator[Sittings]:
    machine = Machine("asked", "10.78.0.11")
    machine.destroy()
    machine.boot()
    try:
        machine.bring(PROJECT, academy.SOURCES, academy.LEFT_OUT)
        machine.bring(authority.ca.parent, "/srv/tls")
        yield Sittings(machine, _answered(machine, FIRST_SITTING), _answered(machine, SECOND_SITTING))
    finally:
        machine.destroy()


def _answered(machine: Machine, answers: tuple[str, ...]) -> subprocess.CompletedProcess[str]:
    return machine.run(INSTALL, text="".join(f"{answer}\n" for answer in answers))


def test_a_wrong_answer_is_asked_again_and_who_leaves_is_told_to_come_back(sittings: Sittings) -> None:
    said = sittings.first.stdout + sittings.first.stderr
    assert sittings.first.returncode == 2
    assert "Réponse attendue : le code d’une académie" in said
    assert "il faut répondre aux questions" in said


def test_each_question_gives_its_reason_and_proposes_what_was_answered_before(sittings: Sittings) -> None:
    said = sittings.second.stdout
    assert "Nom de l’académie [Académie d’essai] : " in said
    assert f"Domaine des adresses [{DOMAIN}] : " in said
    assert f"Nom du site [{SITE}] : " in said
    assert said.index("Ce qui suit l’arobase") < said.index("Domaine des adresses")


def test_the_answers_make_an_installation_that_serves(sittings: Sittings, authority: Certificates) -> None:
    said = sittings.second.stdout
    assert sittings.second.returncode == 0, said[-3000:] + sittings.second.stderr[-3000:]
    assert f"Le site sert : https://{SITE}" in said
    client = Client(sittings.machine, authority)
    author, reader = academy.open_agents(sittings.machine)
    for agent in (author, reader):
        client.wait_until_signed_in(agent)
    client.send(author, reader.address, "Premier courriel")
    assert client.received(reader, "Premier courriel")["From"] == author.address


def test_the_link_of_the_first_administrator_opens_once_the_installation_ends(
    sittings: Sittings, authority: Certificates
) -> None:
    """The link is shown by one run alone."""
    found = re.search(rf"https://{SITE}(/\S+)", sittings.second.stdout.partition("Premier administrateur")[2])
    assert found
    with Client(sittings.machine, authority).secure(443, SITE, "http/1.1") as peer:
        peer.sendall(f"GET {found[1]} HTTP/1.1\r\nHost: {SITE}\r\nConnection: close\r\n\r\n".encode())
        assert peer.recv(100).startswith((b"HTTP/1.1 200", b"HTTP/1.1 302"))
    again = sittings.machine.must(INSTALL)
    assert "Rien à changer." in again
    assert "Premier administrateur" not in again


def test_mail_programs_find_the_name_the_certificate_carries(
    sittings: Sittings, authority: Certificates
) -> None:
    with Client(sittings.machine, authority).secure(993, HOST) as peer:
        assert peer.recv(100).startswith(b"* OK")
