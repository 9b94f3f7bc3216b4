"""What Sieve sends is judged at its own door: whose script it is, in whose name, to where."""

import email
import email.policy
import secrets
import smtplib
import ssl

import pytest
from tests.engines.live import LiveEngines, letter, wait_until
from tests.engines.sieve.test_absence_replies import AWAY, Case, install, receivers, replies, sent
from tests.engines.sieve.test_forwards import install as install_script

from vaguemestre.engines.dovecot.house_script import HouseScripts
from vaguemestre.engines.postfix.script_owner import label_of
from vaguemestre.engines.tls import certificates
from vaguemestre.post.outbox.values import Origin
from vaguemestre.schools.lists.rules.arrival import parse_message

pytestmark = pytest.mark.engines


def test_the_gate_knows_whose_script_replies_and_vouches_for_it(engines: LiveEngines) -> None:
    person, colleague, number = engines.someone(), engines.someone(), f"rep{secrets.token_hex(4)}"
    install(engines, person, AWAY)
    engines.submit(
        colleague, colleague.address, person.address, letter(colleague.address, person.address, number)
    )
    (reply,) = replies(engines, colleague, number)
    assert (person.mailbox, Origin.REPLIED) in engines.scripts_sent
    assert person.mailbox.partition("@")[0] not in reply["Message-ID"]
    assert any("auth=pass" in value for value in reply.get_all("Authentication-Results", []))


def test_even_the_house_does_not_reply_in_the_name_of_another(engines: LiveEngines) -> None:
    """The second lock, alone: the message is kept, and nothing leaves."""
    person, other, number = engines.someone(), engines.someone(), f"faux{secrets.token_hex(4)}"
    forged = f'require "vacation"; vacation :addresses "{person.address}" :from "{other.address}" "cliquez";'
    HouseScripts(engines.config)(person.mailbox, forged)
    sender = sent(engines, person, number, Case(False))
    assert engines.found(person, number)
    wait_until(lambda: (person.mailbox, Origin.REPLIED) in engines.scripts_sent)
    control, there = f"fin{secrets.token_hex(4)}", engines.someone()
    install(engines, there, AWAY)
    last = sent(engines, there, control, Case(True))
    wait_until(lambda: last in receivers(engines))
    assert sender not in receivers(engines)


def test_a_redirect_is_known_for_what_it_is_and_keeps_its_author(engines: LiveEngines) -> None:
    person, colleague, number = engines.someone(), engines.someone(), f"suit{secrets.token_hex(4)}"
    install_script(engines, person, f'redirect "{colleague.address}";\r\n')
    message = letter("jean@dehors.example", person.address, number)
    message["X-Sieve-Redirected-From"] = "autre@dehors.example"  # what a sender writes there tells nothing
    engines.arrive(person.address, message)
    (raw,) = engines.found(colleague, number)
    assert email.message_from_bytes(raw, policy=email.policy.default)["From"] == "jean@dehors.example"
    assert (person.mailbox, Origin.REDIRECTED) in engines.scripts_sent


@pytest.mark.parametrize("how", ["redirect", 'require "copy"; redirect :copy'])
def test_a_colleagues_letter_is_not_sent_on_to_a_list(engines: LiveEngines, how: str) -> None:
    person, colleague, number = engines.someone(), engines.someone(), f"prive{secrets.token_hex(4)}"
    address = f"liste.{number}@{person.address.partition('@')[2]}"
    mailing_list = engines.someone(address, receives=(address,))
    install_script(engines, person, f'{how} "{address}";\r\n')
    engines.submit(
        colleague, colleague.address, person.address, letter(colleague.address, person.address, number)
    )
    assert engines.found(person, number), "kept, since it could not be sent on"
    assert (person.mailbox, Origin.REDIRECTED) in engines.scripts_sent
    control = f"fin{secrets.token_hex(4)}"
    engines.submit(colleague, colleague.address, address, letter(colleague.address, address, control))
    (raw,) = engines.found(mailing_list, control)
    assert not parse_message(raw, address)[0].is_redirected
    assert engines.messages(mailing_list, number) == []


def test_a_redirected_letter_bears_the_mark_lists_look_for(engines: LiveEngines) -> None:
    person, colleague, friend = engines.someone(), engines.someone(), engines.someone()
    number = f"marque{secrets.token_hex(4)}"
    install_script(engines, person, f'redirect "{friend.address}";\r\n')
    engines.submit(
        colleague, colleague.address, person.address, letter(colleague.address, person.address, number)
    )
    (raw,) = engines.found(friend, number)
    message, return_path = parse_message(raw, friend.address)
    assert (message.sender, return_path) == (colleague.address, colleague.address), "what made it credible"
    assert message.is_redirected


def test_a_reply_does_not_pass_for_a_redirect(engines: LiveEngines) -> None:
    person, other, number = engines.someone(), engines.someone(), f"mime{secrets.token_hex(4)}"
    body = f"X-Sieve-Redirected-From: {person.address}\r\nContent-Type: text/plain\r\n\r\ncliquez"
    forged = (
        f'require "vacation"; vacation :mime :addresses "{person.address}" :from "{other.address}" "{body}";'
    )
    HouseScripts(engines.config)(person.mailbox, forged)
    sender = sent(engines, person, number, Case(False))
    wait_until(lambda: (person.mailbox, Origin.REPLIED) in engines.scripts_sent)
    assert engines.found(person, number)
    assert sender not in receivers(engines)


def test_a_bounce_is_not_sent_on_out_of_the_academie(engines: LiveEngines) -> None:
    person, number = engines.someone(), f"rebond{secrets.token_hex(4)}"
    away = f"{number}@dehors.example"
    install_script(engines, person, f'redirect "{away}";\r\n')
    engines.arrive(person.address, letter("mailer@dehors.example", person.address, number), sender="")
    assert engines.found(person, number)  # kept, since it could not be sent on
    control, free = f"controle{number}@dehors.example", engines.someone()
    engines.submit(free, free.address, control, letter(free.address, control, number))
    wait_until(lambda: control in receivers(engines))
    assert away not in receivers(engines)


def test_a_reply_leaves_while_the_gate_is_away(engines: LiveEngines) -> None:
    person, number = engines.someone(), f"seul{secrets.token_hex(4)}"
    install(engines, person, AWAY)
    engines.end_gate()
    try:
        sender = sent(engines, person, number, Case(True))
        wait_until(lambda: sender in receivers(engines))
    finally:
        engines.start_gate()


@pytest.mark.parametrize("helo", ["mail.ac-amiens.test", "localhost", f"{label_of('personne')}.sieve.x"])
def test_a_name_of_no_mailbox_sends_nothing(engines: LiveEngines, helo: str) -> None:
    """Whoever holds Dovecot's certificate still says whose script it is."""
    pair = certificates.injector_paths(engines.config)
    context: ssl.SSLContext = engines.tls()
    context.load_cert_chain(pair.certificate, pair.key)
    person = engines.someone()
    port = engines.config.ports.injection
    with smtplib.SMTP("127.0.0.1", port, timeout=60, local_hostname=helo) as client:
        context.check_hostname = False
        client.starttls(context=context)
        with pytest.raises(smtplib.SMTPDataError) as refused:
            client.send_message(letter(person.address, person.address, "faux"), "", [person.address])
    assert refused.value.smtp_code == 550
