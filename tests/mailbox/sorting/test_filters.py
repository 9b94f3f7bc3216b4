"""Filters: which are possible, how they are said in Sieve, what a trial tells."""

import subprocess
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.mailbox.sorting.samples import HOSTILE, OWNER, texts
from tests.mailbox.sorting.samples import composed as compose
from tests.mailbox.sorting.sieve_reader import shape, tokens

from vaguemestre.foundation.kernel.errors import Refusal
from vaguemestre.mailbox.sorting.rules.filters import (
    check_filter,
    matches,
    security_notice_of,
    shift_position,
    suggest_filter,
)
from vaguemestre.mailbox.sorting.values import Aspect, Condition, Filter, MessageSummary, Outcome, Relation

FOLDERS = ("Archive", "Conseils")
CONSEIL = Condition(Aspect.SUBJECT, Relation.CONTAINS, "conseil")
PLAIN = Filter("Conseils", (CONSEIL,), Outcome(move_to="Conseils"))
GLANCE = MessageSummary(
    sender="Marie Éa <marie.ea@ac-amiens.test>",
    sender_address="marie.ea@ac-amiens.test",
    recipients="Nadia Morel <nadia.morel@ac-amiens.test>, tous@dehors.example",
    recipient_addresses=("nadia.morel@ac-amiens.test", "tous@dehors.example"),
    subject="Conseil de classe",
    size=3 * 1024 * 1024,
    has_attachment=True,
)
DAYS = (Aspect.SINCE, Aspect.UNTIL)


def fit(aspect: Aspect, text: str) -> str:
    """Words that the aspect may be compared with."""
    return "5" if aspect is Aspect.SIZE else "2026-12-19" if aspect in DAYS else text


def outline(script: str) -> list[tuple[str, str]]:
    """Its shape, a list of strings counting as one: words have one spelling or several."""
    kept: list[tuple[str, str]] = []
    for kind, text in shape(script):
        if (kind, text) == ("string", "") and kept[-2:] == [("string", ""), ("sign", ",")]:
            kept.pop()
        else:
            kept.append((kind, text))
    return kept


WORDED = (Aspect.SENDER, Aspect.RECIPIENT, Aspect.SUBJECT, Aspect.TEXT, Aspect.LIST)
DOMAINS = ("ac-amiens.test",)


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"name": " "}, "filter-name"),
        ({"name": "a\nb"}, "filter-name"),
        ({"conditions": ()}, "filter-conditions"),
        ({"conditions": (CONSEIL,) * 9}, "filter-conditions"),
        ({"conditions": (Condition(Aspect.SENDER, Relation.IS, "  "),)}, "filter-words"),
        ({"conditions": (Condition(Aspect.SENDER, Relation.IS, "a\r\nb"),)}, "filter-words"),
        ({"conditions": (Condition(Aspect.SIZE, text="beaucoup"),)}, "filter-size"),
        ({"conditions": (Condition(Aspect.SIZE, text="0"),)}, "filter-size"),
        ({"conditions": (Condition(Aspect.SIZE, text="²"),)}, "filter-size"),
        ({"outcome": Outcome()}, "filter-idle"),
        ({"outcome": Outcome(move_to="Ailleurs")}, "filter-folder"),
        ({"outcome": Outcome(copy_to='x"; discard; "')}, "filter-folder"),
        ({"conditions": (Condition(Aspect.SIZE, text="9999999999"),)}, "filter-size"),
        ({"conditions": (Condition(Aspect.SINCE, text="le mois dernier"),)}, "filter-day"),
        ({"outcome": Outcome(move_to="Archive", discards=True)}, "filter-two-places"),
        ({"outcome": Outcome(label="  ")}, "filter-label"),
        ({"outcome": Outcome(label="a" * 200)}, "filter-label"),
    ],
)
def test_what_cannot_be_carried_out_is_refused(changes: dict[str, object], code: str) -> None:
    check_filter(PLAIN, FOLDERS)
    with pytest.raises(Refusal) as refused:
        check_filter(replace(PLAIN, **changes), FOLDERS)  # type: ignore[arg-type]
    assert refused.value.code == f"sorting.{code}"


@pytest.mark.parametrize(
    ("condition", "fit"),
    [
        (Condition(Aspect.SENDER, Relation.CONTAINS, "marie"), True),
        (Condition(Aspect.SENDER, Relation.IS, "Marie.Ea@AC-amiens.test"), True),
        (Condition(Aspect.SENDER, Relation.IS, "marie"), False),
        (Condition(Aspect.SENDER, Relation.LACKS, "marie"), False),
        (Condition(Aspect.RECIPIENT, Relation.IS, "tous@dehors.example"), True),
        (Condition(Aspect.RECIPIENT, Relation.LACKS, "tous"), False),
        (Condition(Aspect.SUBJECT, Relation.IS, "conseil de classe"), True),
        (Condition(Aspect.SUBJECT, Relation.CONTAINS, "facture"), False),
        (Condition(Aspect.SIZE, text="2"), True),
        (Condition(Aspect.SIZE, text="3"), False),
        (Condition(Aspect.ATTACHMENT), True),
        (Condition(Aspect.OUTSIDE), False),
        (Condition(Aspect.TEXT, text="conseil"), False),
    ],
)
def test_a_trial_answers_as_the_filter_will(condition: Condition, fit: bool) -> None:
    assert matches(replace(PLAIN, conditions=(condition,)), GLANCE, DOMAINS) is fit


@pytest.mark.parametrize("typed", ["N'Diaye", "N’Diaye", "n'diaye", "N’DIAYE"])
@pytest.mark.parametrize("written", ["Maud N'Diaye", "Maud N’Diaye"])
def test_a_filter_takes_the_one_apostrophe_for_the_other(typed: str, written: str) -> None:
    condition = Condition(Aspect.SENDER, Relation.CONTAINS, typed)
    assert matches(replace(PLAIN, conditions=(condition,)), replace(GLANCE, sender=written), DOMAINS)


@pytest.mark.parametrize("day", ["9999-12-31", "0001-01-01"])
def test_a_day_without_another_beside_it_in_the_calendar_is_refused(day: str) -> None:
    bounded = replace(PLAIN, conditions=(Condition(Aspect.UNTIL, Relation.CONTAINS, day),))
    with pytest.raises(Refusal, match="far-day"):
        check_filter(bounded, FOLDERS)


def test_all_or_one_of_the_conditions() -> None:
    both = (CONSEIL, Condition(Aspect.SUBJECT, Relation.CONTAINS, "facture"))
    assert not matches(replace(PLAIN, conditions=both), GLANCE, DOMAINS)
    assert matches(replace(PLAIN, conditions=both, matches_all=False), GLANCE, DOMAINS)


@given(st.lists(st.integers(1, 50), unique=True), st.integers(1, 50), st.sampled_from([-1, 1]))
def test_moving_one_place_keeps_everybody(order: list[int], one: int, by: int) -> None:
    after = shift_position(order, one, by)
    assert sorted(after) == sorted(order)
    if one in order:
        assert abs(after.index(one) - order.index(one)) <= 1
        if 0 <= order.index(one) + by < len(order):
            assert shift_position(after, one, -by) == tuple(order)


@given(
    texts,
    texts,
    texts,
    st.sampled_from([one for one in Aspect if one not in ("size", "attachment", "outside")]),
)
def test_no_text_changes_the_shape_of_the_script(name: str, words: str, folder: str, aspect: Aspect) -> None:
    def written(name: str, words: str, folder: str) -> str:
        wanted = Filter(name, (Condition(aspect, Relation.CONTAINS, words),), Outcome(folder, folder))
        return compose([wanted], OWNER)

    assert outline(written(name, fit(aspect, f"x{words}"), f"y{folder}")) == outline(
        written("n", fit(aspect, "x"), "y")
    )


@pytest.mark.engines
def test_every_kind_of_filter_compiles(tmp_path: Path) -> None:
    outcome = Outcome("Archive/Été", "Copie", is_read=True, is_flagged=True)
    filters = []
    for aspect in Aspect:
        for relation in Relation:
            for text in HOSTILE:
                words = fit(aspect, text)
                filters.append(
                    Filter(text, (Condition(aspect, relation, words), CONSEIL), outcome, len(text) % 2 > 0)
                )
    script = compose(filters, OWNER, kept="autre")
    (tmp_path / "a.sieve").write_bytes(script.encode())
    command = ["sievec", str(tmp_path / "a.sieve"), str(tmp_path / "a.svbin")]
    ended = subprocess.run(command, capture_output=True, text=True, check=False)
    assert ended.returncode == 0, ended.stderr


def test_a_filter_switched_off_is_not_in_the_script() -> None:
    assert compose([replace(PLAIN, is_on=False)], OWNER, kept="x") == ""
    script = compose([PLAIN], OWNER, kept="x")
    assert ("string", "conseil") in tokens(script)


@given(texts, st.booleans(), st.sampled_from(["", "Parents <parents.dehors.example>", "<>"]))
def test_a_filter_begun_from_a_message_takes_that_message(subject: str, whole: bool, told: str) -> None:
    glance = replace(GLANCE, subject=f"Re: TR : {subject}", list_id=told)
    wanted = suggest_filter(glance, with_subject=whole)
    assert len(wanted.conditions) <= 1 + whole
    check_filter(replace(wanted, outcome=Outcome(is_read=True)), FOLDERS)


def test_what_is_said_of_an_answer_is_the_subject_it_answers() -> None:
    glance = replace(GLANCE, subject="Re: Fwd: Conseil de classe")
    wanted = suggest_filter(glance, with_subject=True)
    assert wanted.name == "Conseil de classe"
    assert wanted.conditions[1] == Condition(Aspect.SUBJECT, Relation.CONTAINS, "Conseil de classe")
    assert matches(wanted, glance, DOMAINS)


@pytest.mark.parametrize(
    ("outcome", "notice"),
    [
        (Outcome(forward_to="a@x.fr"), "forward-set"),
        (Outcome(discards=True), "filter-deletes"),
        (Outcome(move_to="Trash"), "filter-deletes"),
        (Outcome(move_to="Junk"), "filter-deletes"),
        (Outcome(move_to="Archive", is_read=True), "filter-deletes"),
        (Outcome(move_to="Trash/x"), "filter-deletes"),
        (Outcome(move_to="Junk/a/b"), "filter-deletes"),
        (Outcome(move_to="Trashy"), ""),
        (Outcome(is_read=True, stops=False), "filter-deletes"),  # a later one may move it
        (Outcome(move_to="Archive"), ""),
        (Outcome(is_read=True), ""),
    ],
)
def test_what_sends_away_or_hides_is_told_to_the_owner(outcome: Outcome, notice: str) -> None:
    assert security_notice_of(outcome) == notice


@pytest.mark.parametrize(
    ("typed", "written"),
    [
        ("remi", "Rémi Vandenbroucke"),
        ("Rémi", "Remi Vandenbroucke"),
        ("aissatou", "Aïssatou N’Diaye"),
        ("aissatou n'diaye", "Aïssatou N’Diaye"),
        ("lefevre", "LEFÈVRE Hélène"),
        ("elodie", "Élodie Muñoz"),
    ],
)
def test_a_filter_finds_a_person_without_the_accents_of_the_name(typed: str, written: str) -> None:
    for aspect in (Aspect.SENDER, Aspect.RECIPIENT):
        condition = Condition(aspect, Relation.CONTAINS, typed)
        told = replace(GLANCE, sender=written, recipients=written)
        assert matches(replace(PLAIN, conditions=(condition,)), told, DOMAINS)
        lacking = replace(condition, relation=Relation.LACKS)
        assert not matches(replace(PLAIN, conditions=(lacking,)), told, DOMAINS)


def test_a_script_of_many_names_stays_below_what_dovecot_takes() -> None:
    names = tuple(Condition(Aspect.SENDER, Relation.CONTAINS, "eleonore deschenelle") for _ in range(8))
    filters = [replace(PLAIN, name=f"n° {number}", conditions=names) for number in range(20)]
    assert len(compose(filters, OWNER)) < 500_000
