"""The absence of a school's mailbox: in the school's words and name, seen by every member."""

from collections.abc import Callable, Iterator

import pytest
from django.test import Client
from tests.access.signin.people import account
from tests.foundation.ui.shown import shown_on
from tests.mailbox.sorting.samples import memory_sieve
from tests.mailbox.sorting.test_absence_page import typed, words
from tests.schools.sharing.conftest import School, mails, now, of, outside_transactions, school

from vaguemestre.engines.memory.mailbox import MemoryMailboxes
from vaguemestre.engines.memory.scripts import MemorySieve
from vaguemestre.mailbox.sorting.queries import absence_of, owner_of
from vaguemestre.mailbox.sorting.rules.disclosures import disclosures
from vaguemestre.mailbox.sorting.rules.reply_templates import box_reply_templates
from vaguemestre.mailbox.sorting.values import Place
from vaguemestre.people.credentials.models import Account
from vaguemestre.schools.sharing.values import Right

__all__ = ["mails", "of", "outside_transactions", "school"]

Of = Callable[[Account], Client]


@pytest.fixture
def sieve() -> Iterator[MemorySieve]:
    with memory_sieve() as fake:
        yield fake


def test_its_models_speak_for_the_school_and_not_for_one_person(
    school: School, sieve: MemorySieve, of: Of
) -> None:
    head, place = of(school.head), f"{school.path}parametres/absence"
    page = words(head.get(place))
    assert "Fermeture" in page
    assert "Congés" not in page
    filled = words(head.post(f"{place}/remplir", {**typed(), "template": "fermeture"}))
    assert "Nos bureaux sont fermés du" in filled
    assert f"Cordialement, {school.box.title}" in filled
    assert "Congés" in words(head.get("/parametres/absence"))
    for model in box_reply_templates("Collège", None, None):
        assert disclosures(model.external_text) == ()
        assert not {"je", "mon", "suis"} & set(model.internal_text.casefold().split())


def test_a_text_that_sends_to_a_person_named_below_is_not_applied_while_nobody_is(
    school: School, sieve: MemorySieve, of: Of
) -> None:
    head, place = of(school.head), f"{school.path}parametres/absence"
    text = next(
        model.internal_text for model in box_reply_templates("C", None, None) if model.key == "relais"
    )
    refused = head.post(place, typed(internal_text=text))
    assert refused.status_code == 422
    assert "Le texte renvoie à une personne nommée plus bas" in words(refused)
    assert school.box.account.mailbox not in sieve.boxes
    nobody = head.post(place, typed(internal_text=text, replacement="999999"))
    assert nobody.status_code == 422
    assert head.post(place, typed(internal_text=text, is_on="")).status_code == 200, "kept for later, off"
    named = head.post(place, typed(internal_text=text, replacement=str(school.head.person_id)))
    assert named.status_code in (200, 422)  # 200 where the phone book shows them


def test_its_replies_bear_its_title(school: School, sieve: MemorySieve, of: Of) -> None:
    owner = owner_of(school.box.account_id, now())
    assert owner is not None
    assert owner.name == school.box.title
    of(school.head).post(f"{school.path}parametres/absence", typed())
    script = sieve.boxes[school.box.account.mailbox].house
    assert f'"{school.box.title.replace(",", "")}' in script or school.box.title in script


@pytest.mark.parametrize("right", [Right.READ, Right.SEND, Right.MANAGE], ids=str)
def test_every_member_sees_it_above_the_mail_and_reads_what_is_answered(
    school: School, sieve: MemorySieve, mails: MemoryMailboxes, of: Of, right: Right
) -> None:
    somebody, lines = account("quelquun"), f"{school.path}accueil/bandeaux"
    school.share(somebody, right)
    assert words(of(somebody).get(lines)) == ""
    of(school.head).post(f"{school.path}parametres/absence", typed())
    shown = of(somebody).get(lines)
    assert shown.status_code == 200
    assert "Cette boîte annonce une absence jusqu’au" in words(shown)
    assert "Karim prend le relais." in words(shown)
    assert ("Terminer maintenant" in words(shown)) == (right is Right.MANAGE)
    whole = shown.content.decode().strip()
    assert whole.startswith("<form" if right is Right.MANAGE else "<div"), "the page replaces the whole line"
    assert words(of(somebody).get("/accueil/bandeaux")) == "", "nothing of it in one's own mail"


def test_who_manages_it_ends_it_from_the_line_above_the_mail(
    school: School, sieve: MemorySieve, mails: MemoryMailboxes, of: Of
) -> None:
    head = of(school.head)
    head.post(f"{school.path}parametres/absence", typed())
    ended = head.post(f"{school.path}parametres/absence/terminer", headers={"HX-Request": "true"})
    assert "L’absence de la boîte est terminée : plus aucune réponse ne part." in words(ended)
    assert words(head.get(f"{school.path}accueil/bandeaux")) == ""


def test_two_who_manage_it_undo_nothing_of_each_other(school: School, sieve: MemorySieve, of: Of) -> None:
    place = f"{school.path}parametres/absence"
    school.share(other := account("quelquun"), Right.MANAGE)
    of(school.head).post(place, typed())
    opened = shown_on(of(other).get(place).content.decode())
    of(school.head).post(place, typed(external_text="Joignez l’accueil.", days="3"))
    answer = of(other).post(
        place, typed(internal_text="Voyez Nadia.", **opened), headers={"HX-Request": "true"}
    )
    assert "Joignez l’accueil." in words(answer), "the page learns what stands now"
    saved = absence_of(school.box.account_id, Place.FIRST)
    assert saved is not None
    assert (saved.internal_text, saved.external_text, saved.days) == ("Voyez Nadia.", "Joignez l’accueil.", 3)


def test_a_text_that_both_changed_is_told_once(school: School, sieve: MemorySieve, of: Of) -> None:
    place = f"{school.path}parametres/absence"
    school.share(other := account("quelquun"), Right.MANAGE)
    opened = shown_on(of(other).get(place).content.decode())
    of(school.head).post(place, typed(internal_text="Voyez Karim."))
    filled = of(other).post(f"{place}/remplir", typed(template="fermeture", **opened))
    told = of(other).post(place, typed(internal_text="Voyez Nadia.", **shown_on(filled.content.decode())))
    assert told.status_code == 422
    assert "et y a mis « Voyez Karim. »" in words(told)
    shown = shown_on(told.content.decode())
    assert of(other).post(place, typed(internal_text="Voyez Nadia.", **shown)).status_code == 200
    saved = absence_of(school.box.account_id, Place.FIRST)
    assert saved is not None
    assert saved.internal_text == "Voyez Nadia."


def test_whoever_applies_twice_is_told_nothing_of_oneself(school: School, sieve: MemorySieve, of: Of) -> None:
    head, place = of(school.head), f"{school.path}parametres/absence"
    opened = shown_on(head.get(place).content.decode())
    applied = head.post(place, typed(**opened), headers={"HX-Request": "true"})
    again = head.post(place, typed(internal_text="Voyez Nadia.", **shown_on(applied.content.decode())))
    assert again.status_code == 200
