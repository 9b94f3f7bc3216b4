"""The académie and the rest of the Internet: mail both ways, other servers of every kind, an authority."""

import re
import smtplib
import ssl
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from tests.machines import academy, world
from tests.machines.academy import Agent, Client
from tests.machines.machine import Machine
from tests.machines.world import World

from vaguemestre.engines.tls.certificates import Certificates

pytestmark = [pytest.mark.machines, pytest.mark.timeout(7200)]

POSTFIX_LOG = "/var/lib/vaguemestre/logs/postfix.log"
PATIENCE_SECONDS = 120
MBSYNC = """\
IMAPAccount box
Host {host}
TLSType IMAPS
CertificateFile /srv/tls/ca.pem
User {user}
Pass {password}

IMAPStore far
Account box

MaildirStore near
Inbox /srv/copied/INBOX

Channel all
Far :far:
Near :near:
Patterns INBOX
Create Near
SyncState *
"""
ZONE_EDITOR = Path(__file__).with_name("zone_editor.py")


@pytest.fixture
def asks(installed: Machine) -> Iterator[Callable[[str], None]]:
    """Has the académie ask for its certificate as a table says; then it shows the given one again."""

    def ask(table: str) -> None:
        installed.must("tee", academy.SETTINGS, text=academy.CONFIGURATION + table)
        installed.must(*academy.INSTALL)

    yield ask
    ask(academy.GIVEN_CERTIFICATE)


def passes(headers: str) -> set[str]:
    """Which of SPF, DKIM, DMARC and ARC passed, in the first Authentication-Results."""
    first = re.search(r"^Authentication-Results:.*$", re.sub(r"\r?\n[ \t]+", " ", headers), re.M)
    return set(re.findall(r"\b(spf|dkim|dmarc|arc)=pass", first[0] if first else ""))


def logged(machine: Machine, recipient: str, words: str) -> bool:
    """Whether Postfix says that of a recipient, within two minutes."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < deadline:
        lines = machine.run("grep", "-F", f"to=<{recipient}>", POSTFIX_LOG).stdout.splitlines()
        if any(words in line for line in lines):
            return True
        time.sleep(2)
    return False


def test_every_record_is_seen_in_the_zone(published: World, installed: Machine) -> None:
    lines = installed.run("vaguemestre", "check", "--live").stdout.splitlines()
    zone = [line for line in lines if re.match(r"\S+ +(DNS|signature) ", line)]
    assert len(zone) > 20
    assert [line for line in zone if not line.startswith("bien")] == []


def test_a_letter_leaves_signed_and_encrypted_and_another_server_believes_it(
    published: World, client: Client, agents: tuple[Agent, ...]
) -> None:
    client.send(agents[0], "prof@monde.test", "Sortie scolaire")
    message = published.received("Sortie scolaire")
    assert passes(message) == {"spf", "dkim", "dmarc"}
    assert re.search(r"^Received: from mail\.ac-essai\.test .*with ESMTPS", message, re.M)
    assert "a=rsa-sha256" in message
    assert "a=ed25519-sha256" in message


def test_a_letter_from_elsewhere_comes_encrypted_and_is_believed(
    published: World, client: Client, agents: tuple[Agent, ...]
) -> None:
    published.send(agents[1].address, "Reunion parents")
    message = client.received(agents[1], "Reunion parents")
    assert passes(f"Authentication-Results: {message['Authentication-Results']}") == {"spf", "dkim", "dmarc"}
    assert any("ESMTPS" in line for line in message.get_all("Received", []))


def test_how_tls_with_a_domain_that_asks_went_is_counted(
    published: World, client: Client, agents: tuple[Agent, ...]
) -> None:
    client.send(agents[0], "prof@monde.test", "Compte pour TLS")
    published.received("Compte pour TLS")
    deadline = time.monotonic() + PATIENCE_SECONDS
    counted = ("sh", "-c", "cat /var/lib/vaguemestre/engines/tls-reports/*.json")
    while '"monde.test"' not in client.machine.must(*counted):
        assert time.monotonic() < deadline, "never counted"
        time.sleep(1)


def test_what_a_filter_sends_on_is_still_believed(
    published: World, installed: Machine, agents: tuple[Agent, ...]
) -> None:
    """Its author's signature, our return path and our seal pass at a server that is neither's."""
    academy.forward(installed, agents[1], "prof@dane.test")
    published.send(agents[1].address, "Transfert de courrier")
    message = published.received("Transfert de courrier")
    assert passes(message) == {"spf", "dkim", "dmarc", "arc"}
    assert re.search(r"^Return-Path: <SRS0=\S+=monde\.test=prof@ac-essai\.test>", message, re.M)
    assert re.search(r"^ARC-Authentication-Results: i=1; mail\.ac-essai\.test;.*dmarc=pass", message, re.M)
    academy.forward_no_more(installed, agents[1])


def test_what_a_list_sends_is_believed(
    published: World, installed: Machine, agents: tuple[Agent, ...]
) -> None:
    address = academy.open_list(installed)
    published.send(address, "Pour la liste")
    message = published.received("Pour la liste")
    assert passes(message) == {"spf", "dkim", "dmarc", "arc"}
    assert re.search(rf"^From: .*<{re.escape(address)}>", message, re.M)


def test_another_server_is_believed_by_its_published_certificate_only(
    published: World, client: Client, agents: tuple[Agent, ...]
) -> None:
    for domain in ("dane", "faux"):
        client.send(agents[0], f"prof@{domain}.test", f"Vers {domain}")
    assert "ESMTPS" in published.received("Vers dane")
    assert logged(client.machine, "prof@faux.test", "status=deferred (Server certificate not verified)")


def test_a_policy_is_kept_to_where_there_is_one_and_nothing_else(
    published: World, client: Client, agents: tuple[Agent, ...]
) -> None:
    """RFC 8461: over a connection that is verified, or not at all."""
    for domain in ("sts", "clair"):
        client.send(agents[0], f"prof@{domain}.test", f"Vers {domain}")
    assert "ESMTPS" in published.received("Vers sts")
    verified = "Verified TLS connection established to mx.sts.test"
    assert verified in client.machine.must("cat", POSTFIX_LOG)
    assert logged(client.machine, "prof@clair.test", "TLS is required, but was not offered")


def test_letters_travel_by_ipv6_both_ways(
    published: World, client: Client, agents: tuple[Agent, ...]
) -> None:
    client.send(agents[0], "prof@six.test", "Vers six")
    message = published.received("Vers six")
    assert passes(message) == {"spf", "dkim", "dmarc"}
    assert re.search(r"^Received: from mail\.ac-essai\.test \(.*\[IPv6:fd78::10\]\)", message, re.M)
    with smtplib.SMTP("fd78::10", 25, "dehors.example", timeout=60) as server:
        text = f"From: x@dehors.example\r\nTo: {agents[1].address}\r\nSubject: De six\r\n\r\nBonjour.\r\n"
        server.sendmail("x@dehors.example", [agents[1].address], text)
    received = client.received(agents[1], "De six").get_all("Received", [])
    assert any("[IPv6:fd78::1]" in line for line in received)


def test_what_waits_is_held_released_and_sent_back_by_the_agent_of_the_queue(
    published: World, client: Client, agents: tuple[Agent, ...]
) -> None:
    client.send(agents[0], "prof@faux.test", "En attente")
    machine = client.machine
    assert logged(machine, "prof@faux.test", "status=deferred")
    numbers = waiting(machine)
    machine.must("vaguemestre", "queue", "hold", *numbers)
    assert waiting(machine, "--held") == numbers
    machine.must("vaguemestre", "queue", "release", *numbers)
    assert waiting(machine, "--held") == []
    machine.must("vaguemestre", "queue", "return", "--reason", "essai", *numbers)
    deadline = time.monotonic() + PATIENCE_SECONDS
    while waiting(machine):
        assert time.monotonic() < deadline, "never sent back"
        time.sleep(1)


def waiting(machine: Machine, *options: str) -> list[str]:
    """What waits for a server that is not believed: its numbers, the oldest first."""
    listed = machine.must("vaguemestre", "queue", "list", "--to", "faux.test", *options)
    return re.findall(r"^(\w+)  .*  \S*@ac-essai\.test  ", listed, re.M)


def test_an_old_server_without_tls_is_written_to(
    published: World, client: Client, agents: tuple[Agent, ...]
) -> None:
    client.send(agents[0], "prof@vieux.test", "Vers vieux")
    received = re.search(r"^Received: from mail\.ac-essai\.test .*$", published.received("Vers vieux"), re.M)
    assert received
    assert "ESMTPS" not in received[0]


def test_a_refusal_comes_back_to_its_author(
    published: World, client: Client, agents: tuple[Agent, ...]
) -> None:
    client.send(agents[0], "prof@refus.test", "Vers refus")
    assert logged(client.machine, "prof@refus.test", "status=bounced")
    assert client.received(agents[0], "Courriel non remis")


def test_a_slow_server_keeps_nobody_else_waiting(
    published: World, client: Client, agents: tuple[Agent, ...]
) -> None:
    for number in range(3):
        client.send(agents[0], "prof@lent.test", f"Vers lent {number}")
    client.send(agents[0], "prof@monde.test", "Pendant ce temps")
    assert published.received("Pendant ce temps")
    assert logged(client.machine, "prof@lent.test", "status=sent")
    log = client.machine.must("cat", POSTFIX_LOG)
    assert -1 < log.rfind("to=<prof@monde.test>") < log.rfind("to=<prof@lent.test>")


def test_an_ordinary_program_copies_an_inbox_from_the_usual_port(
    published: World, client: Client, agents: tuple[Agent, ...]
) -> None:
    """mbsync on another machine, which finds the server by its name and verifies its chain."""
    client.send(agents[0], agents[1].address, "Pour mbsync")
    client.received(agents[1], "Pour mbsync")
    settings = MBSYNC.format(host=academy.HOST, user=agents[1].address, password=agents[1].password)
    published.machine.must("mkdir", "-p", "/srv/copied")
    published.machine.must("tee", "/srv/mbsyncrc", text=settings)
    published.machine.must("mbsync", "-c", "/srv/mbsyncrc", "all")
    assert published.machine.must("grep", "-rlF", "Subject: Pour mbsync", "/srv/copied/INBOX")


def test_an_authority_gives_a_certificate_and_a_renewed_one_is_shown_everywhere(
    published: World,
    installed: Machine,
    agents: tuple[Agent, ...],
    asks: Callable[[str], None],
    tmp_path: Path,
) -> None:
    """A connection that is open stays so."""
    asks(f'\n[tls]\nacme = "standalone"\nacme_directory = "{world.AUTHORITY_URL}"\n')
    assert "Rien à changer." in installed.must(*academy.INSTALL)
    client = Client(installed, Certificates(_root(published, tmp_path), Path(), Path()))
    before = {port: _shown(client, port) for port in (443, 465, 993)}
    assert len(set(before.values())) == 1
    with academy.open_imaps(client) as reader, academy.open_submission(client) as writer:
        reader.login(agents[1].address, agents[1].password)
        writer.login(agents[0].address, agents[0].password)
        installed.must("certbot", "renew", "--force-renewal", "--quiet", "--no-random-sleep-on-renew")
        assert installed.must("systemctl", "is-active", "certbot.timer").strip() == "active"
        deadline = time.monotonic() + PATIENCE_SECONDS
        while any(_shown(client, port) == before[port] for port in before):
            assert time.monotonic() < deadline, "the former certificate is still shown"
            time.sleep(1)  # a server tells nobody which certificate it took up
        assert reader.select(readonly=True)[0] == "OK"
        assert writer.noop()[0] == 250


def test_names_are_proved_by_a_program_of_the_zone(
    published: World, installed: Machine, asks: Callable[[str], None], tmp_path: Path
) -> None:
    """The académie's port 80 plays no part, and what proved the names is gone from the zone afterwards."""
    edit = ZONE_EDITOR.read_text(encoding="utf-8").replace("NAME_SERVER", published.machine.address)
    interpreter = "/opt/vaguemestre/current/.venv/bin/python"
    installed.must("tee", "/usr/local/bin/zone", text=f"#!{interpreter}\n{edit}")
    installed.must("chmod", "755", "/usr/local/bin/zone")
    asks(
        f'\n[tls]\nacme = "dns"\nacme_hook = "/usr/local/bin/zone"\nacme_directory = "{world.AUTHORITY_URL}"'
    )
    installed.must("certbot", "renew", "--force-renewal", "--quiet", "--no-random-sleep-on-renew")
    renewal = installed.must("cat", "/etc/letsencrypt/renewal/vaguemestre.conf")
    assert "authenticator = manual" in renewal
    client = Client(installed, Certificates(_root(published, tmp_path), Path(), Path()))
    assert _shown(client, 443) == _shown(client, 993)
    challenge = f"_acme-challenge.{academy.HOST}"
    assert "_acme-challenge" in installed.must("cat", "/var/log/zone")
    assert not published.machine.must("kdig", "+short", "@127.0.0.1", challenge, "TXT").strip()


def _root(internet: World, folder: Path) -> Path:
    """The certificate of the authority itself, which pebble makes anew at each start."""
    context = ssl.create_default_context(cafile=str(internet.authority.ca))
    context.check_hostname = False
    url = f"https://{internet.machine.address}:15000/roots/0"
    file = folder / "root.pem"
    file.write_bytes(urllib.request.urlopen(url, context=context, timeout=30).read())
    return file


def _shown(client: Client, port: int) -> bytes:
    with client.secure(port, academy.HOST) as peer:
        return peer.getpeercert(binary_form=True) or b""
