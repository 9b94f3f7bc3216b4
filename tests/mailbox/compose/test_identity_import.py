"""Signatures come along from Roundcube, SOGo and Zimbra, and stay their owner's."""

import json
from contextlib import suppress

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st
from tests.post.outbox.letters import NOON
from tests.processor import least_seconds

from vaguemestre.foundation.kernel.errors import Refusal
from vaguemestre.mailbox.compose import queries, services
from vaguemestre.mailbox.compose.rules.identity_import import read_identities
from vaguemestre.mailbox.compose.values import IdentityFields, Writer

PAGE = "/parametres/identites/importer"
SOGO = json.dumps(
    {
        "SOGoMailIdentities": [
            {
                "fullName": "Nadia Morel",
                "email": "N.Morel@ac-amiens.test",
                "signature": "<b>Nadia</b>",
                "isDefault": 1,
            },
            {
                "fullName": "Le rectorat",
                "email": "recteur@ac-amiens.test",
                "signature": "Nadia\nLettres",
                "replyTo": "x@dehors.example",
            },
            {"fullName": "Sans", "signature": ""},
        ]
    }
)
ROUNDCUBE = (
    "identity_id,user_id,standard,name,email,reply-to,signature,html_signature\n"
    '1,7,1,Nadia Morel,n.morel@ac-amiens.test,,"Nadia\n<Lettres>",0\n'
    "2,7,0,Nadia Morel,autre@exemple.fr,,<p>Professeure</p>,1\n"
)
ZIMBRA = (
    "# name Classique\nzimbraPrefMailSignature: Nadia Morel\nLettres\nzimbraSignatureId: 1-2\n"
    "zimbraSignatureName: Classique\n\n# name Riche\nzimbraPrefMailSignatureHTML: <div>Nadia</div>\n"
    "zimbraSignatureName: Riche\n"
)


@pytest.mark.parametrize(
    ("text", "name", "signatures"),
    [
        (SOGO, "preferences.json", ["<b>Nadia</b>", "Nadia<br>Lettres"]),
        (json.dumps({"SOGoMailSignature": "Nadia"}), "p.json", ["Nadia"]),
        (ROUNDCUBE, "identities.csv", ["Nadia<br>&lt;Lettres&gt;", "<p>Professeure</p>"]),
        (ROUNDCUBE.replace(",", "\t"), "identities.csv", ["Nadia<br>&lt;Lettres&gt;", "<p>Professeure</p>"]),
        (ZIMBRA, "gsig.txt", ["Nadia Morel<br>Lettres", "<div>Nadia</div>"]),
        ("Nadia\nLettres", "signature.txt", ["Nadia<br>Lettres"]),
        ("<p>Nadia</p>", "signature.html", ["<p>Nadia</p>"]),
    ],
)
def test_what_each_program_gives_is_read(text: str, name: str, signatures: list[str]) -> None:
    assert [one.signature for one in read_identities(text.encode(), name)] == signatures


@pytest.mark.parametrize(
    ("content", "name"),
    [
        (b"", "a.json"), (b"[]", "a.json"), (b"[1]", "a.json"), (b"3", "a.json"), (b"{}", "a.json"),
        (b"a", "a.csv"), (b"\xff\xfe", "a.txt"), (b"%PDF-", "a.pdf"), (b"[" * 9000, "a.json"),
        (b"x" * 600_000, "a.txt"),
    ],
)  # fmt: skip
def test_a_file_without_a_signature_is_refused(content: bytes, name: str) -> None:
    with pytest.raises(Refusal, match="signature-file"):
        read_identities(content, name)


def test_of_a_file_of_rows_the_first_ones_are_looked_at() -> None:
    """Rows of two octets under a hundred columns held the pages for a second."""
    rows = "x\n" * 2000
    with pytest.raises(Refusal, match="signature-file"):
        read_identities(f"name,signature\n{rows}jean,Jean\n".encode(), "a.csv")
    unsigned = ", ".join(["{}"] * 2000)
    with pytest.raises(Refusal, match="signature-file"):
        read_identities(f'[{unsigned}, {{"signature": "Jean"}}]'.encode(), "a.json")


@given(st.binary(max_size=200), st.sampled_from(["a.json", "a.csv", "a.txt", "a.html", "a"]))
def test_any_file_is_read_or_refused(content: bytes, name: str) -> None:
    with suppress(Refusal):
        assert all(one.signature.strip() for one in read_identities(content, name))


@pytest.mark.django_db
def test_they_are_kept_under_ones_own_name_and_address_once(writer: Writer) -> None:
    found = read_identities(SOGO.encode(), "p.json")
    assert services.import_identities(writer, found, by="account:1", now=NOON) == 2
    assert services.import_identities(writer, found, by="account:1", now=NOON) == 0
    first, second = queries.identities_of(writer)
    assert (first.is_default, second.is_default) == (True, False)
    assert {one.address for one in (first, second)} == {writer.address}
    assert second.name == writer.name  # « Le rectorat » is nobody
    assert second.reply_to == ""


@pytest.mark.django_db
def test_nothing_that_acts_comes_along(writer: Writer) -> None:
    hostile = IdentityFields(
        "", "", signed_with="own", signature='<img src="https://x.example/p"><script>x</script><b>N</b>'
    )
    services.import_identities(writer, [hostile], by="account:1", now=NOON)
    (kept,) = queries.identities_of(writer)
    assert "example" not in kept.signature
    assert "script" not in kept.signature
    assert "<b>N</b>" in kept.signature


@pytest.mark.django_db
def test_the_page_takes_a_file_and_says_what_is_wrong_with_another(browser: Client) -> None:
    assert Client().get(PAGE).status_code == 302
    assert browser.get(PAGE).status_code == 200
    done = browser.post(PAGE, {"file": SimpleUploadedFile("gsig.txt", ZIMBRA.encode())})
    assert done["Location"] == "/parametres/identites?fait"
    assert "Lettres" in browser.get("/parametres/identites").content.decode()
    wrong = browser.post(PAGE, {"file": SimpleUploadedFile("a.json", b"{}")})
    assert wrong.status_code == 422
    assert "Aucune signature n’a été trouvée" in wrong.content.decode()
    assert browser.post(PAGE).status_code == 422
    assert browser.put(PAGE).status_code == 405


@pytest.mark.parametrize(
    "content", [b"email,name" + b',"a' * 170_000 + b"\nx,y\n", b"a," * 100_000 + b"\n" + b"x\n" * 100_000]
)
def test_a_file_made_to_last_is_refused_in_a_moment(content: bytes) -> None:
    """Guessing its separator took a quarter of an hour of a worker that nothing could interrupt."""

    def read() -> None:
        with pytest.raises(Refusal):
            read_identities(content, "a.csv")

    assert least_seconds(read, 1.0) < 1.0


def test_tags_without_an_end_are_read_in_a_moment() -> None:
    content = json.dumps({"identities": [{"signature": "<a" * 200_000}]}).encode()
    assert least_seconds(lambda: read_identities(content, "a.json"), 1.0) < 1.0
