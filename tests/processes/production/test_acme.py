"""What certbot is told: which names, how they are proved, and that the key stays."""

from dataclasses import replace

import pytest

from vaguemestre.processes.production.layout import HOME
from vaguemestre.processes.production.machine.acme import arguments, is_renewed_as_asked, reason_in
from vaguemestre.processes.production.machine.hosts import hosts_asked, hosts_shown
from vaguemestre.site.config import (
    AcademySection,
    Config,
    MailSection,
    NetworkSection,
    TlsSection,
    WebSection,
)

DOMAIN = "ac-exemple.fr"
CONFIG = Config(
    home=HOME,
    academy=AcademySection(domain=DOMAIN),
    web=WebSection(public_url=f"https://messagerie.{DOMAIN}", behind_tls=True),
    network=NetworkSection(ports="usual"),
    tls=TlsSection(acme="standalone", acme_contact=f"assistance@{DOMAIN}"),
)


def option(words: tuple[str, ...], name: str) -> list[str]:
    """Every value of an option."""
    return [words[place + 1] for place, word in enumerate(words) if word == name]


def test_every_name_under_which_the_world_comes_is_asked_for_once() -> None:
    asked = option(arguments(CONFIG), "-d")
    assert asked == list(hosts_asked(CONFIG))
    assert set(asked) == {
        f"{name}.{DOMAIN}"
        for name in ("messagerie", "fichiers.messagerie", "mail", "mta-sts", "autoconfig", "autodiscover")
    }


def test_a_policy_that_is_not_stated_needs_no_name() -> None:
    config = replace(CONFIG, mail=MailSection(mta_sts="none"))
    assert f"mta-sts.{DOMAIN}" in hosts_shown(CONFIG)
    assert f"mta-sts.{DOMAIN}" not in hosts_shown(config)


def test_the_proof_is_served_behind_our_own_front() -> None:
    words = arguments(CONFIG)
    assert option(words, "--http-01-address") == ["127.0.0.1"]
    assert option(words, "--http-01-port") == [str(CONFIG.ports.acme)]


def test_the_proof_may_be_written_in_the_zone_by_a_program_whatever_its_path() -> None:
    tls = TlsSection(acme="dns", acme_hook="/opt/our zone/hook")
    words = arguments(replace(CONFIG, tls=tls))
    assert option(words, "--preferred-challenges") == ["dns"]
    assert option(words, "--manual-auth-hook") == ["'/opt/our zone/hook' present"]
    assert option(words, "--manual-cleanup-hook") == ["'/opt/our zone/hook' cleanup"]


def test_the_key_stays_at_renewal_as_its_digest_is_published() -> None:
    assert "--reuse-key" in arguments(CONFIG)


def test_the_authority_and_whom_it_warns_are_those_of_the_configuration() -> None:
    assert option(arguments(CONFIG), "--email") == [f"assistance@{DOMAIN}"]
    silent = replace(CONFIG, tls=TlsSection(acme="standalone", acme_directory="https://autorite.test/dir"))
    assert option(arguments(silent), "--server") == ["https://autorite.test/dir"]
    assert "--register-unsafely-without-email" in arguments(silent)


def test_the_reason_of_a_refusal_is_the_authority_s_own() -> None:
    log = (
        "2026-11-28 06:06:00,1:DEBUG:certbot.display:Notifying user:\n"
        "  Detail: 192.0.2.1: Connection refused\n"
        "2026-11-28 06:06:00,2:ERROR:certbot._internal.log:Some challenges have failed.\n"
    )
    assert reason_in(log) == "192.0.2.1: Connection refused"
    assert reason_in(log.replace("Detail", "Hint")) == "Some challenges have failed."
    assert reason_in("") == ""


def test_an_authority_that_nobody_finds_is_told_in_a_sentence_not_in_words_of_a_program() -> None:
    log = (
        "2026-11-29 18:35:40,1:ERROR:certbot._internal.log:requests.exceptions.ConnectionError: "
        "HTTPSConnectionPool(host='acme.test', port=443): Max retries (NameResolutionError(\"no\"))\n"
    )
    assert "forwarders" in reason_in(log)
    assert "exceptions" not in reason_in(log)


RENEWAL = """\
cert = /etc/letsencrypt/live/vaguemestre/cert.pem
[renewalparams]
authenticator = {authenticator}
server = {server}
manual_auth_hook = '/opt/our zone/hook' present
"""
ZONE = TlsSection(acme="dns", acme_hook="/opt/our zone/hook", acme_directory="https://autorite.test/dir")
STANDALONE = TlsSection(acme="standalone", acme_directory="https://autorite.test/dir")


@pytest.mark.parametrize(
    ("tls", "authenticator", "server", "same"),
    [
        (ZONE, "manual", "https://autorite.test/dir", True),
        (ZONE, "standalone", "https://autorite.test/dir", False),
        (ZONE, "manual", "https://autre.test/dir", False),
        (replace(ZONE, acme_hook="/opt/other"), "manual", "https://autorite.test/dir", False),
        (replace(ZONE, acme_directory=""), "manual", "https://autre.test/dir", True),
        (STANDALONE, "standalone", "https://autorite.test/dir", True),
        (STANDALONE, "manual", "https://autorite.test/dir", False),
    ],
)
def test_another_proof_program_or_authority_is_another_renewal(
    tls: TlsSection, authenticator: str, server: str, same: bool
) -> None:
    kept = RENEWAL.format(authenticator=authenticator, server=server)
    assert is_renewed_as_asked(replace(CONFIG, tls=tls), kept) is same


def test_nothing_is_renewed_where_certbot_keeps_nothing() -> None:
    assert not is_renewed_as_asked(CONFIG, "")


def test_certbot_asks_at_once_where_the_renewal_must_change() -> None:
    assert "--keep-until-expiring" in arguments(CONFIG)
    assert "--force-renewal" in arguments(CONFIG, anew=True)
    assert "--keep-until-expiring" not in arguments(CONFIG, anew=True)
