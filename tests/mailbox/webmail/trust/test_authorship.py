"""Who wrote a message: what our filter found, names and domains taken for others, what the directory says."""

import email.header
from email import policy
from email.message import EmailMessage

import pytest
from django.conf import settings
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st
from pytest_django import DjangoAssertNumQueries
from tests.access.signin.people import account
from tests.mailbox.webmail.conftest import address, put
from tests.mailbox.webmail.views.test_messages import PIECE, html_letter
from tests.post.outbox.test_authors import HIDDEN

from vaguemestre.engines.memory.mailbox import MemoryMailbox
from vaguemestre.foundation.kernel.seals import with_voucher
from vaguemestre.mailbox.webmail.rules.trust import impostors
from vaguemestre.mailbox.webmail.rules.trust.authenticity import Verdict, sender_authenticity
from vaguemestre.people.credentials.models import Account
from vaguemestre.people.directory import queries as directory
from vaguemestre.people.directory.models import MailAddress
from vaguemestre.post.mailstore.values import EXAMINED
from vaguemestre.post.reports.queries import image_policy
from vaguemestre.site import config

OURS = "mail.ac-amiens.test"
OWN = frozenset({"ac-amiens.test"})


def verdict(value: str, sender: str = "parent@dehors.example") -> Verdict:
    fields = (("vaguemestre-arrival", "mx"), ("authentication-results", value))
    return sender_authenticity(fields, sender, server=OURS).verdict


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (f"{OURS}; dmarc=pass (p=reject) header.from=dehors.example", Verdict.VERIFIED),
        (f"{OURS}; dkim=pass header.d=dehors.example; spf=fail smtp.mailfrom=x@y.z", Verdict.VERIFIED),
        (f"{OURS}; spf=pass smtp.mailfrom=retour@dehors.example", Verdict.VERIFIED),
        (f"{OURS}; dkim=pass header.d=ailleurs.example", Verdict.UNVERIFIED),
        (f"{OURS}; spf=pass smtp.mailfrom=x@ailleurs.example; dmarc=none", Verdict.UNVERIFIED),
        (f"{OURS}; dmarc=fail header.from=dehors.example; dkim=fail", Verdict.FORGED),
        (f"{OURS}; auth=pass smtp.auth=x smtp.mailfrom=parent@dehors.example", Verdict.UNVERIFIED),
        ("mail.dehors.example; dmarc=pass header.from=dehors.example", Verdict.UNVERIFIED),
        (f"({OURS};) mail.dehors.example; dmarc=pass header.from=dehors.example", Verdict.UNVERIFIED),
        (f'"{OURS}; x" autre; dmarc=pass', Verdict.UNVERIFIED),
        (f"{OURS}; x=none (dmarc=pass header.from=dehors.example)", Verdict.UNVERIFIED),
        (f"{OURS}; dmarc=pass", Verdict.UNVERIFIED),
        (
            f'{OURS}; spf=none (mx: domain of "a\\\\");dmarc=pass header.from=dehors.example;(b" has none)',
            Verdict.UNVERIFIED,
        ),
        (f"{OURS}; dmarc=pass header.from=dehors.example; spf=none x=\\", Verdict.UNVERIFIED),
        (f"{OURS}", Verdict.UNVERIFIED),
        ("", Verdict.UNVERIFIED),
    ],
)
def test_only_our_own_findings_about_that_very_domain_count(value: str, expected: Verdict) -> None:
    assert verdict(value) is expected


HEAD = "philippe.vasseur@ac-amiens.test"
SEALED = f"{OURS}; auth=pass smtp.mailfrom=list+1@ac-amiens.test header.from={HEAD} policy.seal=abc"


@pytest.mark.parametrize(
    ("value", "came_by_mx", "expected"),
    [
        (SEALED, False, Verdict.VERIFIED),
        (SEALED.replace("abc", "abd"), False, Verdict.UNVERIFIED),
        (SEALED.replace(" policy.seal=abc", ""), False, Verdict.UNVERIFIED),
        (
            SEALED.replace(f"header.from={HEAD}", "header.from=thomas@ac-amiens.test"),
            False,
            Verdict.UNVERIFIED,
        ),
        (f"{OURS}; auth=pass smtp.mailfrom={HEAD}", False, Verdict.UNVERIFIED),
        (f"{OURS}; spf=pass smtp.mailfrom={HEAD}", False, Verdict.FORGED),
        (f"{OURS}; dmarc=pass header.from=ac-amiens.test", False, Verdict.FORGED),
        (f"{OURS}; dmarc=pass header.from=ac-amiens.test", True, Verdict.FORGED),
        (f"{OURS}; dkim=pass header.d=ac-amiens.test header.s=a", True, Verdict.UNVERIFIED),
        (f"{OURS}; dkim=pass header.d=ac-amiens.test header.s=a", False, Verdict.FORGED),  # added by IMAP
        (f"{OURS}; dkim=pass header.d=mail.ac-amiens.test", True, Verdict.FORGED),
        (f"{OURS}; dkim=fail header.d=ac-amiens.test", True, Verdict.FORGED),
        ("", True, Verdict.FORGED),
        ("", False, Verdict.UNVERIFIED),  # put there by an import, or by a mail program
        ("mail.dehors.example; auth=pass header.from={HEAD} policy.seal=abc", False, Verdict.UNVERIFIED),
    ],
)
def test_an_author_of_ours_is_known_by_the_seal_alone(
    value: str, came_by_mx: bool, expected: Verdict
) -> None:
    fields = (("authentication-results", value),) if value else ()
    if came_by_mx:
        fields = (("vaguemestre-arrival", "mx"), *fields)
    judged = sender_authenticity(
        fields,
        HEAD.upper(),
        server=OURS,
        own=OWN,
        seal_holds=lambda author, seal: (author, seal) == (HEAD, "abc"),
    )
    assert judged.verdict is expected


def test_the_topmost_of_our_findings_is_the_one_that_counts() -> None:
    fields = (
        ("authentication-results", f"{OURS}; dmarc=fail header.from=dehors.example"),
        ("authentication-results", f"{OURS}; dmarc=pass header.from=dehors.example"),
    )
    assert sender_authenticity(fields, "p@dehors.example", server=OURS).verdict is Verdict.FORGED


@given(st.text(max_size=200), st.text(max_size=40))
def test_whatever_a_field_says_it_is_read(value: str, sender: str) -> None:
    assert verdict(value, sender) in set(Verdict)
    verdict(f"{OURS};{value}", sender)


@pytest.mark.parametrize(
    "domain",
    [
        "ac-arniens.test", "ac-amiens.test.voleur.example", "ac-amiens-messagerie.example", "ac-amlens.test",
        "acamiens.example", "academie-amiens.example", "rectorat.amiens.example", "ac-amien5.test",
        "xn--c-amiens-k7g.test", "ac-amiens.fr",
    ],
)  # fmt: skip
def test_domains_made_to_be_taken_for_ours_are_known(domain: str) -> None:
    assert impostors.is_lookalike(domain, OWN)


@pytest.mark.parametrize(
    "domain",
    ["ac-amiens.test", "mail.ac-amiens.test", "ac-lille.test", "ac-reims.fr", "gmail.com", "amiens.fr",
     "collegeamiens.fr", "dehors.example", "academie-francaise.fr", ""],
)  # fmt: skip
def test_other_domains_are_left_in_peace(domain: str) -> None:
    assert not impostors.is_lookalike(domain, OWN)


@pytest.mark.parametrize("name", HIDDEN)
def test_an_address_hidden_in_a_name_is_read_as_ours(name: str) -> None:
    assert impostors.claimed_address(name, OWN) == "recteur@ac-amiens.test"
    assert impostors.claimed_address(f"x@dehors.example {name}", OWN) == "recteur@ac-amiens.test"


@given(st.text(max_size=80))
def test_any_domain_and_any_name_can_be_judged(text: str) -> None:
    impostors.is_lookalike(text.lower(), OWN)
    for first, last in impostors.possible_names(text):
        assert first
        assert last
    impostors.claimed_address(text)


@given(st.text("abcde", max_size=8), st.text("abcde", max_size=8))
def test_distance_is_the_same_both_ways(one: str, other: str) -> None:
    assert impostors.distance(one, other, 2) == impostors.distance(other, one, 2)
    assert (impostors.distance(one, other, 2) == 0) == (one == other)


@pytest.fixture
def helene(db: None) -> str:
    """A colleague of the directory."""
    person = account("hdupont", first_name="Hélène", last_name="Dupont").person
    assert person is not None
    MailAddress.objects.filter(person=person).update(address="helene.dupont@ac-amiens.test")
    return "helene.dupont@ac-amiens.test"


@pytest.mark.parametrize(
    "sender",
    [
        "Hélène Dupont <h.dupont@gmail.example>",
        "Mme DUPONT Helene <h.dupont@gmail.example>",
        "Hélène Dupond <h.dupont@gmail.example>",
        "Hеlеnе Dupоnt <h.dupont@gmail.example>",  # Cyrillic letters
        "Hélène Dupont (Rectorat) <h.dupont@gmail.example>",
        '"helene.dupont@ac-amiens.test" <h.dupont@gmail.example>',
        "Hélène DUPONT - Principale <h.dupont@gmail.example>",
        '"Hélène Dupont, Principale" <h.dupont@gmail.example>',
        "Hélène Dupont via Intranet <h.dupont@gmail.example>",
        "La principale du collège Jean-Macé : Hélène Dupont <h.dupont@gmail.example>",
        "Madame la Principale Hélène Dupont <h.dupont@gmail.example>",
        "Hélène\u200bDupont <h.dupont@gmail.example>",
        "Hél\u00adène Du\u00adpont <h.dupont@gmail.example>",
        "Hél\u200bène\u200bDupont <h.dupont@gmail.example>",
        "H. Dupont <h.dupont@gmail.example>",
        "DUPONT H. - Principale <direction@gmail.example>",
    ],
)
@pytest.mark.django_db
def test_a_colleagues_name_at_a_foreign_address_is_a_strong_warning(
    reader: Client, box: MemoryMailbox, helene: str, sender: str
) -> None:
    ref = put(box, html_letter("<p>Virement urgent</p>", From=sender))
    page = reader.get(address(ref), headers=PIECE).content.decode()
    assert "Ce n’est pas l’adresse de" in page
    assert helene in page


def test_a_name_of_many_words_costs_one_question(
    helene: str, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    names = tuple(impostors.possible_names("Association des parents Dupont Hélène"))
    with django_assert_num_queries(1):
        assert directory.similar_addresses(names, OWN) == ()
    with django_assert_num_queries(1):
        assert directory.similar_addresses([("paul", "dupont"), ("helene", "dupond")], OWN) == (helene,)


def test_an_initial_that_several_colleagues_share_accuses_nobody(
    reader: Client, box: MemoryMailbox, helene: str
) -> None:
    other = account("hedupont", first_name="Hector", last_name="Dupont").person
    MailAddress.objects.filter(person=other).update(address="hector.dupont@ac-amiens.test")
    ref = put(box, html_letter("x", From="H. Dupont <h@gmail.example>"))
    page = reader.get(address(ref), headers=PIECE).content.decode()
    assert "Ce n’est pas l’adresse de" not in page


@pytest.mark.parametrize(
    "name", [" ".join("abcdefghijklmnop"[i : i + 3] for i in range(14)), "Ab\u200b" * 60]
)
@pytest.mark.django_db
def test_the_longest_name_costs_one_question(
    name: str, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    names = tuple(impostors.possible_names(name))
    assert len(names) <= 40
    with django_assert_num_queries(1 if names else 0):
        directory.similar_addresses(names, OWN)


def test_common_names_hide_nobody(helene: str) -> None:
    for number in range(5):
        person = account(f"mmartin{number}", first_name="Marie", last_name="Martin").person
        mine = f"marie.martin{number}@ac-amiens.test"
        MailAddress.objects.filter(person=person).update(address=mine, surname="martin")
    near = directory.similar_addresses([("marie", "martin"), ("helene", "dupont")], OWN, limit=1)
    assert helene in near
    assert near[0].startswith("marie.martin")


def test_people_of_another_academie_hide_nobody(helene: str) -> None:
    for number in range(3):
        person = account(f"hdupont{number}", first_name="Hélène", last_name="Dupont").person
        mine = f"helene.dupont{number}@ac-ailleurs.test"
        MailAddress.objects.filter(person=person).update(address=mine, surname="dupont")
    assert directory.similar_addresses([("helene", "dupont")], OWN, limit=1) == (helene,)


@pytest.mark.parametrize(
    "sender",
    ["Jean Durand <j@gmail.example>", "Hélène Martin <h@gmail.example>", "Newsletter <n@gmail.example>",
     "Dupont <d@gmail.example>", "Collège Hélène Dupont <c@gmail.example>", "J. Dupont <j@gmail.example>",
     "Association des amis d’Hélène Dupont <c@gmail.example>", "H. Dupont <hector.dupont@gmail.example>",
     "Mme Dupont - Boulangerie <h@gmail.example>"],
)  # fmt: skip
@pytest.mark.django_db
def test_others_are_only_called_external(
    reader: Client, box: MemoryMailbox, helene: str, sender: str
) -> None:
    page = reader.get(address(put(box, html_letter("x", From=sender))), headers=PIECE).content.decode()
    assert "Ce n’est pas l’adresse de" not in page
    assert "Hors de l’académie" in page


@pytest.mark.django_db
def test_function_and_school_are_shown_of_a_verified_colleague_alone(
    reader: Client, box: MemoryMailbox, helene: str
) -> None:
    written = html_letter("x", From=f"Hélène Dupont <{helene}>")
    page = reader.get(address(put(box, written)), headers=PIECE).content.decode()
    assert "Collège Jean-Macé" not in page
    assert "Hors de l’académie" not in page
    assert "Non vérifié" in page
    assert "Collègue</span>" not in page
    submitted = with_voucher(written, settings.SEAL_KEY, OURS, helene)
    page = reader.get(address(put(box, submitted)), headers=PIECE).content.decode()
    assert "Collège Jean-Macé" in page


@pytest.mark.django_db
def test_a_colleague_who_signed_in_to_send_is_called_so(
    reader: Client, box: MemoryMailbox, helene: str
) -> None:
    written = html_letter("x", From=f"Hélène Dupont <{helene}>")
    submitted = with_voucher(written, settings.SEAL_KEY, OURS, helene)
    page = reader.get(address(put(box, submitted)), headers=PIECE).content.decode()
    assert "Collègue</span>" in page
    for changed in (
        submitted.replace(b"\r\nx\r\n", b"\r\ny\r\n"),
        submitted.replace(b"policy.seal=", b"policy.seal=0"),
        with_voucher(written, b"another key", OURS, helene),
        with_voucher(html_letter("x", From=f"Jean Durand <jean.{helene}>"), settings.SEAL_KEY, OURS, helene),
    ):
        page = reader.get(address(put(box, changed)), headers=PIECE).content.decode()
        assert "Collègue</span>" not in page
        assert "Non vérifié" in page


@pytest.mark.django_db
def test_a_letter_of_ours_that_came_by_the_mx_is_called_forged(
    reader: Client, box: MemoryMailbox, helene: str
) -> None:
    written = b"Vaguemestre-Arrival: mx\r\n" + html_letter("x", From=f"Hélène Dupont <{helene}>")
    page = reader.get(address(put(box, written)), headers=PIECE).content.decode()
    assert "Adresse usurpée" in page
    assert "Collège Jean-Macé" not in page


UNSEALED = "ne porte pas la marque de notre messagerie"


SIGNED_BY_US = f"Authentication-Results: {OURS}; dkim=pass header.d=ac-amiens.test\r\n"


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("added", "told"),
    [
        ("", UNSEALED),
        (SIGNED_BY_US, "Adresse usurpée"),
        (f"Vaguemestre-Arrival: mx\r\n{SIGNED_BY_US}", UNSEALED),
    ],
)
def test_a_letter_of_ours_that_a_program_added_warns_of_it(
    reader: Client, box: MemoryMailbox, helene: str, added: str, told: str
) -> None:
    written = html_letter("x", From=f"Hélène Dupont <{helene}>")
    page = reader.get(address(put(box, added.encode() + written)), headers=PIECE).content.decode()
    assert told in page
    submitted = with_voucher(written, settings.SEAL_KEY, OURS, helene)
    page = reader.get(address(put(box, submitted)), headers=PIECE).content.decode()
    assert UNSEALED not in page


@pytest.mark.django_db
def test_ones_own_letters_need_no_seal(reader: Client, box: MemoryMailbox, nicolas: Account) -> None:
    own = nicolas.person.addresses.get(is_primary=True).address
    page = reader.get(address(put(box, html_letter("x", From=f"Nicolas <{own}>"))), headers=PIECE)
    assert UNSEALED not in page.content.decode()
    page = reader.get(address(put(box, html_letter("x"))), headers=PIECE)
    assert UNSEALED not in page.content.decode(), "an outsider is called external"


def signed_letter(html: str, result: str) -> bytes:
    """As our MX and its filter hand it on."""
    return f"Vaguemestre-Arrival: mx\r\nAuthentication-Results: {OURS}; {result}\r\n".encode() + html_letter(
        html
    )


PICTURE = "<p><img src='https://images.example/a.png'></p>"


@pytest.mark.django_db
def test_always_showing_pictures_takes_a_verified_sender_and_holds_only_for_one(
    reader: Client, box: MemoryMailbox
) -> None:
    good = put(box, signed_letter(PICTURE, "dmarc=pass header.from=dehors.example"))
    page = reader.get(address(good), headers=PIECE).content.decode()
    assert "Adresse vérifiée" in page
    assert "Toujours pour cet expéditeur" in page
    assert reader.post(address(good, "images/"), {"choice": "always"}, headers=PIECE).status_code == 200
    assert "corps/?images=1" in reader.get(address(good), headers=PIECE).content.decode()
    forged = put(box, html_letter(PICTURE))
    page = reader.get(address(forged), headers=PIECE).content.decode()
    assert "corps/?images=1" not in page
    assert "Images distantes bloquées" in page


@pytest.mark.django_db
def test_an_unverified_sender_is_never_always_shown(
    reader: Client, box: MemoryMailbox, nicolas: "object"
) -> None:
    ref = put(box, html_letter(PICTURE))
    assert reader.post(address(ref, "images/"), {"choice": "always"}, headers=PIECE).status_code == 422
    assert reader.post(address(ref, "images/"), {"choice": "never"}, headers=PIECE).status_code == 200
    assert "comme vous l’avez choisi" in reader.get(address(ref), headers=PIECE).content.decode()
    assert reader.post(address(ref, "images/"), {"choice": "ask"}, headers=PIECE).status_code == 200
    assert image_policy(nicolas.pk, "parent@dehors.example").value == "ask"  # type: ignore[attr-defined]


@pytest.mark.django_db
def test_findings_about_others_count_in_what_arrived_itself_alone(reader: Client, box: MemoryMailbox) -> None:
    good = signed_letter("x", "dmarc=pass header.from=dehors.example")
    assert "Adresse vérifiée" in reader.get(address(put(box, good)), headers=PIECE).content.decode()
    added = good.partition(b"\r\n")[2]
    assert "Non vérifié" in reader.get(address(put(box, added)), headers=PIECE).content.decode()
    around = EmailMessage()
    around["From"], around["Subject"] = "Autre <autre@ailleurs.example>", "Pièce"
    around.set_content("Voici")
    around.add_attachment(email.message_from_bytes(good))
    ref = put(box, around.as_bytes(policy=policy.SMTP))
    page = reader.get(address(ref, "dedans/2/"), headers=PIECE).content.decode()
    assert "parent@dehors.example" in page
    assert "Adresse vérifiée" not in page


@pytest.mark.django_db
def test_a_disowned_address_is_called_so(reader: Client, box: MemoryMailbox) -> None:
    ref = put(box, signed_letter("x", "dmarc=fail header.from=dehors.example"))
    assert "sans doute usurpée" in reader.get(address(ref), headers=PIECE).content.decode()


def submitted(sender: str, author: str) -> bytes:
    return with_voucher(html_letter("x", From=sender), settings.SEAL_KEY, OURS, author)


@pytest.fixture
def head(db: None) -> str:
    """Somebody whose name is worth borrowing."""
    person = account("pvasseur", first_name="Philippe", last_name="Vasseur").person
    assert person is not None
    MailAddress.objects.filter(person=person).update(
        address="philippe.vasseur@ac-amiens.test", surname="vasseur"
    )
    return "philippe.vasseur@ac-amiens.test"


@pytest.mark.parametrize(
    "typed",
    [
        "Philippe Vasseur",
        "Ph\u200bilippe VASSEUR",
        "Рhіlірре Vаѕѕеur",  # Cyrillic letters
        "=?utf-8?B?UGhpbGlwcGUgVmFzc2V1cg==?=",
        '"philippe.vasseur@ac-amiens.test"',
        '"philippe.vasseur＠ac-amiens.test"',
    ],
)
def test_a_colleague_under_another_name_is_shown_under_the_directorys(
    reader: Client, box: MemoryMailbox, helene: str, head: str, typed: str
) -> None:
    ref = put(box, submitted(f"{typed} <{helene}>", helene))
    page = reader.get(address(ref), headers=PIECE).content.decode()
    assert '<p class="from"><b><bdi>Hélène Dupont</bdi></b>' in page
    assert "Collègue</span>" in page
    assert "Signe «" in page
    assert "Ce n’est pas l’adresse de" in page
    assert head in page
    rows = reader.get("/messagerie/INBOX/lignes/", headers=PIECE).content.decode()
    assert "Hélène Dupont" in rows
    assert "Vasseur" not in rows


@pytest.mark.parametrize(
    "typed", ["Hélène Dupont", "DUPONT Hélène", "Mme Dupont", "Helene Dupont (Abbeville)"]
)
def test_a_colleague_under_their_own_name_is_told_nothing_of(
    reader: Client, box: MemoryMailbox, helene: str, head: str, typed: str
) -> None:
    ref = put(box, submitted(f"{typed} <{helene}>", helene))
    page = reader.get(address(ref), headers=PIECE).content.decode()
    assert '<p class="from"><b><bdi>Hélène Dupont</bdi></b>' in page
    assert "Signe «" not in page
    assert "Ce n’est pas" not in page


def test_a_sub_address_is_its_owners(reader: Client, box: MemoryMailbox, helene: str) -> None:
    detailed = helene.replace("@", "+sorties@")
    ref = put(box, submitted(f"Hélène Dupont <{detailed}>", detailed))
    page = reader.get(address(ref), headers=PIECE).content.decode()
    assert "Collègue</span>" in page
    assert "Collège Jean-Macé" in page


@pytest.mark.parametrize(
    "author",
    [
        "philippe.vasseur@ac-amiens.test, evil@dehors.example",
        "evil@dehors.example\r\nFrom: philippe.vasseur@ac-amiens.test",
        "evil@dehors.example\r\nFrom: philippe.vasseur@ac-amiens.test.",
        "philippe.vasseur@ac-amiens.test\r\nFrom: evil@dehors.example",
    ],
)
def test_several_authors_are_told_and_none_is_dressed(
    reader: Client, box: MemoryMailbox, head: str, author: str
) -> None:
    raw = f"Vaguemestre-Arrival: mx\r\nAuthentication-Results: {OURS}; dmarc=pass\r\n"
    ref = put(box, f"{raw}From: {author}\r\nSubject: x\r\n\r\nx\r\n".encode())
    page = reader.get(address(ref), headers=PIECE).content.decode()
    assert '<p class="from"><b><bdi>Expéditeur ambigu</bdi></b>' in page
    assert "On ne sait pas qui a écrit ce courriel." in page
    assert "evil@dehors.example" in page
    assert "Adresse usurpée" in page
    assert "Adresse vérifiée" not in page
    assert "Collège Jean-Macé" not in page


def test_a_name_that_hides_an_address_gives_way_to_the_true_one(
    reader: Client, box: MemoryMailbox, db: None
) -> None:
    ref = put(box, b'From: "Camille Bcc: x@y" <evil@dehors.example>\r\nSubject: x\r\n\r\nx\r\n')
    page = reader.get(address(ref), headers=PIECE).content.decode()
    assert '<p class="from"><b><bdi>evil@dehors.example</bdi></b>' in page
    rows = reader.get("/messagerie/INBOX/lignes/", headers=PIECE).content.decode()
    assert "evil@dehors.example" in rows
    assert "Camille" not in rows


@pytest.mark.parametrize(
    "typed",
    [
        "Rectorat - DSI Assistance",
        "Académie d’Amiens",
        "RECTORAT",
        "Le service Assistance",
        "Rесtоrаt",
        "Ｒectorat",
        "Vaguemestre",
        "Équipe Vaguemestre",
        "Vаguemestre – Sécurité",
        "\u202eertsemeugaV",
        "Ministère de l’Éducation nationale",
        "MINISTERE DE L'EDUCATION NATIONALE",
        "Rectorat - Ministère de l’Éducation nationale",
        "ac-amiens",
        "AC-Amiens – Support informatique",
        "ас-аmiens",
        "ac-amiens.test",
    ],
)
@pytest.mark.django_db
def test_an_outsider_under_the_name_of_a_service_is_told(
    reader: Client, box: MemoryMailbox, typed: str
) -> None:
    name = email.header.Header(typed, "utf-8").encode()
    result = f"Authentication-Results: {OURS}; dmarc=pass header.from=dehors.example\r\n"
    content = f"{result}From: {name} <a@dehors.example>\r\nSubject: x\r\n\r\nx\r\n"
    page = reader.get(address(put(box, content.encode())), headers=PIECE).content.decode()
    assert "Ce n’est pas un service de l’académie." in page


def test_a_report_of_our_own_mail_service_is_no_fraud_and_one_that_arrived_may_be(
    reader: Client, box: MemoryMailbox
) -> None:
    report = b"From: Messagerie <MAILER-DAEMON@mail.ac-amiens.test>\r\nSubject: x\r\n\r\nx\r\n"
    page = reader.get(address(put(box, report)), headers=PIECE).content.decode()
    assert "Avis de la messagerie" in page
    for doubt in ("Ce n’est pas un service", "Hors de l’académie", "Non vérifié"):
        assert doubt not in page
    arrived = b"Vaguemestre-Arrival: mx\r\n" + report
    page = reader.get(address(put(box, arrived)), headers=PIECE).content.decode()
    assert "Ce n’est pas un service" in page
    assert "Avis de la messagerie" not in page


@pytest.mark.parametrize(
    ("typed", "is_head"),
    [
        ("\u202eruessaV eppilihP", True),
        ("Philippe \u202eruessaV\u202c", True),
        ("\u202dCamille", False),
        ("Camille \u202b\u202c", None),  # a mere embedding, as Arabic and Hebrew names have
        ("Camille\u200f", None),
    ],
)
def test_a_name_that_turns_its_letters_round_is_told(
    reader: Client, box: MemoryMailbox, head: str, typed: str, is_head: bool | None
) -> None:
    name = email.header.Header(typed, "utf-8").encode()
    ref = put(box, f"From: {name} <a@dehors.example>\r\nSubject: x\r\n\r\nx\r\n".encode())
    page = reader.get(address(ref), headers=PIECE).content.decode()
    assert ("Le nom de l’expéditeur contient des signes invisibles" in page) is (is_head is not None)
    assert ("Ce n’est pas l’adresse de Philippe Vasseur" in page) is bool(is_head)


@pytest.mark.parametrize(
    "typed",
    [
        "Assistance Orange", "Académie de Lille", "Amiens", "Support", "Le Service", "Camille Recteur-Durand",
        "Amiens Métropole", "Parents d’élèves de l’académie", "Ministère de la Culture", "Ministère",
        "SNES ac-amiens", "ac-lille", "Médiathèque", "Fédération de l’Éducation nationale", "AC Amiens Foot",
    ],
)  # fmt: skip
def test_other_names_are_no_services(typed: str) -> None:
    own = impostors.domain_names(("ac-amiens.test", "mediatheque.test"))
    services = (*config.AcademySection().house_names, *own)
    assert not impostors.is_service_name(typed, services, "Académie d’Amiens")


@pytest.mark.parametrize(
    ("mark", "flags", "is_told"),
    [(b"Vaguemestre-Unexamined: virus\r\n", (), True), (b"", (), False),
     (b"Vaguemestre-Unexamined: virus\r\n", (EXAMINED,), False)],
)  # fmt: skip
def test_a_message_that_the_virus_check_could_not_examine_says_so_until_it_did(
    reader: Client, box: MemoryMailbox, mark: bytes, flags: tuple[str, ...], *, is_told: bool
) -> None:
    ref = put(box, mark + html_letter("x"), flags=flags)
    page = reader.get(address(ref), headers=PIECE).content.decode()
    assert ("Ce courriel n’a pas pu être examiné" in page) is is_told


@pytest.mark.parametrize("sender", ["x@mail.ac-amiens.test", "Philippe <p@a.b.AC-AMIENS.test>"])
def test_a_sub_domain_of_ours_that_proved_nothing_is_told(
    sender: str, reader: Client, box: MemoryMailbox
) -> None:
    page = reader.get(address(put(box, html_letter("x", From=sender))), headers=PIECE).content.decode()
    assert "Rien ne garantit que ce courriel vient de l’académie." in page


def test_a_sub_domain_of_ours_that_is_proved_is_not_told(reader: Client, box: MemoryMailbox) -> None:
    results = f"Authentication-Results: {OURS}; dmarc=pass header.from=sso.ac-amiens.test\r\n"
    letter = f"Vaguemestre-Arrival: mx\r\n{results}".encode() + html_letter("x", From="x@sso.ac-amiens.test")
    page = reader.get(address(put(box, letter)), headers=PIECE).content.decode()
    assert "Rien ne garantit" not in page
