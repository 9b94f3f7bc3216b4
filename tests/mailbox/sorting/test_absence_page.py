"""« Notifications d’absence »: applied, under way, refused; the banner."""

import html
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone
from tests.access.signin.browsers import signed_in
from tests.access.signin.people import account
from tests.mailbox.sorting.samples import WINTER, memory_sieve

from vaguemestre.engines.memory.scripts import MemorySieve
from vaguemestre.foundation.kernel.times import PARIS
from vaguemestre.mailbox.sorting import queries
from vaguemestre.mailbox.sorting.events import SortingChanged
from vaguemestre.mailbox.sorting.handlers import rewrite_script
from vaguemestre.mailbox.sorting.services import answer_for_leaver, save_absence, set_neutral_absence
from vaguemestre.people.credentials.models import Account

pytestmark = pytest.mark.django_db

ADDRESS = "/parametres/absence"
LINES = "/accueil/bandeaux"


@pytest.fixture
def sieve() -> Iterator[MemorySieve]:
    with memory_sieve() as fake:
        yield fake


@pytest.fixture
def nicolas() -> Account:
    return account()


@pytest.fixture
def client(nicolas: Account) -> Client:
    return signed_in(nicolas)


def words(answer: object) -> str:
    text = answer.content.decode()  # type: ignore[attr-defined]
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", text)).split())


def typed(**changes: str) -> dict[str, str]:
    today = timezone.now().astimezone(PARIS).date()
    return {
        "is_on": "on",
        "starts_on": f"{today:%d/%m/%Y}",
        "ends_on": (today + timedelta(days=9)).isoformat(),
        "internal_text": "Karim prend le relais.",
        "external_text": "À mon retour.",
        "subject": "",
        "days": "7",
        **changes,
    }


def test_somebody_not_signed_in_is_sent_to_sign_in() -> None:
    for address in (ADDRESS, f"{ADDRESS}/etat", LINES):
        assert Client().get(address)["Location"].startswith("/alogin")
    for address in (ADDRESS, f"{ADDRESS}/apercu", f"{ADDRESS}/terminer"):
        assert Client().post(address)["Location"].startswith("/alogin")


@pytest.mark.parametrize("bound", [{"ends_on": "31/12/9999"}, {"starts_on": "01/01/0001"}])
def test_a_year_at_an_end_of_the_calendar_is_to_be_looked_at_again(
    client: Client, sieve: MemorySieve, bound: dict[str, str]
) -> None:
    for address in (ADDRESS, f"{ADDRESS}/apercu"):
        assert "Vérifiez l’année" in words(client.post(address, typed(**bound)))


def test_the_page_names_what_it_promises(client: Client, sieve: MemorySieve) -> None:
    page = words(client.get(ADDRESS))
    for name in (
        "Activer la notification d’absence", "Début", "Fin", "Message aux correspondants internes",
        "Message aux correspondants externes", "Appliquer les modifications",
    ):  # fmt: skip
        assert name in page
    assert 'role="switch"' in client.get(ADDRESS).content.decode()


def test_it_is_said_applied_only_once_the_engine_has_it(
    client: Client, nicolas: Account, sieve: MemorySieve
) -> None:
    answer = client.post(ADDRESS, typed())
    assert "Modifications appliquées" in words(answer)
    assert "vacation" in sieve.boxes[nicolas.mailbox].house
    assert "Réponse active jusqu’au" in words(answer)
    assert "Absence active" in words(answer)


def test_what_was_applied_is_told_on_the_tabs_too_and_an_old_preview_goes(
    client: Client, sieve: MemorySieve
) -> None:
    answer = client.post(ADDRESS, typed(), headers={"HX-Request": "true"})
    assert "Absence active" in words(answer)
    page = answer.content.decode()
    assert page.count('hx-swap-oob="true"') == 3, "tabs, preview, what the form shows"
    assert "<article" not in page.partition('id="preview"')[2]


def test_an_engine_away_keeps_everything_and_the_page_learns_when_it_is_done(
    client: Client, nicolas: Account, sieve: MemorySieve
) -> None:
    sieve.is_away = True
    answer = client.post(ADDRESS, typed(), headers={"HX-Request": "true"})
    assert answer.status_code == 200
    assert "Enregistré, en cours d’application" in words(answer)
    assert "Modifications appliquées" not in words(answer)
    assert "Karim prend le relais." in words(client.get(ADDRESS))
    assert "en cours d’application" in words(client.get(f"{ADDRESS}/etat"))
    sieve.is_away = False
    rewrite_script(SortingChanged(nicolas.pk))
    assert "Modifications appliquées" in words(client.get(f"{ADDRESS}/etat"))


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"ends_on": "demain"}, "Écrivez la date ainsi"),
        ({"starts_on": ""}, "obligatoire"),
        ({"ends_on": "01/01/2020"}, "La fin doit venir après le début"),
        ({"starts_on": "01/01/2020", "ends_on": "02/01/2020"}, "déjà terminée"),
        ({"internal_text": "", "external_text": "  "}, "Écrivez au moins un message"),
        ({"days": "0"}, "1"),
        ({"ends_at": "25:00"}, "Écrivez l’heure ainsi"),
        ({"ends_at": "midi"}, "Écrivez l’heure ainsi"),
        ({"subject": "x" * 151}, "150"),
    ],
)
def test_what_is_wrong_is_said_where_it_is_and_nothing_typed_is_lost(
    client: Client, nicolas: Account, sieve: MemorySieve, changes: dict[str, str], said: str
) -> None:
    answer = client.post(ADDRESS, typed(**{"external_text": "À mon retour.", **changes}))
    assert answer.status_code == 422
    assert said in words(answer)
    assert changes.get("internal_text", "Karim prend le relais.") in words(answer)
    assert queries.absence_of(nicolas.pk) is None
    assert sieve.opened == 0
    fragment = client.post(ADDRESS, typed(**changes), headers={"HX-Request": "true"})
    assert fragment["HX-Retarget"] == "#absence"
    assert "<html" not in fragment.content.decode()


@pytest.mark.parametrize("hour", ["8:30", "08h30", "8 h 30", "8.30"])
def test_an_hour_is_read_however_it_is_written(
    client: Client, nicolas: Account, sieve: MemorySieve, hour: str
) -> None:
    client.post(ADDRESS, typed(starts_at=hour))
    known = queries.absence_of(nicolas.pk)
    assert known is not None
    assert f"{known.starts_at:%H:%M}" == "08:30"


def test_the_preview_shows_both_replies_and_keeps_nothing(
    client: Client, nicolas: Account, sieve: MemorySieve
) -> None:
    owner = queries.owner_of(nicolas.pk, timezone.now())
    assert owner is not None
    for headers in ({}, {"HX-Request": "true"}):
        answer = client.post(f"{ADDRESS}/apercu", typed(subject="Absente"), headers=headers)
        assert f"Nicolas Morel <{owner.address}>" in words(answer)
        assert "À mon retour." in words(answer)
        assert "Absente" in words(answer)
    assert queries.absence_of(nicolas.pk) is None


@pytest.mark.heavy
@pytest.mark.parametrize("text", ["Appelez le 06 12 34 56 78.", "Je suis en arrêt maladie."])
def test_what_an_external_text_gives_away_is_told(client: Client, sieve: MemorySieve, text: str) -> None:
    for answer in (
        client.post(f"{ADDRESS}/apercu", typed(external_text=text)),
        client.post(ADDRESS, typed(external_text=text)),
    ):
        assert "Le message aux correspondants externes" in words(answer)
        assert "toute personne qui vous écrit le" in words(answer)
    assert "toute personne" not in words(client.post(ADDRESS, typed(internal_text=text)))


def test_the_banner_stands_while_replies_leave_and_ends_them(
    client: Client, nicolas: Account, sieve: MemorySieve
) -> None:
    assert words(client.get(LINES)) == ""
    client.post(ADDRESS, typed())
    banner = words(client.get(LINES))
    assert "Votre absence est annoncée jusqu’au" in banner
    assert "Terminer maintenant" in banner
    answer = client.post(f"{ADDRESS}/terminer", headers={"HX-Request": "true"})
    assert "Votre absence est terminée" in words(answer)
    assert words(client.get(LINES)) == ""
    assert sieve.boxes[nicolas.mailbox].held == {}


def test_colleagues_learn_who_is_away_while_they_write(
    client: Client, nicolas: Account, sieve: MemorySieve
) -> None:
    owner = queries.owner_of(nicolas.pk, timezone.now())
    assert owner is not None
    asked = [owner.address.upper(), nicolas.mailbox, "autre@ac-amiens.test"]
    assert queries.absent_until(asked, timezone.now()) == {}
    client.post(ADDRESS, typed())
    away = queries.absent_until(asked, timezone.now())
    assert set(away) == set(asked[:2])
    assert away[nicolas.mailbox] == (timezone.now().astimezone(PARIS) + timedelta(days=9)).date()
    told = words(client.get(f"{ADDRESS}/collegues", {"a": asked}))
    assert f"{owner.address.upper()} annonce une absence jusqu’au" in told
    assert "autre@" not in told
    assert Client().get(f"{ADDRESS}/collegues", {"a": asked})["Location"].startswith("/alogin")


def test_an_absence_that_ended_shows_its_texts_and_a_switch_that_is_off(
    client: Client, nicolas: Account, sieve: MemorySieve
) -> None:
    ended = timezone.now() - timedelta(days=3)
    absence = replace(WINTER, starts_on=ended.date() - timedelta(days=5), ends_on=ended.date())
    save_absence(nicolas.pk, absence, by="test", now=ended - timedelta(days=9))
    page = client.get(ADDRESS)
    assert "s’est terminée" in words(page)
    assert WINTER.external_text.splitlines()[-1] in words(page)
    (switch,) = re.findall(r'<input[^>]*role="switch"[^>]*>', page.content.decode())
    assert "checked" not in switch


def test_only_the_methods_meant_answer(client: Client, sieve: MemorySieve) -> None:
    assert client.put(ADDRESS).status_code == 405
    assert client.get(f"{ADDRESS}/terminer").status_code == 405
    assert client.get(f"{ADDRESS}/apercu").status_code == 405
    assert client.post(LINES).status_code == 405


def test_an_absence_set_by_the_desk_is_ended_from_the_notice_that_tells_it(
    client: Client, nicolas: Account, sieve: MemorySieve
) -> None:
    today = timezone.now().astimezone(PARIS).date()
    days = today, today + timedelta(days=9)
    set_neutral_absence(nicolas.pk, *days, asked_by="Mme Vasseur", by="account:9", now=timezone.now())
    page = client.get(ADDRESS).content.decode()
    form = page.partition('class="notice warn" role="status"')[2].partition("</div>")[0]
    assert "À la demande de votre hiérarchie" in form
    address = re.search(r'action="([^"]+)"', form)
    fields = dict(re.findall(r'name="([^"]+)" value="([^"]+)"', form))
    assert address
    assert client.post(address[1], fields).status_code == 302
    assert queries.current_absence(nicolas.pk, timezone.now()) is None


def test_texts_follow_the_days_of_the_absence(client: Client, nicolas: Account, sieve: MemorySieve) -> None:
    """Whoever chose a text, then other days, would have told parents a return that is not true."""
    today = timezone.now().astimezone(PARIS).date()
    written, now = today + timedelta(days=30), today + timedelta(days=4)
    sentence = "Absent jusqu’au {:%d/%m/%Y}, de retour le {:%d/%m/%Y}. Karim aide."
    text = sentence.format(written, written + timedelta(days=1))
    form = typed(
        starts_on=f"{today:%d/%m/%Y}",
        ends_on=f"{now:%d/%m/%Y}",
        text_ends_on=written.isoformat(),
        internal_text=text,
        external_text="À bientôt.",
    )
    expected = sentence.format(now, now + timedelta(days=1))
    assert expected in words(client.post("/parametres/absence/apercu", form))
    moved = client.post("/parametres/absence/remplir", form).content.decode()
    assert expected in html.unescape(moved)
    assert f'name="text_ends_on" value="{now.isoformat()}"' in moved
    answer = client.post("/parametres/absence", form, headers={"HX-Request": "true"})
    assert expected in html.unescape(answer.content.decode())
    assert expected in html.unescape(client.get("/parametres/absence").content.decode())
    unknown = client.post("/parametres/absence/remplir", {**form, "ends_on": "bientôt"}).content.decode()
    assert text in html.unescape(unknown)
    assert f'name="text_ends_on" value="{written.isoformat()}"' in unknown


def test_holidays_that_one_chooses_are_answered_and_an_absence_left_off_is_said_to_be(
    client: Client, nicolas: Account, sieve: MemorySieve
) -> None:
    off = typed()
    off.pop("is_on")
    filled = client.post("/parametres/absence/remplir", {**off, "holidays": "2026-12-19/2027-01-03"})
    assert re.search(r'name="is_on"[^>]* checked', filled.content.decode())
    saved = client.post(ADDRESS, off, headers={"HX-Request": "true"}).content.decode()
    assert "Notification non activée" in saved


def test_a_leaver_is_not_told_that_nothing_answers(
    client: Client, nicolas: Account, sieve: MemorySieve
) -> None:
    """The reply of a departure runs beside the owner's own, whose switch is off."""
    today = timezone.now().astimezone(PARIS).date()
    answer_for_leaver(
        nicolas.pk, today, today + timedelta(days=60), "nicolas@ac-lille.test", now=timezone.now()
    )
    assert "Vous pouvez lui écrire à nicolas@ac-lille.test" in words(client.get(ADDRESS))
    off = typed()
    del off["is_on"]
    said = words(client.post(ADDRESS, off))
    assert "aucune réponse ne part" not in said
    assert "seule la réponse de votre départ part" in said
