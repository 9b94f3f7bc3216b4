"""What is typed in the search box; labels by their names; searches kept."""

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st
from tests.answers import as_typed
from tests.engines.samples import letter, rich
from tests.mailbox.webmail.conftest import put, ref_text

from vaguemestre.access.signin.revocations import FileRevocations
from vaguemestre.engines.memory.mailbox import MemoryMailbox
from vaguemestre.foundation.kernel.errors import Refusal
from vaguemestre.foundation.kernel.text.keywords import keyword, name_of
from vaguemestre.mailbox.webmail.rules.listing import labels, search_query, searches
from vaguemestre.mailbox.webmail.services.choices import create_missing_label
from vaguemestre.people.credentials.models import Account
from vaguemestre.people.directory.models import MailAddress
from vaguemestre.post.mailstore.values import Clause, Where

TODAY = date(2026, 11, 25)


def asked(text: str) -> search_query.SearchQuery:
    return search_query.parse_query(text, TODAY, keyword)


@pytest.mark.parametrize(
    ("typed", "clauses"),
    [
        ("de:marie", [Clause(Where.FROM, "marie")]),
        ("From:marie", [Clause(Where.FROM, "marie")]),
        ("à:cdi a:cdi to:cdi pour:cdi", [Clause(Where.TO, "cdi")]),
        ('objet:"conseil de classe"', [Clause(Where.SUBJECT, "conseil de classe")]),
        ("objet:« conseil de classe »", [Clause(Where.SUBJECT, "conseil de classe")]),
        ("subject: sortie", [Clause(Where.SUBJECT, "sortie")]),
        ("avant:01/09/2026", [Clause(Where.BEFORE, "2026-09-01")]),
        ("older_than:1y", [Clause(Where.BEFORE, "2025-11-25")]),
        ("newer_than:7d newer_than:1w", [Clause(Where.SINCE, "2026-11-18")]),
        ("larger:1M larger_than:1Mo", [Clause(Where.LARGER, "1048576")]),
        ("smaller:300k smaller:300", [Clause(Where.SMALLER, "307200"), Clause(Where.SMALLER, "300")]),
        ("après:hier", [Clause(Where.SINCE, "2026-11-24")]),
        ("apres:2025", [Clause(Where.SINCE, "2025-01-01")]),
        ("depuis:11/2026", [Clause(Where.SINCE, "2026-11-01")]),
        ("after:2026-11-02", [Clause(Where.SINCE, "2026-11-02")]),
        ("après:02/11", [Clause(Where.SINCE, "2026-11-02")]),
        ("a:pièce has:attachment avec:pj", [Clause(Where.ATTACHED)]),
        ("étiquette:travail", [Clause(Where.LABEL, "travail")]),
        ("label:Été", [Clause(Where.LABEL, keyword("Été"))]),
        ("est:non-lu is:unread", [Clause(Where.UNREAD)]),
        ("-de:marie", [Clause(Where.FROM, "marie", is_not=True)]),
        ("-brouillon", [Clause(Where.TEXT, "brouillon", is_not=True)]),
    ],
)
def test_an_operator_says_where_to_look(typed: str, clauses: list[Clause]) -> None:
    found = asked(typed)
    assert (list(found.clauses), found.terms) == (clauses, ())


@pytest.mark.parametrize("typed", ["à:moi", "to:me", "pour:Moi"])
def test_me_is_ones_own_address(reader: Client, box: MemoryMailbox, nicolas: Account, typed: str) -> None:
    mine = MailAddress.objects.get(person=nicolas.person).address
    put(box, letter("Pour moi seul", To=mine))
    put(box, letter("Pour une autre", To="autre@dehors.example"))
    page = reader.get("/messagerie/", {"q": typed}).content.decode()
    assert "Pour moi seul" in page
    assert "Pour une autre" not in page


def test_what_is_no_operator_is_looked_for_as_it_stands() -> None:
    assert asked("http://ac-amiens.fr 10:30 avant:demain est:bleu").terms == (
        "http://ac-amiens.fr", "10:30", "avant:demain", "est:bleu",
    )  # fmt: skip


def test_words_are_told_from_operators_without_a_day() -> None:
    assert search_query.plain_terms("avant:hier older_than:999y sortie") == ("sortie",)


def test_small_words_are_not_marked_unless_alone() -> None:
    assert search_query.highlighted_words(asked("conseil de la classe objet:à objet:4e")) == (
        "conseil",
        "classe",
        "4e",
    )
    assert search_query.highlighted_words(asked("de la")) == ("de", "la")


def test_words_operators_and_folder_together() -> None:
    found = asked('conseil de:"Marie Martin" dans:Archives 4e')
    assert found == search_query.SearchQuery(
        ("conseil", "4e"), (Clause(Where.FROM, "Marie Martin"),), "Archives"
    )
    assert search_query.highlighted_words(found) == ("conseil", "4e", "Marie Martin")


@given(st.text(max_size=600))
def test_whatever_is_typed_is_only_looked_for(typed: str) -> None:
    found = asked(typed)
    assert len(found.terms) <= search_query.MAX_TERMS
    assert len(found.clauses) <= search_query.MAX_TERMS
    said = (*found.terms, *(one.value for one in found.clauses), found.folder)
    assert all(one.isprintable() for one in said)


@given(st.text(st.characters(categories=("L", "N", "Zs")), min_size=1, max_size=30))
def test_a_labels_name_can_be_read_again(name: str) -> None:
    mark = keyword(name)
    assert mark.isascii()
    assert keyword(name_of(mark)) == mark


def test_a_label_is_made_named_again_and_given_up() -> None:
    known, made = labels.with_label(labels.known_labels({}), "", " Conseil  4e B ", "teal")
    assert made == labels.Label("conseil_4e_b", "Conseil 4e B", "teal")
    assert labels.keyword_of("conseil 4e b", known) == "conseil_4e_b"
    assert labels.keyword_of("a faire", known) == "$label4"
    known, again = labels.with_label(known, "conseil_4e_b", "Conseils", "red")
    kept = labels.known_labels({labels.SUBJECT: labels.to_preferences(known)})
    assert kept[-1] == again
    assert labels.labels_in({"\\Seen", "conseil_4e_b", "$HasAttachment", "a"}, kept)[1].name == "Conseils"
    assert again not in labels.without_label(kept, "conseil_4e_b")


def test_a_label_is_refused_with_the_characters_that_it_cannot_have() -> None:
    with pytest.raises(Refusal, match="webmail.label-character") as refused:
        labels.with_label((), "", "Sorties/2026 : été/hiver", "blue")
    assert refused.value.facts["refused"] == "/ :"
    known, made = labels.with_label((), "", "Sorties 2026", "blue")
    assert labels.with_label(known, made.keyword, "Sorties/2026", "blue")[1].name == "Sorties/2026"


def test_a_search_is_kept_under_one_name_and_recent_ones_are_few() -> None:
    kept = searches.with_search((), " Sorties ", "objet:sortie")
    kept = searches.with_search(kept, "Sorties", "objet:sorties a:pj")
    assert kept == (searches.SavedSearch("Sorties", "objet:sorties a:pj"),)
    recent: tuple[str, ...] = ()
    for word in ("a", "b", "a", *"cdefghij"):
        recent = searches.with_recent(recent, word)
    assert recent[0] == "j"
    assert len(recent) == searches.MAX_RECENT == len(set(recent))


@pytest.mark.django_db
def test_a_search_by_operators_shows_what_it_found(reader: Client, box: MemoryMailbox) -> None:
    box.make_folder("4e B")
    put(box, letter("Sortie", From='"Paul" <paul@dehors.example>'), folder="4e B")
    put(box, rich("Sortie avec le bulletin"))
    page = reader.get("/messagerie/?q=objet:sortie+a:pj&partout=1").content.decode()
    assert "Sortie avec le bulletin" in page
    assert page.count("data-uid=") == 1
    page = reader.get("/messagerie/?q=sortie+dans:4e+from:paul&partout=1").content.decode()
    assert page.count("data-uid=") == 1
    assert 'data-folder="4e B"' in page
    assert "Pertinence" in page


@pytest.mark.django_db
@pytest.mark.parametrize("at", ["/messagerie/", "/messagerie/INBOX/", "/messagerie/INBOX/lignes/"])
def test_a_folder_that_is_not_there_is_named_and_nothing_typed_is_lost(
    reader: Client, box: MemoryMailbox, at: str
) -> None:
    put(box, letter("Sortie"))
    answer = reader.get(at, {"q": "dans:nullepart sortie", "partout": "1"})
    assert answer.status_code == 200
    page = as_typed(answer.content.decode())
    assert "Aucun dossier ne s’appelle « nullepart »" in page
    assert "data-uid=" not in page  # the same words would be found elsewhere
    if at.endswith("lignes/"):
        assert answer["X-Total"] == "0"
    else:
        assert 'name="q" value="dans:nullepart sortie"' in page
    other = reader.get(at, {"q": "dans:ailleurs sortie", "partout": "1"}).content.decode()
    assert "Aucun dossier ne s’appelle « ailleurs »" in as_typed(other)


def test_small_words_ask_for_nothing_beside_others_and_stay_between_quotes() -> None:
    assert asked("pour la rentrée").terms == ("rentrée",)
    assert asked("la pour").terms == ("la", "pour")
    assert asked('"pour la rentrée" avec lui').terms == ("pour la rentrée",)
    assert asked("vacances d'été").terms == ("vacances", "d'été")


def test_all_that_the_index_leaves_out_is_known() -> None:
    listed = Path("/usr/share/dovecot/stopwords/stopwords_fr.txt")
    said = [line.partition("|")[0].split() for line in listed.read_text(encoding="utf-8").splitlines()]
    left_out = {
        word for words in said for word in words if word.isascii()
    }  # accents went before, « été » stays
    assert len(left_out) > 100
    assert [word for word in sorted(left_out) if asked(f"rentrée {word}").terms != ("rentrée",)] == []


@pytest.mark.django_db
def test_a_search_between_quotes_says_what_it_had_no_time_to_read(
    reader: Client, box: MemoryMailbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(box, letter("Sortie au musée"))
    put(box, letter("Au musée, sortie"))
    address = '/messagerie/?q="sortie au musée"'
    page = reader.get(address).content.decode()
    assert page.count("data-uid=") == 1
    assert "dans un autre ordre" not in page
    look = MemoryMailbox.look
    monkeypatch.setattr(MemoryMailbox, "look", lambda *how: replace(look(*how), unchecked=12))
    page = as_typed(reader.get(address).content.decode())
    assert "12 autres courriels ont ces mots, peut-être dans un autre ordre : ils n’ont pas été relus" in page
    assert "un autre ordre" not in reader.get(f"{address}&recent=1").content.decode()  # the search goes on


@pytest.mark.django_db
def test_labels_are_put_shown_searched_and_taken_off(
    reader: Client, box: MemoryMailbox, nicolas: Account
) -> None:
    ref = put(box)
    made = reader.post("/messagerie/etiquettes/", {"name": "Été 2027", "colour": "teal"})
    mark = made.json()["mark"]
    reader.post("/messagerie/actes/label/", {"ref": ref_text(ref), "mark": mark})
    assert mark in box.open(ref).flags
    page = reader.get("/messagerie/").content.decode()
    assert 'class="label lab-teal"><span class="vh">, étiquette </span>Été 2027' in page
    assert "Été 2027" in reader.get(f"/messagerie/INBOX/{ref.uid_validity}/{ref.uid}/").content.decode()
    assert reader.get("/messagerie/", {"q": "étiquette:ete 2027"}).content.decode().count("data-uid=") == 0
    found = reader.get("/messagerie/", {"q": 'étiquette:"ete 2027"', "partout": "1"}).content.decode()
    assert found.count("data-uid=") == 1
    reader.post("/messagerie/actes/unlabel/", {"ref": ref_text(ref), "mark": mark})
    assert mark not in box.open(ref).flags
    reader.post("/messagerie/etiquettes/", {"mark": mark, "remove": "1"})
    nicolas.refresh_from_db()
    assert mark not in str(nicolas.preferences)


@pytest.mark.django_db
def test_a_missing_label_is_created_once(nicolas: Account) -> None:
    assert create_missing_label(nicolas.pk, nicolas.preferences, "Équipe 4e")
    nicolas.refresh_from_db()
    *before, created = labels.known_labels(nicolas.preferences)
    assert (created.name, created.keyword) == ("Équipe 4e", keyword("Équipe 4e"))
    renamed, _ = labels.with_label((*before, created), created.keyword, "Quatrièmes", "red")
    for name in ("équipe 4E", "Equipe 4e"):
        assert not create_missing_label(nicolas.pk, nicolas.preferences, name)
    assert labels.with_name(renamed, "Équipe 4e") == renamed, "its messages show the new name"
    for name in ("Junk", "4e/5e"):
        with pytest.raises(Refusal, match="webmail.label-characters"):
            create_missing_label(nicolas.pk, nicolas.preferences, name)


@pytest.mark.django_db
@pytest.mark.parametrize("mark", ["\\Deleted", "$Forwarded", "a b", "x)", ""])
def test_only_a_label_is_put_as_a_label(reader: Client, box: MemoryMailbox, mark: str) -> None:
    ref = put(box)
    answer = reader.post("/messagerie/actes/label/", {"ref": ref_text(ref), "mark": mark})
    assert answer.status_code == 422
    assert box.open(ref).flags == frozenset()


@pytest.mark.django_db
def test_a_search_is_kept_beside_the_folders(
    reader: Client, box: MemoryMailbox, own_revocations: FileRevocations
) -> None:
    put(box)
    assert reader.get("/messagerie/recherches/").status_code == 405
    count, end_count = own_revocations.count(), own_revocations.end_count()
    reader.post("/messagerie/recherches/", {"name": "Sorties", "q": "objet:sortie"})
    reader.post("/messagerie/recherches/", {"used": "1", "q": "marquenterre"})
    assert own_revocations.count() == count + 2  # every worker reads the person again
    assert own_revocations.end_count() == end_count  # and nobody looks for sessions that ended
    page = reader.get("/messagerie/").content.decode()
    assert 'href="/messagerie/?q=objet%3Asortie&amp;partout=1"' in page
    assert "marquenterre" in page
    reader.post("/messagerie/recherches/", {"remove": "Sorties"})
    reader.post("/messagerie/recherches/", {"forget": "1"})
    page = reader.get("/messagerie/").content.decode()
    assert "objet%3Asortie" not in page
    assert "marquenterre&quot;" not in page
