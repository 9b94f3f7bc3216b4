"""Differences of a feed as officers read them: names for codes, French days, nothing invented."""

from datetime import date

import pytest

from vaguemestre.people.intake.rules.labels_fr import (
    NOTHING,
    day_text,
    difference_labels,
    differences_text,
    uais_in_differences,
)
from vaguemestre.people.intake.values import Difference, Field, Situation

PLACES = {"0801234A": "Collège Jules-Verne"}


@pytest.mark.parametrize(
    ("field", "code", "label"),
    [
        (Field.BIRTH_DATE, "1980-02-01", "01/02/1980"),
        (Field.END, "2026-08-31", "31/08/2026"),
        (Field.PRIMARY, "0801234A", "Collège Jules-Verne"),
        (Field.PRIMARY, "0809999Z", "0809999Z"),
        (Field.CATEGORY, "PSYEN", "Psychologue"),
        (Field.CATEGORY, "NOUVEAU", "NOUVEAU"),
        (Field.SITUATION, Situation.LEAVE, "congé"),
        (Field.ACCOUNT, "closed", "fermé"),
        (Field.FIRST_NAME, "Zoé", "Zoé"),
        (Field.FIRST_NAME, "", NOTHING),
    ],
)
def test_a_value_is_shown_by_its_name_and_an_unknown_code_as_it_is(
    field: Field, code: str, label: str
) -> None:
    assert difference_labels(Difference(field, None, code), PLACES).after == label


def test_a_discipline_is_not_shown_by_its_code_alone() -> None:
    assert difference_labels(Difference(Field.DISCIPLINE, "", "L1300"), {}).after != "L1300"


def test_a_new_post_names_its_school_and_its_first_day() -> None:
    labels = difference_labels(Difference(Field.POST, None, "2026-09-01", "0801234A"), PLACES)
    assert labels.after == "Collège Jules-Verne, depuis le 01/09/2026"
    assert labels.place == "", "the school is said once"


def test_differences_on_one_line_say_which_post_they_are_about() -> None:
    differences = [
        Difference(Field.STATUS, "", "TIT", "0801234A"),
        Difference(Field.FIRST_NAME, "Zoe", "Zoé"),
    ]
    assert differences_text(differences, PLACES) == (
        "Statut (Collège Jules-Verne) – → TIT ; Prénom Zoe → Zoé"
    )


def test_every_school_that_differences_name_is_looked_up() -> None:
    differences = [
        Difference(Field.STATUS, "", "TIT", "0801234A"),
        Difference(Field.PRIMARY, "0801111B", "0802222C"),
        Difference(Field.PRIMARY, None, "0803333D"),
        Difference(Field.FIRST_NAME, "0804444E", "Zoé"),
    ]
    assert uais_in_differences(differences) == {"0801234A", "0801111B", "0802222C", "0803333D"}


def test_a_day_that_is_not_there_is_not_written() -> None:
    assert (day_text(date(2026, 11, 24)), day_text(None)) == ("24/11/2026", "")
