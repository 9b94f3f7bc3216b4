"""Each sentence of « Données personnelles » outside its tables is held by a test, or is the law's own.

Durations are in `test_register.py`.
"""

import html
import re
from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client

TESTS, SOURCE = Path(__file__).parents[1], Path(__file__).parents[2] / "src" / "vaguemestre"
# What the law says, of nothing that this code does.
LAW = (
    "Qui traite vos données, pourquoi, combien de temps, et ce que vous pouvez demander.",  # what follows
    "Le responsable du traitement est",
    "Le traitement est nécessaire à une mission d’intérêt public",
    "Un message marqué « personnel » ou « privé » est protégé par le secret des correspondances.",
    "Vous pouvez demander l’accès à vos données",
    "Une réponse vous est due sous un mois.",
    "Vous pouvez aussi saisir la Commission nationale de l’informatique et des libertés",
)
HELD_BY = {
    "Ce site n’utilise que des cookies nécessaires à son fonctionnement": (
        "site/test_privacy_page.py::test_the_page_names_each_cookie",
        "site/test_cookies.py::test_cookies_are_of_this_host_alone",
        "access/signin/test_devices.py::test_nothing_of_a_shared_computer_is_kept",
    ),
    "Aucune mesure d’audience, aucun tiers.": (
        "desks/portal/test_screens.py::test_no_page_needs_an_exception_to_the_policy",
        "site/test_privacy_page.py::test_no_page_may_load_anything_from_elsewhere",
    ),
    "Les images distantes d’un courriel ne sont chargées que si vous le demandez": (
        "mailbox/webmail/views/test_messages.py::test_remote_pictures_wait_for_consent_then_come_through_us",
        "engines/remote/test_pictures.py::test_the_reader_is_not_told_of",
    ),
    "Ce logiciel ne permet à personne de se faire passer pour vous ni d’ouvrir votre boîte": (
        "site/test_matrix.py::test_nobody_reads_what_is_anothers_by_any_address_search_or_error",
        "site/test_mail_tokens.py::test_it_opens_no_strangers_mailbox",
    ),
}
# Where a cookie is set → its words on the page. Session and CSRF are Django's own.
COOKIES = {
    "access/signin/known_browsers.py": "la reconnaissance d’un navigateur déjà utilisé",
    "access/signin/held_forms.py": "un formulaire qui attend son tour",
    "access/signin/shown_once.py": "un secret montré une fois",
    "schools/rosters/views/ent_sign_in.py": "le retour de l’ENT",
    "access/sso/headers/views.py": "le passage vers une application",
}


def page() -> str:
    return html.unescape(Client().get("/donnees-personnelles").content.decode())


def sentences() -> list[str]:
    main = page().partition("<h1>")[2].partition("</main>")[0]
    paragraphs = re.findall(r"<p>(.*?)</p>", main, re.DOTALL)
    texts = [" ".join(re.sub(r"<[^>]+>", "", paragraph).split()) for paragraph in paragraphs]
    return [sentence for text in texts for sentence in re.split(r"(?<=\.) (?=[A-ZÀÉ])", text)]


@pytest.mark.django_db
def test_each_sentence_has_its_test_or_is_the_laws() -> None:
    beginnings = (*LAW, *HELD_BY)
    begun = [[start for start in beginnings if sentence.startswith(start)] for sentence in sentences()]
    assert [starts[0] if starts else "" for starts in begun] == [
        starts[0] for starts in begun if len(starts) == 1
    ], sentences()
    assert {starts[0] for starts in begun} == set(beginnings)


def test_each_of_these_tests_exists() -> None:
    for places in HELD_BY.values():
        for place in places:
            file, _, name = place.partition("::")
            assert f"def {name}(" in (TESTS / file).read_text(encoding="utf-8"), place


@pytest.mark.django_db
def test_the_page_names_each_cookie() -> None:
    setting = {
        str(file.relative_to(SOURCE))
        for file in SOURCE.rglob("*.py")
        if ".set_cookie(" in file.read_text(encoding="utf-8")
    }
    assert setting == COOKIES.keys()
    said = page()
    assert all(words in said for words in (*COOKIES.values(), "la session", "la protection des formulaires"))


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["/donnees-personnelles", "/alogin", "/aide"])
def test_no_page_may_load_anything_from_elsewhere(path: str) -> None:
    policy = Client().get(path)["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    parts = [part for part in policy.split("; ") if not part.startswith(("form-action", "frame-ancestors"))]
    places = {word for part in parts for word in part.split()[1:]}
    push = {f"http://{host}:{settings.CONFIG.ports.push}" for host in ("127.0.0.1", "localhost")}
    assert places <= {"'none'", "'self'", "data:"} | push  # live notices are ours too
