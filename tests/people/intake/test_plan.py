"""The plan between a file and what we know: pure."""

from dataclasses import replace
from datetime import date
from hashlib import sha256

import pytest
from tests.people.intake.lines import crowd, feed, line, other

from vaguemestre.people.credentials.values import AccountState
from vaguemestre.people.directory.rules.numens import parse_numen
from vaguemestre.people.directory.values import CivilStatus, KnownElsewhere, KnownPerson, Numen, Post
from vaguemestre.people.intake.feed_parsers import hr
from vaguemestre.people.intake.rules import build_plan
from vaguemestre.people.intake.values import AcademySnapshot, Change, ImportTerms, KnownAccount, Plan

TODAY = date(2026, 11, 25)
TERMS = ImportTerms(TODAY, grace_days=60, closure_limit_percent=2.0)
NOBODY = AcademySnapshot({}, {}, {})


def digest(numen: Numen) -> str:
    return sha256(numen.text.encode()).hexdigest()


def planned(known: AcademySnapshot, *lines: str, terms: ImportTerms = TERMS) -> Plan:
    return build_plan(hr.parse_feed(feed(*lines), TODAY), known, terms, digest)


def after(made: Plan, known: AcademySnapshot = NOBODY, terms: ImportTerms = TERMS) -> AcademySnapshot:
    """What we would know once the plan is applied."""
    people, accounts, sources = dict(known.people), dict(known.accounts), dict(known.sources)
    for arrival in made.arrivals:
        pk, new = len(people) + 1, arrival.person
        digests = (digest(new.numen),) if new.numen else ()
        people[pk] = KnownPerson(
            pk, new.dossier, new.civil, new.category, digests, new.recovery_address, new.posts
        )
        accounts[pk] = KnownAccount(pk, AccountState.PENDING)
        if terms.full_source:
            sources[pk] = terms.full_source
    for made_change in made.changes:
        pk = made_change.change.person_id
        people[pk] = _changed(people[pk], made_change)
        if made_change.account_act:
            accounts[pk] = KnownAccount(
                pk, AccountState.CLOSED if made_change.account_act == "close" else AccountState.PENDING
            )
        if made_change.source:
            sources[pk] = made_change.source
    return AcademySnapshot(people, accounts, sources)


def _changed(person: KnownPerson, made: Change) -> KnownPerson:
    change = made.change
    posts = {post.key: post for post in (*person.posts, *change.posts)}
    digests = person.numen_digests
    if change.numen:
        digests = tuple(dict.fromkeys((digest(change.numen), *digests)))
    return replace(
        person,
        dossier=change.dossier or person.dossier,
        civil=change.civil or person.civil,
        category=change.category or person.category,
        recovery_address=change.recovery_address or person.recovery_address,
        numen_digests=digests,
        posts=tuple(posts.values()),
    )


def reasons(made: Plan) -> list[tuple[int, str]]:
    return [(r.line, r.column) for r in made.refused]


def test_unknown_people_arrive_with_all_their_posts() -> None:
    made = planned(NOBODY, line(), line(uai="0609001H", principal="N"), other())
    assert [(a.person.dossier, len(a.person.posts), len(a.lines)) for a in made.arrivals] == [
        ("D1", 2, 2),
        ("D2", 1, 1),
    ]
    assert [p.is_primary for p in made.arrivals[0].person.posts] == [True, False]


def test_one_post_is_primary_whatever_the_lines_say() -> None:
    made = planned(
        NOBODY, line(principal=""), line(uai="0609001H", principal=""), other(), other(uai="0809001Z")
    )
    assert [[p.is_primary for p in a.person.posts] for a in made.arrivals] == [[True, False], [True, False]]


@pytest.mark.parametrize("terms", [TERMS, replace(TERMS, full_source="EPP")])
def test_what_was_applied_leaves_nothing_to_do(terms: ImportTerms) -> None:
    lines = (line(), line(uai="0609001H", principal="N"), other(), *crowd(5))
    known = after(planned(NOBODY, *lines, terms=terms), terms=terms)
    again = planned(known, *lines, terms=terms)
    assert again.is_empty
    assert again.unchanged == 7
    assert planned(known, *reversed(lines), terms=terms).is_empty


def test_the_same_people_are_planned_whatever_the_order() -> None:
    lines = (line(), other(), *crowd(3))
    there = {a.person for a in planned(NOBODY, *lines).arrivals}
    assert {a.person for a in planned(NOBODY, *reversed(lines)).arrivals} == there


def test_people_are_matched_by_numen_then_by_dossier() -> None:
    known = after(planned(NOBODY, line(), other()))
    made = planned(known, line(dossier="NEW"), other(numen="", prenom="Marco"))
    assert [c.what for c in made.changes] == [("dossier",), ("état civil",)]
    assert not made.arrivals


def test_a_mere_match_candidate_is_for_a_human_and_never_applied() -> None:
    known = after(planned(NOBODY, line()))
    made = planned(known, line(dossier="D9", numen="", nom_naissance="LEFEVRE", prenom="Elodie"))
    assert made.is_empty
    assert reasons(made) == [(2, "nom_naissance")]
    assert "dossier D1" in made.refused[0].reason


@pytest.mark.parametrize(
    ("twin", "words"),
    [
        (line(dossier="D9", numen="20E9500009TWN"), "ressemble à la ligne 2 (dossier D1)"),
        (line(dossier="D9", numen=""), "ressemble à la ligne 2 (dossier D1)"),
        (line(dossier="D9", numen="20E9500009TWN", nom_naissance="Lefebvre"), "nom voisin"),
        (line(dossier="D9", numen="20E9500009TWN", prenom="Elodi", uai="0609001H"), "nom voisin"),
        (line(dossier="D9", numen="20E9500009TWN", date_naissance="05/04/1980"), "date de naissance voisine"),
        (line(dossier="D9", numen="20E9500009TWN", date_naissance="04/05/1908"), ""),  # too old to be read
        (line(dossier="D9", numen="20E9500009TWN", date_naissance="04/05/1990"), "date de naissance voisine"),
    ],
)
def test_of_two_people_alike_in_one_file_the_second_waits_for_a_human_even_half_way(
    twin: str, words: str
) -> None:
    made = planned(NOBODY, line(), twin, *crowd(20))
    assert {a.person.dossier for a in made.arrivals} & {"D1", "D9"} == {"D1"}
    assert words in made.refused[0].reason
    if words:
        assert [(d.dossier, d.person_id, d.twin) for d in made.possible_matches] == [("D9", None, "D1")]
    half_way = after(planned(NOBODY, line()))
    (candidate,) = planned(half_way, line(), twin, *crowd(20)).possible_matches if words else (None,)
    assert candidate is None or (candidate.dossier, candidate.person_id, candidate.twin) == ("D9", 1, "")
    if words:
        answered = replace(half_way, other=frozenset({("D9", 1)}))
        assert len(planned(answered, line(), twin).arrivals) == 1


@pytest.mark.parametrize(
    "other_person",
    [
        line(dossier="D9", numen="20E9500009TWN", prenom="Julie"),
        line(dossier="D9", numen="20E9500009TWN", date_naissance="17/11/1966"),
        line(dossier="D9", numen="20E9500009TWN", date_naissance="05/05/1980", uai="0609001H"),
    ],
)
def test_people_who_share_only_some_of_it_arrive(other_person: str) -> None:
    assert len(planned(NOBODY, line(), other_person).arrivals) == 2


@pytest.mark.parametrize(
    ("told", "words"),
    [
        (line(dossier="D9", numen="20E9500009TWN", nom_naissance="Lefebvre"), "nom voisin"),
        (line(dossier="D9", numen="20E9500009TWN", date_naissance="14/05/1980"), "date de naissance voisine"),
        (line(dossier="D9", numen="20E9500009TWN", nom_naissance="Roy", nom_usage="Lefèvre"), "ressemble"),
    ],
)
def test_somebody_near_a_person_known_waits_for_a_human(told: str, words: str) -> None:
    known = after(planned(NOBODY, line(), *crowd(20)))
    made = planned(known, told)
    assert not made.arrivals
    assert words in made.refused[0].reason
    assert "(dossier D1)" in made.refused[0].reason
    assert [candidate.person_id for candidate in made.possible_matches] == [1]


def test_a_change_tells_before_and_after() -> None:
    known = after(planned(NOBODY, line(), other()))
    made = planned(
        known,
        line(numen="20E9509999ABC", nom_usage="Roy", fin="31/08/2027"),
        other(categorie="2D_PUBLIC", date_naissance="10/01/1982"),
        terms=replace(TERMS, full_source="EPP"),
    )
    assert [tuple(d) for c in made.changes for d in c.differences] == [
        ("numen", None, "20E••••••••BC", ""),
        ("usage-name", "", "Roy", ""),
        ("end", "", "2027-08-31", "0809001Z"),
        ("source", "", "EPP", ""),
        ("category", "1D_PUBLIC", "2D_PUBLIC", ""),
        ("birth-date", "1982-01-09", "1982-01-10", ""),
        ("source", "", "EPP", ""),
    ]


def test_somebody_who_leaves_is_told_with_school_and_last_day() -> None:
    terms = replace(TERMS, full_source="EPP")
    known = after(planned(NOBODY, *crowd(100), terms=terms), terms=terms)
    (gone,) = planned(known, *crowd(99), terms=terms).departures
    assert (gone.uai, gone.function, gone.leaves_on) == ("0809001Z", "ENS", date(2026, 11, 24))
    assert gone.differences == (("end", "", "2026-11-24", "0809001Z"),)


@pytest.mark.parametrize(
    ("wrong", "good", "is_held"),
    [(29, 22, True), (2, 3, True), (1, 1, False), (1, 0, True), (5, 95, False), (6, 94, True)],
)
def test_too_many_refused_lines_hold_the_feed(wrong: int, good: int, is_held: bool) -> None:
    lines = [*crowd(good), *(line(dossier=f"W{n}", uai="0809001A") for n in range(wrong))]
    terms = replace(TERMS, refusal_limit_percent=5.0)
    made = planned(NOBODY, *lines, terms=terms)
    assert bool(made.refusal) is is_held
    if is_held:
        assert (
            "L’unique ligne est refusée" if wrong == 1 else f"{wrong} lignes sur {wrong + good} sont"
        ) in (made.refusal)
    assert not planned(NOBODY, *lines, terms=replace(terms, refusals_confirmed=True)).refusal


def test_whoever_waits_for_a_human_does_not_hold_the_feed() -> None:
    known = after(planned(NOBODY, *crowd(6)))
    again = [cells.replace("20E95", "20E96").replace("C0000", "N0000") for cells in crowd(6)]
    made = planned(known, *again, terms=replace(TERMS, refusal_limit_percent=5.0))
    assert (len(made.possible_matches), made.unresolved_lines, made.refusal) == (6, 6, "")


@pytest.mark.parametrize(
    ("second", "column"),
    [
        (other(numen="20E9501234ABC"), "numen"),
        (other(dossier="D1"), "numen"),
        (other(dossier="D1", numen=""), "dossier"),
        (line(uai="0609001H", prenom="Elodie"), "prenom"),
        (line(), "uai"),
        (line(uai="0609001H", numen="20E9509999ABC"), "numen"),
    ],
)
def test_a_line_that_contradicts_an_earlier_one_is_refused(second: str, column: str) -> None:
    made = planned(NOBODY, line(), second, *crowd(1))
    assert reasons(made) == [(3, column)]
    assert len(made.arrivals) == 2


@pytest.mark.parametrize(
    ("told", "column"),
    [
        (line(dossier="D2"), "numen"),
        (line(nom_naissance="Autre", prenom="Nom"), "numen"),
        (other(numen="20E9500007NEW", nom_naissance="Autre", prenom="Nom"), "dossier"),
    ],
)
def test_a_line_that_contradicts_what_we_know_is_refused(told: str, column: str) -> None:
    known = after(planned(NOBODY, line(), other()))
    made = planned(known, told)
    assert made.is_empty
    assert reasons(made) == [(2, column)]


def test_a_numen_of_somebody_else_is_given_to_nobody_whatever_the_dossier_or_a_human_says() -> None:
    known = after(planned(NOBODY, line(), other()))
    said = replace(known, same=frozenset({("D9", 2)}))
    assert reasons(planned(said, line(dossier="D9"))) == [(2, "numen")]
    numen = "20E9507777ABC"
    civil = CivilStatus("M.", "Ailleurs", "", "Paul", date(1970, 1, 1))
    there = KnownElsewhere(9, civil, date(2020, 9, 1))
    elsewhere = replace(known, elsewhere={sha256(numen.encode()).hexdigest(): there})
    made = planned(elsewhere, line(numen=numen))
    assert made.is_empty
    assert reasons(made) == [(2, "numen")]


def test_a_feed_does_not_undo_what_only_the_person_knows() -> None:
    known = after(planned(NOBODY, line(courriel_secours="a@courriel.example")))
    chosen = replace(known.people[1], civil=replace(known.people[1].civil, chosen_first_name="Elo"))
    known = AcademySnapshot({1: chosen}, known.accounts, known.sources)
    assert planned(known, line(civilite="", courriel_secours="b@courriel.example")).is_empty


def test_a_partial_file_ends_nothing_it_does_not_mention() -> None:
    known = after(planned(NOBODY, line(), line(uai="0609001H", principal="N"), other()))
    assert planned(known, line()).is_empty


def test_a_new_primary_post_replaces_the_former_as_primary() -> None:
    known = after(planned(NOBODY, line()))
    made = planned(known, line(uai="0609001H", debut="01/09/2026"))
    after_move = after(made, known).people[1].posts
    assert [(p.uai, p.is_primary, p.ends_on) for p in after_move] == [
        ("0809001Z", False, None),
        ("0609001H", True, None),
    ]
    assert planned(after(made, known), line(uai="0609001H", debut="01/09/2026")).is_empty


def test_a_refused_line_does_not_make_another_post_primary() -> None:
    known = after(planned(NOBODY, line(), line(uai="0609001H", principal="N")))
    made = planned(known, line(principal="?"), line(uai="0609001H", principal="N"))
    assert made.is_empty
    assert len(made.refused) == 1


def test_an_end_closes_the_account_once_the_grace_is_over() -> None:
    known = after(planned(NOBODY, line(), *crowd(100)))
    (ended,) = planned(known, line(fin="24/11/2026")).changes
    assert (ended.leaves, ended.account_act) == (True, "")
    (closed,) = planned(known, line(fin="25/09/2026")).changes
    assert (closed.leaves, closed.account_act) == (True, "close")
    (later,) = planned(known, line(fin="31/08/2027")).changes
    assert (later.leaves, later.account_act) == (False, "")


def test_time_alone_closes_at_the_next_feed_without_counting_as_a_closure() -> None:
    lines = [line(fin="24/11/2026")]
    known = after(planned(NOBODY, *lines))
    terms = replace(TERMS, today=date(2027, 2, 1))
    made = planned(known, *lines, terms=terms)
    assert [(c.account_act, c.leaves) for c in made.changes] == [("close", False)]
    assert not made.refusal


def test_somebody_who_comes_back_finds_the_account_open_again() -> None:
    known = after(planned(NOBODY, line(fin="24/11/2026"), *crowd(60)))
    known = AcademySnapshot(
        known.people, {**known.accounts, 1: KnownAccount(1, AccountState.CLOSED)}, known.sources
    )
    (back,) = planned(known, line(debut="01/12/2026")).changes
    assert back.account_act == "reopen"


def test_an_account_closed_by_hand_is_not_opened_by_an_unchanged_feed() -> None:
    known = after(planned(NOBODY, line()))
    closed = AcademySnapshot(known.people, {1: KnownAccount(1, AccountState.CLOSED)}, {})
    assert planned(closed, line()).is_empty


def test_unknown_people_whose_duties_are_long_over_are_left_out() -> None:
    made = planned(NOBODY, line(fin="01/07/2021"), other())
    assert (len(made.arrivals), made.ended_already) == (1, 1)


@pytest.mark.parametrize(("leaving", "is_refused"), [(2, False), (3, True)])
def test_more_than_two_percent_of_closures_refuses_the_feed_whole(leaving: int, is_refused: bool) -> None:
    known = after(planned(NOBODY, *crowd(100)))
    made = planned(known, *crowd(leaving, fin="24/11/2026"), line())
    assert bool(made.refusal) is is_refused
    confirmed = replace(TERMS, closures_confirmed=True)
    assert not planned(known, *crowd(leaving, fin="24/11/2026"), terms=confirmed).refusal


def test_absence_ends_duties_only_in_a_file_complete_for_their_source() -> None:
    full = replace(TERMS, full_source="EPP")
    known = after(planned(NOBODY, *crowd(100), terms=full), terms=full)
    known = after(planned(known, line(), terms=TERMS), known)
    assert not planned(known, *crowd(98)).changes
    assert not planned(known, *crowd(98), terms=replace(TERMS, full_source="AGAPE")).departures
    made = planned(known, *crowd(98), terms=full)
    assert sorted(c.dossier for c in made.departures) == ["C00098", "C00099"]
    assert [p.ends_on for c in made.departures for p in c.change.posts] == [date(2026, 11, 24)] * 2
    assert made.accounts_of_source == 100
    assert planned(known, *crowd(97), terms=full).refusal
    again = after(made, known, full)
    assert planned(again, *crowd(98), terms=full).is_empty


def test_a_refused_line_is_not_an_absence() -> None:
    full = replace(TERMS, full_source="EPP")
    known = after(planned(NOBODY, *crowd(100), terms=full), terms=full)
    lines = [*crowd(99), crowd(100, principal="?")[99]]
    assert not planned(known, *lines, terms=full).departures


def test_a_complete_file_ends_the_posts_it_does_not_mention() -> None:
    full = replace(TERMS, full_source="EPP")
    known = after(planned(NOBODY, line(), line(uai="0609001H", principal="N"), terms=full), terms=full)
    (change,) = planned(known, line(), terms=full).changes
    assert [(p.uai, p.ends_on) for p in change.change.posts] == [("0609001H", date(2026, 11, 24))]
    assert not change.leaves


def test_a_new_numen_is_recorded_and_a_former_one_still_finds() -> None:
    known = after(planned(NOBODY, line()))
    made = planned(known, line(numen="2620E7ABCDE89"))
    assert [c.what for c in made.changes] == [("NUMEN",)]
    assert [c.what for c in planned(after(made, known), line(dossier="NEW")).changes] == [
        ("dossier", "NUMEN")
    ]


def test_planning_changes_nothing_it_was_given() -> None:
    post = Post("0809001Z", date(2020, 9, 1), function="ENS")
    civil = CivilStatus("M.", "Martin", "", "Jean", date(1980, 1, 1))
    person = KnownPerson(1, "D1", civil, "2D_PUBLIC", (), "", (post,))
    known = AcademySnapshot({1: person}, {1: KnownAccount(1, AccountState.ACTIVE)}, {})
    first = planned(known, line(numen="", nom_naissance="Martin", prenom="Jean", date_naissance="01/01/1980"))
    assert known.people == {1: person}
    assert first == planned(
        known, line(numen="", nom_naissance="Martin", prenom="Jean", date_naissance="01/01/1980")
    )


def test_a_post_written_before_human_resources_knew_ends_when_they_bring_the_person() -> None:
    """Or the account of somebody received by hand, or created on a request, would never close."""
    by_hand = replace(known_by_hand(), posts=(Post("0809001Z", date(2026, 9, 1)),))
    known = AcademySnapshot({1: by_hand}, {1: KnownAccount(1, AccountState.ACTIVE)}, {})
    brought = planned(known, line(dossier="EPP-1", fin="31/12/2026"))
    now = after(brought, known)
    assert {(p.function, p.ends_on) for p in now.people[1].posts} == {
        ("", date(2026, 11, 24)),
        ("ENS", date(2026, 12, 31)),
    }
    assert planned(now, line(dossier="EPP-1", fin="31/12/2026")).is_empty
    later = replace(TERMS, today=date(2027, 3, 15), closures_confirmed=True)
    (closing,) = planned(now, line(dossier="EPP-1", fin="31/12/2026"), terms=later).changes
    assert closing.account_act == "close"


def test_a_post_written_by_hand_stays_while_human_resources_say_the_person_left() -> None:
    known = AcademySnapshot({1: known_by_hand()}, {1: KnownAccount(1, AccountState.ACTIVE)}, {})
    (change,) = planned(known, line(dossier="EPP-1", debut="01/09/2024", fin="31/08/2026")).changes
    assert not change.leaves
    assert [p.function for p in change.change.posts] == ["ENS"]


def known_by_hand() -> KnownPerson:
    """Élodie Lefèvre, whom her service received before the feed did."""
    civil = CivilStatus("Mme", "Lefèvre", "", "Élodie", date(1980, 5, 4))
    digests = (digest(parse_numen("20E9501234ABC")),)
    post = Post("0809001Z", date(2026, 9, 1), date(2027, 8, 31))
    return KnownPerson(1, "N26-ABCDEF", civil, "2D_PUBLIC", digests, "", (post,))
