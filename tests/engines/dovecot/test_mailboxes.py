"""What every mailbox offers to the webmail and to mail programs."""

import base64
import imaplib
import io
import secrets
import socket
import stat

import pytest
from tests.engines.live import LiveEngines, Someone, letter

from vaguemestre.engines.dovecot.quota import QuotaUse
from vaguemestre.engines.home_alias import sockets
from vaguemestre.engines.system_users import system_user
from vaguemestre.foundation.kernel.errors import EngineRefused

pytestmark = pytest.mark.engines


@pytest.fixture
def marie(engines: LiveEngines) -> Someone:
    return engines.someone()


def test_the_capabilities_relied_on_are_there(engines: LiveEngines, marie: Someone) -> None:
    wanted = (
        "CONDSTORE", "QRESYNC", "THREAD=REFS", "SORT", "ESEARCH", "ESORT", "MOVE", "SPECIAL-USE", "NOTIFY",
        "PREVIEW", "QUOTA", "UIDPLUS", "MULTIAPPEND", "IDLE", "ID", "UTF8=ACCEPT", "LITERAL+",
        "LIST-STATUS", "SAVEDATE", "REPLACE",
    )  # fmt: skip
    with engines.signed_in(marie) as client:
        offered = client.capability()[1][0].decode().split()
    assert [name for name in wanted if name not in offered] == []


def test_the_special_folders_are_there_from_the_start_and_the_virtual_box_is_not_listed(
    engines: LiveEngines, marie: Someone
) -> None:
    with engines.signed_in(marie) as client:
        listed = b"\n".join(client.list()[1]).decode()  # type: ignore[arg-type]
        subscribed = b"\n".join(client.lsub()[1]).decode()
        assert client.select("Virtuel/All")[0] == "OK"
    for name in ("Drafts", "Sent", "Archive", "Junk", "Trash"):
        assert f"\\{name}" in listed
        assert name in subscribed
    assert "Virtuel" not in listed


def test_nothing_outside_the_quota_is_stored_beside_messages(engines: LiveEngines, marie: Someone) -> None:
    """Entries of METADATA have neither a size nor a number."""
    with engines.signed_in(marie) as client:
        assert "METADATA" not in client.capability()[1][0].decode().split()
        assert client.xatom("SETMETADATA", "INBOX", '(/private/vendor/x "x")')[0] == "NO"


@pytest.mark.parametrize("act", ["delete", "empty", "rename"])
def test_the_box_of_all_mail_takes_no_message_away(engines: LiveEngines, marie: Someone, act: str) -> None:
    with engines.signed_in(marie) as client:
        client.append("INBOX", "", "", b"Subject: pr\r\n\r\nx")
        if act == "delete":
            assert client.delete("Virtuel/All")[0] == "NO"
        elif act == "rename":
            assert client.rename("Virtuel/All", "Tout")[0] == "NO"
        else:
            client.select("Virtuel/All")
            client.store("1:*", "+FLAGS.SILENT", "\\Deleted")
            client.expunge()
        assert client.select("INBOX")[1] == [b"1"]


def test_the_box_of_all_mail_has_everything_but_trash_and_junk(engines: LiveEngines, marie: Someone) -> None:
    with engines.signed_in(marie) as client:
        for folder in ("INBOX", "Sent", "Archive", "Trash", "Junk"):
            client.append(folder, "", "", f"Subject: dans {folder}\r\n\r\ntexte".encode())
        client.select("Virtuel/All", readonly=True)
        shown = client.fetch("1:*", "(X-MAILBOX X-REAL-UID)")[1]
    assert {line.split()[2] for line in shown} == {b"INBOX", b"Sent", b"Archive"}  # type: ignore[union-attr]


def test_words_are_found_without_their_accents(engines: LiveEngines, marie: Someone) -> None:
    with engines.signed_in(marie) as client:
        client.append(
            "INBOX", "", "", letter("a@b.example", "c@d.example", "essai", "Le baccalauréat").as_bytes()
        )
        client.select("INBOX", readonly=True)
        for word in ("baccalaureat", "bacc"):
            assert client.search(None, "BODY", word)[1] == [b"1"]
        assert client.search(None, "BODY", "zinzolin")[1] == [b""]


@pytest.mark.parametrize("apostrophe", ["'", "’"])
def test_a_word_is_found_behind_an_article_that_lost_its_vowel(
    engines: LiveEngines, marie: Someone, apostrophe: str
) -> None:
    text = f"Bonjour, je vous écris pour l{apostrophe}élève et le cours d{apostrophe}histoire."
    with engines.signed_in(marie) as client:
        client.append("INBOX", "", "", letter("a@b.example", "c@d.example", "essai", text).as_bytes())
        client.select("INBOX", readonly=True)
        for word in ("eleve", "eleves", "histoire", f"l{apostrophe}eleve", "l'eleve"):
            client.literal = word.encode()  # type: ignore[assignment]
            assert client.search("UTF-8", "BODY")[1] == [b"1"], word


def test_what_the_filter_called_spam_is_filed_in_junk(engines: LiveEngines, marie: Someone) -> None:
    engines.arrive(marie.address, letter("a@b.example", marie.address, "gagnez", X_Spam_Flag="YES"))
    assert engines.found(marie, "gagnez", "Junk")


def test_a_full_box_refuses_and_can_still_be_emptied(engines: LiveEngines) -> None:
    marie = engines.someone(quota_mb=1)
    big = letter("a@b.example", marie.address, "gros", "x" * 70 + "\n" + "y" * 700_000)
    with engines.signed_in(marie) as client:
        assert client.append("INBOX", "", "", big.as_bytes())[0] == "OK"
        typ, words = client.append("INBOX", "", "", big.as_bytes())
        assert (typ, b"OVERQUOTA" in words[0]) == ("NO", True)
        client.select("INBOX")
        assert client.copy("1", "Trash")[0] == "OK"
    use = engines.doveadm.quota(marie.mailbox)
    assert isinstance(use, QuotaUse)
    assert use.limit_bytes == 1024 * 1024
    assert use.used_bytes > 700_000


def test_an_index_is_made_on_request_and_an_unknown_box_is_refused(
    engines: LiveEngines, marie: Someone
) -> None:
    engines.doveadm.index(marie.mailbox)
    engines.doveadm.index_later(marie.mailbox)
    with pytest.raises(EngineRefused):
        engines.doveadm.index("inconnu@ac-amiens.test")


@pytest.mark.parametrize("odd", ["*", "a?b", "-A", ""])
def test_a_mask_never_cuts_others_off(engines: LiveEngines, odd: str) -> None:
    with pytest.raises(EngineRefused):
        engines.doveadm.cut(odd)


def test_rules_are_put_by_managesieve_with_an_application_password(
    engines: LiveEngines, marie: Someone
) -> None:
    plain = base64.b64encode(f"\0{marie.address}\0{marie.password}".encode()).decode()
    script = (
        'require ["fileinto","mailbox"];'
        ' if header :contains "Subject" "classe" { fileinto :create "Classe"; }'
    )
    with socket.create_connection(("127.0.0.1", engines.config.ports.managesieve), 10) as peer:
        lines = peer.makefile("rwb")
        _until_answer(lines)
        for command in (
            f'AUTHENTICATE "PLAIN" "{plain}"',
            f'PUTSCRIPT "regles" {{{len(script)}+}}\r\n{script}',
            'SETACTIVE "regles"',
        ):
            lines.write(f"{command}\r\n".encode())
            lines.flush()
            assert _until_answer(lines).startswith(b"OK")
        lines.close()
    engines.deliver(marie.address, letter("a@b.example", marie.address, "conseil de classe"))
    assert engines.found(marie, "conseil de classe", "Classe")


def test_rules_of_a_shared_mailbox_are_put_by_no_program(engines: LiveEngines) -> None:
    name = f"ce.{secrets.token_hex(4)}@{engines.config.academy.domain}"
    box = engines.someone(name, names=(name,), receives=(name,), sends=(name,))
    with engines.signed_in(box) as client:
        assert client.select("INBOX")[0] == "OK"
    plain = base64.b64encode(f"\0{name}\0{box.password}".encode()).decode()
    with socket.create_connection(("127.0.0.1", engines.config.ports.managesieve), 30) as peer:
        lines = peer.makefile("rwb")
        _until_answer(lines)
        lines.write(f'AUTHENTICATE "PLAIN" "{plain}"\r\n'.encode())
        lines.flush()
        assert _until_answer(lines).startswith(b"NO")
        lines.close()


def _until_answer(lines: io.BufferedRWPair) -> bytes:
    while True:
        line = lines.readline()
        if not line or line.startswith((b"OK", b"NO", b"BYE")):
            return bytes(line)


def test_a_client_may_say_who_it_is(engines: LiveEngines, marie: Someone) -> None:
    imaplib.Commands["ID"] = ("AUTH", "SELECTED", "NONAUTH")
    with engines.signed_in(marie) as client:
        assert client._simple_command("ID", '("name" "essai")')[0] == "OK"


def test_nobody_else_asks_which_folders_there_are_to_index(engines: LiveEngines) -> None:
    seen = (sockets(engines.config) / "indexer").stat()
    assert (stat.S_IMODE(seen.st_mode), seen.st_uid) == (0o600, system_user().pw_uid)
