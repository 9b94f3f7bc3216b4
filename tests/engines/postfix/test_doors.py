"""The three doors of Postfix: what each accepts, and what each refuses for good."""

import email
import smtplib
import socket
from email.header import decode_header, make_header
from email.utils import getaddresses
from pathlib import Path

import pytest
from tests.engines.live import LiveEngines, Someone, digest, letter

from vaguemestre.engines.postfix.mailboxes import has_mailbox
from vaguemestre.foundation.kernel.seals import seal_of
from vaguemestre.people.provisioning.values import AppKey
from vaguemestre.post.outbox.values import SignerName
from vaguemestre.site.config import Config

pytestmark = pytest.mark.engines


@pytest.fixture
def marie(engines: LiveEngines) -> Someone:
    return engines.someone()


def refusal(error: smtplib.SMTPException) -> tuple[int, str]:
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        code, words = next(iter(error.recipients.values()))
        return code, words.decode()
    assert isinstance(error, smtplib.SMTPResponseException)
    said = error.smtp_error
    return error.smtp_code, said.decode() if isinstance(said, bytes) else said


def arriving(engines: LiveEngines, sender: str, to: str) -> tuple[int, str]:
    with pytest.raises(smtplib.SMTPException) as refused:
        engines.arrive(to, letter(sender, to, "refusé"), sender)
    return refusal(refused.value)


def submitting(engines: LiveEngines, who: Someone, sender: str, to: str) -> tuple[int, str]:
    with pytest.raises(smtplib.SMTPException) as refused:
        engines.submit(who, sender, to, letter(sender, to, "refusé"))
    return refusal(refused.value)


def test_mail_from_outside_arrives_under_every_address_and_sub_address(
    engines: LiveEngines, marie: Someone
) -> None:
    name, _, domain = marie.address.partition("@")
    for address in (*marie.expected.receives, f"{name}+ecole@{domain}", marie.address.upper()):
        engines.arrive(address, letter("a@b.example", address, f"pour {address[:3]}"))
    assert len(engines.found(marie, "pour anc")) == 1
    assert len(engines.found(marie, "pour mar")) >= 1


@pytest.mark.parametrize(
    ("to", "code"),
    [
        ("personne.inconnue@ac-amiens.test", 550),
        ("b@ailleurs.example", 554),
        ("b@exterieur.test", 554),
        ("b%ailleurs.example@ac-amiens.test", 554),
        ("@ailleurs.example:marie@ac-amiens.test", 550),
    ],
)
def test_the_mx_refuses_for_good(engines: LiveEngines, to: str, code: int) -> None:
    with engines.mx() as client:
        client.ehlo()
        client.mail("a@dehors.example")
        assert client.docmd(f"RCPT TO:<{to}>")[0] == code


def test_the_mx_offers_no_authentication_even_under_tls(engines: LiveEngines, marie: Someone) -> None:
    with engines.mx() as client:
        client.ehlo()
        assert "auth" not in client.esmtp_features
        client.starttls(context=engines.tls())
        client.ehlo()
        assert "auth" not in client.esmtp_features
        assert client.docmd("AUTH", "PLAIN AAAA")[0] == 503


def test_nobody_signs_as_one_of_us_without_signing_in(engines: LiveEngines, marie: Someone) -> None:
    assert arriving(engines, marie.address, marie.address)[0] == 553


@pytest.mark.parametrize("author", ["From: Tony <t @ ac.test>", "Sender:t@ ac.test"])
def test_an_author_that_programs_read_differently_is_refused(
    engines: LiveEngines, marie: Someone, author: str
) -> None:
    content = f"Subject: x\r\n{author}\r\n\r\nx\r\n".encode()
    with engines.mx() as client, pytest.raises(smtplib.SMTPDataError) as refused:
        client.sendmail("jean@dehors.example", [marie.address], content)
    assert refused.value.smtp_code == 550
    with engines.mx() as client:  # what is said of an address in a name is nobody's address
        honest = b'From: "Tony (t @ home)" <t@dehors.example>\r\nSubject: x\r\n\r\nx\r\n'
        client.sendmail("jean@dehors.example", [marie.address], honest)


@pytest.mark.parametrize(
    "sender",
    ["rectrice@ac-amiens.test", "Rectrice@AC-Amiens.TEST", '"a b"@ac-amiens.test', "a+b@ac-amiens.test"],
)
def test_no_address_of_our_domain_is_an_envelope_sender_from_outside(
    engines: LiveEngines, marie: Someone, sender: str
) -> None:
    with engines.mx() as client:
        client.ehlo()
        client.mail(sender)
        assert client.rcpt(marie.address)[0] == 553


@pytest.mark.parametrize(
    ("domain", "code"),
    [
        ("ailleurs.ac-amiens.test", 250),
        ("x.ac-amiens.test", 553),
        ("X.Ailleurs.AC-Amiens.test", 553),
        ("xac-amiens.test", 250),
        ("ac-amiens.test.example", 250),
    ],
)
def test_nobody_sends_from_below_our_domain_but_who_is_listed(
    engines: LiveEngines, marie: Someone, domain: str, code: int
) -> None:
    with engines.mx() as client:
        client.ehlo()
        client.mail(f"robot@{domain}")
        assert client.rcpt(marie.address)[0] == code


@pytest.mark.parametrize(
    ("detail", "envelope"), [("", ""), ("+sorties", "same"), ("+sorties", "plain"), ("", "detail")]
)
def test_ones_own_letters_are_sealed_whatever_their_envelope(
    engines: LiveEngines, marie: Someone, detail: str, envelope: str
) -> None:
    other, (name, _, domain) = engines.someone(), marie.address.partition("@")
    author = f"{name}{detail}@{domain}"
    sender = {"": "", "same": author, "plain": marie.address, "detail": f"{name}+x@{domain}"}[envelope]
    subject = f"scellé {detail} {envelope or 'vide'}"
    message = letter(f"Marie <{author}>", other.address, digest(subject)[:12], "é" * 1200 + "\n\nfin  \n")
    with engines.submission() as client:
        client.login(marie.mailbox, marie.password)
        client.sendmail(sender, [other.address], message.as_bytes(policy=email.policy.SMTP))
    (found,) = engines.found(other, digest(subject)[:12])
    assert f"policy.seal={seal_of(found, engines.seal_key(), author)}".encode() in found


def test_a_letter_without_date_nor_identifier_and_with_long_lines_is_sealed_as_it_arrives(
    engines: LiveEngines, marie: Someone
) -> None:
    other = engines.someone()
    content = f"From: {marie.address}\r\nSubject: sans date\r\n\r\n{'x' * 3000}\r\n.\r\n..\r\nfin"
    with engines.submission() as client:
        client.login(marie.mailbox, marie.password)
        client.sendmail(marie.address, [other.address], content)
    (found,) = engines.found(other, "sans date")
    assert f"policy.seal={seal_of(found, engines.seal_key(), marie.address)}".encode() in found
    assert b"\nDate: " in found


LONG = "Élisabeth Constance de la Rochefoucauld-Montmorency d’Arc, née Lefèbvre-Dupont du Bois"


@pytest.mark.parametrize("name", ["Marie Dupont", LONG])
def test_a_letter_leaves_under_the_directorys_name_and_sealed_so(
    engines: LiveEngines, marie: Someone, name: str
) -> None:
    other, subject = engines.someone(), f"nom {digest(name)[:8]}"
    engines.signers[marie.mailbox] = SignerName(name, (name,))
    mine = marie.address.replace("@ac", "@AC")
    content = (
        f"SENDER: {marie.address}\r\nTo: {other.address}\r\n"
        f"From: =?utf-8?q?Secr=C3=A9tariat_du?=\r\n =?utf-8?q?_recteur?=\r\n\t<{mine}>\r\n"
        f'Resent-From: "Rectorat (x)" <{marie.address}>\r\nSubject: {subject}\r\n'
        f"Sender: {marie.address} (Le recteur) (lui)\r\nResent-From: {marie.address}\r\n"
        "X-From: Rectorat <a@b.example>\r\n\r\nBonjour\r\n"
    )
    with engines.submission() as client:
        client.login(marie.mailbox, marie.password)
        client.sendmail(marie.address, [other.address], content)
    (found,) = engines.found(other, subject)
    arrived = email.message_from_bytes(found)

    def read(field: str) -> list[tuple[str, str]]:
        """Names (RFC 2047) and addresses of a field."""
        pairs = getaddresses([value.replace("\n", "") for value in arrived.get_all(field, [])])
        return [(str(make_header(decode_header(name))), address) for name, address in pairs]

    plain, full = ("", marie.address), (name, marie.address)
    assert read("From") == [(name, mine)]
    assert read("Sender") == [plain, full]
    assert read("Resent-From") == [full, plain]
    assert arrived["X-From"] == "Rectorat <a@b.example>"
    assert f"policy.seal={seal_of(found, engines.seal_key(), marie.address)}".encode() in found
    assert b"ecteur" not in found


def test_a_message_too_big_is_refused_at_the_first_word(engines: LiveEngines, marie: Someone) -> None:
    with engines.mx() as client:
        client.ehlo()
        assert client.docmd("MAIL", "FROM:<a@b.example> SIZE=20971521")[0] == 552
        assert client.docmd("MAIL", "FROM:<a@b.example> SIZE=20971520")[0] == 250


def test_authentication_waits_for_tls(engines: LiveEngines, marie: Someone) -> None:
    with smtplib.SMTP("localhost", engines.config.ports.submission, timeout=60) as client:
        client.ehlo()
        assert "auth" not in client.esmtp_features
        assert client.docmd("AUTH", "PLAIN AAAA")[0] == 530
        assert client.docmd("MAIL", f"FROM:<{marie.address}>")[0] == 530


def test_one_sends_by_both_doors_with_an_application_password(engines: LiveEngines, marie: Someone) -> None:
    other = engines.someone()
    engines.submit(marie, marie.address, other.address, letter(marie.address, other.address, "par 587"))
    with smtplib.SMTP_SSL("localhost", engines.config.ports.submissions, context=engines.tls()) as client:
        client.login(marie.expected.names[1], marie.password)
        client.send_message(letter(marie.address, other.address, "par 465"), marie.address, other.address)
    assert engines.found(other, "par 587")
    assert engines.found(other, "par 465")


def test_who_signed_in_is_vouched_for_and_what_a_message_says_of_itself_is_taken_away(
    engines: LiveEngines, marie: Someone
) -> None:
    other, ours = engines.someone(), f"mail.{engines.config.academy.domain}"
    false = f"{ours}; auth=pass smtp.mailfrom={other.address}; dmarc=pass header.from=b.example"
    sent = letter(
        marie.address, other.address, "vouched", Authentication_Results=false, Vaguemestre_Arrival="autre"
    )
    engines.submit(marie, marie.address, other.address, sent)
    engines.arrive(
        other.address,
        letter(
            "a@b.example",
            other.address,
            "pretended",
            Authentication_Results=false,
            Vaguemestre_Arrival="autre",
        ),
    )
    (mine,) = engines.found(other, "vouched")
    said = email.message_from_bytes(mine).get_all("Authentication-Results")
    seal = seal_of(mine, engines.seal_key(), marie.address)
    voucher = f"auth=pass smtp.mailfrom={marie.address} header.from={marie.address} policy.seal={seal}"
    assert said == [f"{ours}; {voucher}"]
    assert email.message_from_bytes(mine)["Vaguemestre-Arrival"] is None
    (pretended,) = engines.found(other, "pretended")
    arrived = email.message_from_bytes(pretended)
    assert arrived["Authentication-Results"] is None
    assert arrived.get_all("Vaguemestre-Arrival") == ["mx"]


def test_one_sends_with_a_token_until_it_is_refused(engines: LiveEngines, marie: Someone) -> None:
    token = engines.token(marie.mailbox)
    words = f"n,a={marie.mailbox},\x01auth=Bearer {token}\x01\x01"
    with engines.submission() as client:
        client.ehlo()
        assert client.auth("OAUTHBEARER", lambda _=None: words)[0] == 235
        assert client.mail(marie.address)[0] == 250
        assert client.rcpt("a@ailleurs.example")[0] == 250
    engines.directory.refuse_tokens([digest(token)])
    with engines.submission() as client:
        client.ehlo()
        with pytest.raises(smtplib.SMTPAuthenticationError):
            client.auth("OAUTHBEARER", lambda _=None: words)


def test_nobody_sends_as_somebody_else(engines: LiveEngines, marie: Someone) -> None:
    other = engines.someone()
    for sender in (other.address, other.mailbox, marie.expected.receives[1], "a@dehors.example"):
        assert submitting(engines, marie, sender, "a@ailleurs.example")[0] == 553


def test_a_sub_address_of_ones_own_is_ones_own(engines: LiveEngines, marie: Someone) -> None:
    name, _, domain = marie.address.partition("@")
    sender = f"{name}+ecole@{domain}"
    engines.submit(marie, sender, marie.address, letter(sender, marie.address, "sous-adresse"))
    assert engines.found(marie, "sous-adresse")


@pytest.mark.parametrize("password", ["02E9912345678", ""])
def test_only_an_application_password_or_a_token_sends(
    engines: LiveEngines, marie: Someone, password: str
) -> None:
    unknown = Someone(engines.someone().expected, password)
    told = set()
    for who in (marie.mailbox, unknown.mailbox, "inconnu@ac-amiens.test"):
        with engines.submission() as client, pytest.raises(smtplib.SMTPAuthenticationError) as refused:
            client.login(who, password)
        told.add(refusal(refused.value))
    assert len(told) == 1
    assert next(iter(told))[0] == 535


def test_a_suspended_account_sends_nothing(engines: LiveEngines, marie: Someone) -> None:
    engines.change(marie, active=False)
    assert submitting(engines, marie, marie.address, "a@ailleurs.example")[0] == 535


def test_an_unknown_colleague_is_told_at_once(engines: LiveEngines, marie: Someone) -> None:
    assert submitting(engines, marie, marie.address, "personne.inconnue@ac-amiens.test")[0] == 550


@pytest.mark.parametrize("ending", [b"\n.\n", b"\n.\r\n", b"\r\n.\n", b"\r.\r\n", b"\r\n\x00.\r\n"], ids=repr)
def test_no_message_hides_in_another(engines: LiveEngines, marie: Someone, ending: bytes) -> None:
    """SMTP smuggling: only CRLF . CRLF ends a message (RFC 5321 §4.1.1.4)."""
    subject = f"porteur {digest(repr(ending))[:8]}"
    hidden = f"MAIL FROM:<b@b.example>\r\nRCPT TO:<{marie.address}>\r\nDATA\r\nSubject: passager\r\n\r\nx"
    with socket.create_connection(("127.0.0.1", engines.config.ports.mx), 20) as peer:
        lines = peer.makefile("rb")
        lines.readline()
        for command in (
            "HELO dehors.example",
            "MAIL FROM:<a@b.example>",
            f"RCPT TO:<{marie.address}>",
            "DATA",
        ):
            peer.sendall(f"{command}\r\n".encode())
            lines.readline()
        peer.sendall(f"Subject: {subject}\r\n\r\nun".encode() + ending + hidden.encode() + b"\r\n.\r\n")
        assert lines.readline().startswith((b"250", b"550", b"521"))
        peer.sendall(b"QUIT\r\n")
        assert lines.read().count(b"250") == 0
        lines.close()
    engines.arrive(marie.address, letter("a@b.example", marie.address, f"repère {subject[8:]}"))
    engines.found(marie, f"{subject[8:]}")
    with engines.signed_in(marie) as client:
        client.select("INBOX", readonly=True)
        assert client.search(None, "SUBJECT", "passager")[1] == [b""]


def test_the_door_of_sieve_opens_to_nobody_else(engines: LiveEngines, marie: Someone) -> None:
    with smtplib.SMTP("localhost", engines.config.ports.injection, timeout=60) as client:
        client.ehlo()
        assert client.docmd("MAIL", f"FROM:<{marie.address}>")[0] == 530
        client.starttls(context=engines.tls())
        client.ehlo()
        client.mail(marie.address)
        assert client.rcpt(marie.address)[0] == 554


@pytest.mark.parametrize("has_sent", [True, False])
@pytest.mark.parametrize("end", ["key", "token", "suspended", "closed"])
def test_a_connection_opened_before_sends_no_more(engines: LiveEngines, end: str, *, has_sent: bool) -> None:
    """What opened it is withdrawn: the next message is refused, and the client has to sign in again.

    One that was silent until then is no younger for that.
    """
    person, other = engines.someone(), engines.someone()
    token = engines.token(person.mailbox)
    with engines.submission() as client:
        if end == "token":
            client.ehlo()
            first = f"n,a={person.mailbox},\x01auth=Bearer {token}\x01\x01"
            client.auth("OAUTHBEARER", lambda challenge=None: first, initial_response_ok=True)
        else:
            client.login(person.mailbox, person.password)
        if has_sent:
            client.send_message(letter(person.address, other.address, "avant"))
        match end:
            case "key":
                engines.change(person, app_keys=())
            case "token":
                engines.directory.refuse_tokens([digest(token)])
            case "suspended":
                engines.change(person, active=False)
            case _:
                engines.directory.drop([person.mailbox])
        with pytest.raises(smtplib.SMTPException) as refused:
            client.send_message(letter(person.address, other.address, "apres"))
    assert refusal(refused.value)[0] == (421 if end in ("key", "token") else 553)
    assert not has_sent or engines.found(other, "avant")
    with engines.signed_in(other) as client:
        client.select("INBOX", readonly=True)
        assert client.search(None, "SUBJECT", "apres")[1] == [b""]


def test_one_who_signs_in_again_after_a_key_was_withdrawn_sends(engines: LiveEngines) -> None:
    person, other = engines.someone(), engines.someone()
    engines.change(person, app_keys=(*person.expected.app_keys, AppKey(digest("autre"), 0)))
    engines.change(person)
    engines.submit(person, person.address, other.address, letter(person.address, other.address, "encore"))
    assert engines.found(other, "encore")


def test_postfix_says_which_addresses_have_a_mailbox(engines: LiveEngines, marie: Someone) -> None:
    assert has_mailbox(engines.config, marie.address.upper())
    assert not has_mailbox(engines.config, "personne.inconnue@ac-amiens.test")


def test_a_table_that_cannot_be_asked_is_no_missing_mailbox(tmp_path: Path) -> None:
    assert has_mailbox(Config(home=tmp_path), "personne.inconnue@ac-amiens.test")
