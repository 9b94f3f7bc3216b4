"""Nobody's name but one's own stands in From."""

from contextlib import suppress
from email.header import decode_header, make_header
from email.utils import getaddresses

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.processor import least_seconds

from vaguemestre.foundation.kernel.errors import Refusal
from vaguemestre.post.outbox.rules.authors import check_authors, correct_names, display_name, sole_address
from vaguemestre.post.outbox.rules.replies import smtp_reply
from vaguemestre.post.outbox.values import Decision, SignerName, Verdict

HIDDEN = (
    "recteur @ac-amiens.test",
    "recteur@ ac-amiens.test",
    "recteur @ ac-amiens . test",
    "recteur@\u200bac-amiens.test",
    "recteur\u2060@\ufeffac-amiens.test",
    "recteur@\u00adac-\u034famiens.test",
    "recteur\u00a0@\u2003ac-amiens.test",
    "recteur\u2800@\u2800ac-amiens.test",
    "recteur﹫ac-amiens。test",
    "recteur\u202e@ac-amiens.test",
    "recteur’@ac-amiens.test",
)
OWN = frozenset({"marie.dupont@ac-amiens.test", "ce.0800001a@ac-amiens.test"})


@pytest.mark.parametrize(
    "field",
    [
        "marie.dupont@ac-amiens.test",
        "Marie Dupont <Marie.Dupont@ac-amiens.test>",
        '"Dupont, Marie (SVT)" <marie.dupont@ac-amiens.test>',
        "=?utf-8?q?H=C3=A9l=C3=A8ne?= <marie.dupont@ac-amiens.test>",
        "Marie (au lycée (le soir)) <marie.dupont@ac-amiens.test>",
        "Marie\r\n Dupont\r\n\t<marie.dupont+sorties@ac-amiens.test>",
        "<ce.0800001a@ac-amiens.test>",
        '"marie.dupont@ac-amiens.test" <marie.dupont@ac-amiens.test>',
        '"Marie @ Jean-Macé" <marie.dupont@ac-amiens.test>',
        '"marie.dupont @ ac-amiens.test" <marie.dupont@ac-amiens.test>',
        '"marie.dupont@ac-amiens.test. SVT" <marie.dupont@ac-amiens.test>',
    ],
)
def test_ones_own_addresses_are_taken_however_they_are_written(field: str) -> None:
    check_authors([field], [], OWN)


@pytest.mark.parametrize(
    "field",
    [
        "recteur@ac-amiens.test",
        "marie.dupont@ac-amiens.test, recteur@ac-amiens.test",
        "recteur@ac-amiens.test <marie.dupont@ac-amiens.test>",
        "<recteur@ac-amiens.test> <marie.dupont@ac-amiens.test>",
        "Tous: marie.dupont@ac-amiens.test;",
        "Tous:;",
        "<@relais.test:marie.dupont@ac-amiens.test>",
        "marie.dupont@ac-amiens.test (recteur@x) recteur@ac-amiens.test",
        "marie.dupont@ac-amiens.test\nFrom: recteur@ac-amiens.test",
        "marie.dupont@ac-amiens.test\r",
        "\0<marie.dupont@ac-amiens.test>",
        '"ouvert <marie.dupont@ac-amiens.test>',
        "(ouvert marie.dupont@ac-amiens.test",
        "marie.dupont",
        "Rectorat <marie.dupont+é@ac-amiens.test>",
        "=?utf-8*x?Q?recteur=40ac-amiens.test?= <marie.dupont@ac-amiens.test>",
        "=?x?Q?recteur=40ac-amiens.test?= <marie.dupont@ac-amiens.test>",
        "=?utf-8?B?x?= <marie.dupont@ac-amiens.test>",
        "",
    ],
)
def test_anything_else_is_refused(field: str) -> None:
    with pytest.raises(Refusal):
        check_authors([field], [], OWN)


def test_two_from_fields_are_refused_even_if_both_are_ones_own() -> None:
    with pytest.raises(Refusal) as refused:
        check_authors([*OWN], [], OWN)
    assert refused.value.code == "outbox.from-twice"


def test_whoever_is_said_to_have_sent_it_must_be_oneself_too() -> None:
    check_authors(["ce.0800001a@ac-amiens.test"], ["marie.dupont@ac-amiens.test"], OWN)
    with pytest.raises(Refusal):
        check_authors(["marie.dupont@ac-amiens.test"], ["recteur@ac-amiens.test"], OWN)


def test_a_message_without_from_is_postfixs_to_complete() -> None:
    check_authors([], [], OWN)


@given(st.text(max_size=200))
def test_whatever_is_written_one_address_is_found_or_none(field: str) -> None:
    try:
        address = sole_address(field)
    except Refusal:
        return
    assert address.count("@") == 1
    assert not set(address) & set(' <>,;:()"\\\r\n\0')


@pytest.mark.parametrize(
    "field",
    [
        '"recteur@ac-amiens.test" <marie.dupont@ac-amiens.test>',
        '"Le recteur (recteur@ac-amiens.test)" <marie.dupont@ac-amiens.test>',
        "=?utf-8?q?recteur=40ac-amiens=2Etest?= <marie.dupont@ac-amiens.test>",
        "=?utf-8?B?cmVjdGV1cu+8oGFjLWFtaWVucy50ZXN0?= <marie.dupont@ac-amiens.test>",
        '"recteur＠ac-amiens.test" <marie.dupont@ac-amiens.test>',
        "=?utf-8?Q?Camille=0ABcc=3A_x=40y.example?= <marie.dupont@ac-amiens.test>",
        *(f'"{hidden}" <marie.dupont@ac-amiens.test>' for hidden in HIDDEN),
        "recteur =?utf-8?Q?=40?= ac-amiens.test <marie.dupont@ac-amiens.test>",
        "marie.dupont@ac-amiens.test (recteur @ac-amiens.test)",
    ],
)
def test_a_name_that_holds_somebody_elses_address_is_refused_with_a_sentence(field: str) -> None:
    with pytest.raises(Refusal) as refused:
        check_authors([field], [], OWN)
    assert refused.value.code == "outbox.name-holds-address"
    reply = smtp_reply(Verdict(Decision.REFUSE, refused.value.code))
    assert reply.startswith("550 5.7.1 Le nom d'expediteur contient une autre adresse")


MARIE = SignerName("Marie Lefèbvre-D’Arc", ("Lefèbvre-D’Arc", "Dupont"))
BOX = SignerName("Collège Jules Verne", ("Collège Jules Verne",))
MANY = SignerName(
    "Marie-Élisabeth Constance de la Rochefoucauld-Montmorency « d’Arc », née Lefèbvre", ("Lefèbvre",)
)


def read_back(field: str) -> tuple[str, str]:
    """The name and the address that a reader of RFC 5322 and 2047 sees."""
    ((name, address),) = getaddresses([field.replace("\r\n", "")], strict=True)
    return str(make_header(decode_header(name))), address


@pytest.mark.parametrize(
    "field",
    [
        "marie.dupont@ac-amiens.test",
        "<marie.dupont@ac-amiens.test>",
        '"" <marie.dupont@ac-amiens.test>',
        "Marie LEFEBVRE D'ARC <marie.dupont@ac-amiens.test>",
        '"lefebvre-darc, Marie (SVT)" <marie.dupont@ac-amiens.test>',
        "=?utf-8?q?Marie_Lef=C3=A8bvre=2DD=E2=80=99Arc?= <marie.dupont@ac-amiens.test>",
        "=?iso-8859-1?q?Mme_Lef=E8bvre?=\r\n =?iso-8859-1?q?=2DD=27Arc?= <marie.dupont@ac-amiens.test>",
        "Dupont Marie - Directrice <marie.dupont@ac-amiens.test>",
        "marie.dupont@ac-amiens.test (Marie Dupont)",
        "Marie Dupont (Rectorat) <marie.dupont@ac-amiens.test>",
        '"mdupont" <marie.dupont@ac-amiens.test>',
        '"m.martin@ac-amiens.test" <m.martin@ac-amiens.test>',
        "M. Martin <m.martin2@ac-amiens.test>",
        "Marie Lef\ufffdbvre-D\ufffdArc <marie.dupont@ac-amiens.test>",
        "M\u1d50\u1d49 Marie Dupont <marie.dupont@ac-amiens.test>",
        "Marie  Dupont   <marie.dupont@ac-amiens.test>",
        '"Dupont" "Marie" <marie.dupont@ac-amiens.test>',
        "marie.dupont2 <marie.dupont@ac-amiens.test>",
        "Le bureau des examens de Mme Dupont (DEC) <marie.dupont@ac-amiens.test>",
    ],
)
def test_ones_own_name_leaves_as_a_program_wrote_it(field: str) -> None:
    assert correct_names([field], MARIE) == ()


@pytest.mark.parametrize("signer", [MARIE, BOX, MANY])
@pytest.mark.parametrize(
    "field",
    [
        "Rectorat <marie.dupont@ac-amiens.test>",
        '"Mme B., prof de maths" <marie.dupont@ac-amiens.test>',
        '"Philippe Vasseur, Principal" <marie.dupont@ac-amiens.test>',
        "Philippe VASSEUR - Principal <marie.dupont@ac-amiens.test>",
        "Philippe\u200bVasseur <marie.dupont@ac-amiens.test>",
        "=?utf-8?q?Rectorat?= <marie.dupont@ac-amiens.test>",
        '"=?utf-8?q?Rectorat?=" <marie.dupont@ac-amiens.test>',
        "=?utf-8?q?Rectorat?=\r\n =?utf-8?q?_d=27Amiens?=\r\n <marie.dupont@ac-amiens.test>",
        "Rectorat (Dupond) <marie.dupont@ac-amiens.test>",
        "Rectorat (Dupont) <marie.dupont@ac-amiens.test>",
        "marie.dupont@ac-amiens.test (Rectorat)",
        "(Le) marie.dupont@ac-amiens.test (Rectorat (Amiens))",
        '<marie.dupont@ac-amiens.test> "Rectorat"',
        '"Rectorat"marie.dupont@ac-amiens.test',
        "Ректорат <marie.dupont@ac-amiens.test>",
        "Rectorat\ufffd <marie.dupont@ac-amiens.test>",
        "=?utf-8*dupont?Q?Rectorat?= <marie.dupont@ac-amiens.test>",
        "=?dupont?Q?Rectorat?= <marie.dupont@ac-amiens.test>",
        "=?utf-8?B?x?= dupont <marie.dupont@ac-amiens.test>",
        '"" (Rectorat) <marie.dupont@ac-amiens.test>',
        '"" ("Rectorat") <marie.dupont@ac-amiens.test>',
        "=?utf-8?q??= (Rectorat) <marie.dupont@ac-amiens.test>",
        f"Rectorat {'x ' * 900} <marie.dupont@ac-amiens.test>",
        f"\"Rectorat de l'academie d'Amiens{' ' * 80}dupont\" <marie.dupont@ac-amiens.test>",
        '"Rectorat    dupont" <marie.dupont@ac-amiens.test>',
        "Rectorat    dupont <marie.dupont@ac-amiens.test>",
        "=?utf-8?q?Rectorat=C2=A0=C2=A0=C2=A0=C2=A0dupont?= <marie.dupont@ac-amiens.test>",
        "Rectorat\u2800\u3164\u2800\u3164\u2800dupont <marie.dupont@ac-amiens.test>",
        "Rectorat de l'academie d'Amiens - Secretariat general - dupont <marie.dupont@ac-amiens.test>",
        "Rectorat d'Amiens \u1d48\u1d58\u1d56\u1d52\u207f\u1d57 <marie.dupont@ac-amiens.test>",
        "Rectorat \uff24\uff35\uff30\uff2f\uff2e\uff34 <marie.dupont@ac-amiens.test>",
        "Rectorat \U0001d41d\U0001d42e\U0001d429\U0001d428\U0001d427\U0001d42d <marie.dupont@ac-amiens.test>",
        "Rectorat dupontel <marie.dupont@ac-amiens.test>",
    ],
)
def test_any_other_name_leaves_as_the_directorys(field: str, signer: SignerName) -> None:
    ((written, corrected),) = correct_names([field, field], signer)
    assert written == field
    assert read_back(corrected) == (signer.shown, "marie.dupont@ac-amiens.test")
    assert all(len(line) <= 78 for line in f"From: {corrected}".split("\r\n"))
    assert corrected.isascii()
    assert correct_names([corrected.replace("\r\n", "\n")], signer) == (), "as Postfix hands it on"


@pytest.mark.parametrize("surname", ["Lê", "Re", "Иванов"])
@pytest.mark.parametrize("name", ["Rectorat de l\ufffdcole", "Rectorat", "Les recteurs"])
def test_a_short_surname_is_not_found_inside_other_words(surname: str, name: str) -> None:
    signer = SignerName(f"Anh {surname}", (surname,))
    assert len(correct_names([f"{name} <anh@ac-amiens.test>"], signer)) == 1


def test_a_short_surname_signs_as_a_word() -> None:
    signer = SignerName("Anh Lê", ("Lê",))
    for name in ("Anh LE", "Lê-Anh", '"Lê, Anh"', "=?utf-8?q?L=C3=AA_Anh?="):
        assert correct_names([f"{name} <anh@ac-amiens.test>"], signer) == ()


def test_the_address_is_left_as_it_was_written_and_each_field_is_corrected() -> None:
    fields = [
        "Rectorat <Marie.Dupont+Sorties@AC-Amiens.test>",
        "Dupont <m@ac-amiens.test>",
        "X <m@ac-amiens.test>",
    ]
    corrections = correct_names(fields, MARIE)
    assert [written for written, _ in corrections] == [fields[0], fields[2]]
    assert corrections[0].corrected.endswith("<Marie.Dupont+Sorties@AC-Amiens.test>")
    assert len(correct_names(["Rectorat <m.martin+x.rectorat@ac-amiens.test>"], MARIE)) == 1


def test_a_shared_mailbox_adds_to_its_title_and_leaves_nothing_of_it_out() -> None:
    assert correct_names(["COLLEGE Jules-Verne - Vie scolaire <ce.0801234a@ac-amiens.test>"], BOX) == ()
    assert len(correct_names(["Jules Verne <ce.0801234a@ac-amiens.test>"], BOX)) == 1


@given(st.text(max_size=200))
def test_the_name_of_any_field_is_read(field: str) -> None:
    assert "\0" not in display_name(field)


@pytest.mark.parametrize(
    "name", ['\\"' * 50_000, "\u00a0" * 100_000, "a" * 100_000, "a" + " " * 100_000 + "b"]
)
@pytest.mark.parametrize("others", [0, 5_000])
def test_an_author_made_to_last_is_refused_in_a_moment(name: str, others: int) -> None:
    """The first held the gate, and everybody's sending, for a minute."""
    field = f"{name} <marie.dupont@ac-amiens.test>"

    def judge() -> None:
        with suppress(Refusal):
            check_authors([field], [field] * others, OWN)

    assert least_seconds(judge, 0.5) < 0.5
    with pytest.raises(Refusal, match="from-unreadable"):
        check_authors([field], [], OWN)


def test_no_message_has_more_than_twenty_other_senders() -> None:
    me = "marie.dupont@ac-amiens.test"
    check_authors([me], [me] * 20, OWN)
    with pytest.raises(Refusal, match="from-unreadable"):
        check_authors([me], [me] * 21, OWN)


@pytest.mark.parametrize("text", ['" ', '(")', '""', "( )", " "])
def test_a_field_made_to_last_is_read_by_nobody(text: str) -> None:
    """The gate asked for its address before it looked at the length: half a minute for six."""
    field = text * (100_000 // len(text)) + "marie.dupont@ac-amiens.test"

    def read() -> None:
        with pytest.raises(Refusal, match="from-unreadable"):
            sole_address(field)

    assert least_seconds(read, 0.05) < 0.05
