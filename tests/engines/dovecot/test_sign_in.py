"""Who opens a mailbox: an application password or a living token of its owner, and nothing else."""

import imaplib
import time
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from tests.engines.live import LiveEngines, Someone, digest, letter

from vaguemestre.engines.dovecot import configuration as dovecot
from vaguemestre.people.provisioning.values import AppKey

pytestmark = pytest.mark.engines

REFUSED = imaplib.IMAP4.error


@pytest.fixture
def marie(engines: LiveEngines) -> Someone:
    return engines.someone()


def opens(engines: LiveEngines, login: str, password: str) -> bool:
    client = engines.imap()
    try:
        client.login(login, password)
    except REFUSED:
        client.shutdown()
        return False
    client.logout()
    return True


def token_opens(engines: LiveEngines, mailbox: str, token: str) -> bool:
    try:
        client = engines.with_token(mailbox, token)
    except REFUSED:
        return False
    client.logout()
    return True


def test_an_application_password_opens_under_every_name_whatever_the_case(
    engines: LiveEngines, marie: Someone
) -> None:
    for name in marie.expected.names:
        assert opens(engines, name, marie.password)
        assert opens(engines, name.upper(), marie.password)


def test_the_same_by_tls_and_by_managesieve_port(engines: LiveEngines, marie: Someone) -> None:
    with imaplib.IMAP4_SSL("localhost", engines.config.ports.imaps, ssl_context=engines.tls()) as client:
        assert client.login(marie.address, marie.password)[0] == "OK"


def test_anything_else_opens_nothing(engines: LiveEngines, marie: Someone) -> None:
    other = engines.someone()
    for password in (
        "02E9912345678",
        "mot de passe principal",
        other.password,
        marie.password.upper(),
        "' OR 1=1",
    ):
        assert not opens(engines, marie.mailbox, password)


def test_an_expired_application_password_opens_nothing(engines: LiveEngines, marie: Someone) -> None:
    engines.change(marie, app_keys=(AppKey(digest(marie.password), int(time.time()) - 1),))
    assert not opens(engines, marie.mailbox, marie.password)


def test_a_withdrawn_application_password_is_dead_at_once(engines: LiveEngines, marie: Someone) -> None:
    assert opens(engines, marie.mailbox, marie.password)
    engines.change(marie, app_keys=())
    assert not opens(engines, marie.mailbox, marie.password)


def test_a_listed_token_opens_its_box_by_both_mechanisms(engines: LiveEngines, marie: Someone) -> None:
    token = engines.token(marie.mailbox)
    assert token_opens(engines, marie.mailbox, token)
    with engines.imap() as client:
        words = f"user={marie.mailbox}\x01auth=Bearer {token}\x01\x01".encode()
        assert client.authenticate("XOAUTH2", lambda _: words)[0] == "OK"


def test_a_programs_token_opens_under_the_address_it_says_and_sends_as_the_mailbox(
    engines: LiveEngines, marie: Someone
) -> None:
    token = engines.token(marie.mailbox, sub=marie.address)
    assert token_opens(engines, marie.address, token)
    words = f"user={marie.address}\x01auth=Bearer {token}\x01\x01"
    message = letter(marie.address, marie.address, "par jeton")
    with engines.submission() as client:
        client.ehlo()
        client.auth("XOAUTH2", lambda _=None: words, initial_response_ok=True)
        client.send_message(message)
    assert engines.found(marie, "par jeton")
    other = engines.someone()
    assert not token_opens(engines, other.address, token)
    assert not token_opens(engines, other.address, engines.token(marie.mailbox, sub=other.address))


def test_a_well_signed_token_that_is_not_listed_opens_nothing(engines: LiveEngines, marie: Someone) -> None:
    assert not token_opens(engines, marie.mailbox, engines.token(marie.mailbox, allowed=False))


def test_a_refused_token_is_dead_at_once_though_it_just_opened(engines: LiveEngines, marie: Someone) -> None:
    token = engines.token(marie.mailbox)
    assert token_opens(engines, marie.mailbox, token)
    engines.directory.refuse_tokens([digest(token)])
    assert not token_opens(engines, marie.mailbox, token)


@pytest.mark.parametrize(
    "wrong",
    [{"iss": "https://ailleurs.example"}, {"azp": "autre"}, {"exp": 1_000_000_000}],
    ids=["issuer", "client", "expired"],
)
def test_a_listed_token_with_a_wrong_claim_opens_nothing(
    engines: LiveEngines, marie: Someone, wrong: dict[str, Any]
) -> None:
    assert not token_opens(engines, marie.mailbox, engines.token(marie.mailbox, **wrong))


def test_a_token_opens_no_other_box(engines: LiveEngines, marie: Someone) -> None:
    other = engines.someone()
    assert not token_opens(engines, other.mailbox, engines.token(marie.mailbox))


def test_a_forged_token_opens_nothing(engines: LiveEngines, marie: Someone) -> None:
    header, claims, signature = engines.token(marie.mailbox).split(".")
    forged = f"{header}.{claims}.{signature[::-1]}"
    engines.directory.allow_token(marie.mailbox, digest(forged), int(time.time()) + 60)
    assert not token_opens(engines, marie.mailbox, forged)


def test_a_suspended_account_opens_by_no_means_and_still_receives(
    engines: LiveEngines, marie: Someone
) -> None:
    token = engines.token(marie.mailbox)
    engines.change(marie, active=False)
    assert not opens(engines, marie.mailbox, marie.password)
    assert not token_opens(engines, marie.mailbox, token)
    with engines.mx() as client:
        client.sendmail("a@dehors.example", [marie.address], "Subject: attends\r\n\r\nbonjour\r\n")
    engines.directory.put([replace(marie.expected, active=True)])
    assert engines.found(marie, "attends")


@pytest.fixture
def unhurried(engines: LiveEngines) -> Iterator[LiveEngines]:
    """Who is refused waits as in production."""
    file = dovecot.folder(engines.config) / "dovecot.conf"
    engines.end("dovecot")
    dovecot.prepare(engines.config)
    assert "\nauth_failure_delay = 2s\n" in file.read_text(encoding="utf-8")
    engines.start_dovecot()
    yield engines
    engines.end("dovecot")
    engines.set_failure_delay("0")
    engines.start_dovecot()


def test_unknown_and_wrong_are_told_in_the_same_words_and_the_same_time(
    unhurried: LiveEngines, marie: Someone
) -> None:
    seen: dict[str, tuple[set[str], list[float]]] = {}
    for name in (marie.mailbox, "inconnu.personne@ac-amiens.test") * 3:
        with unhurried.imap() as client:
            began = time.monotonic()
            with pytest.raises(REFUSED) as refused:
                client.login(name, "faux-faux-faux")
            words, times = seen.setdefault(name, (set(), []))
            words.add(str(refused.value))
            times.append(time.monotonic() - began)
    (first_words, first_times), (second_words, second_times) = seen.values()
    assert first_words == second_words
    # the least of each: others of this machine only add, a delay of one and not of the other is two seconds
    assert abs(min(first_times) - min(second_times)) < 0.5
    assert min(first_times) > 1


def test_one_who_fails_does_not_slow_the_others_of_the_same_address(
    engines: LiveEngines, marie: Someone
) -> None:
    def seconds() -> float:
        for _ in range(3):
            assert not opens(engines, marie.mailbox, "faux")
        began = time.monotonic()
        assert opens(engines, marie.mailbox, marie.password)
        return time.monotonic() - began

    assert any(seconds() < 1 for _ in range(3))  # slowed each time if at all: others of this machine are not


def test_cutting_closes_the_open_connections_of_that_box_only(engines: LiveEngines, marie: Someone) -> None:
    other = engines.someone()
    theirs, again, others = (engines.signed_in(who) for who in (marie, marie, other))
    engines.doveadm.cut(marie.mailbox)
    for client in (theirs, again):
        with pytest.raises((imaplib.IMAP4.abort, OSError)):
            client.noop()
        client.shutdown()
    assert others.noop()[0] == "OK"
    others.logout()
    engines.doveadm.cut(marie.mailbox)
