"""Codes of functions and disciplines, as lists of choices and as words."""

from vaguemestre.people.directory.rules import nomenclature
from vaguemestre.people.directory.rules.names import is_username_of
from vaguemestre.people.directory.rules.numens import is_numen


def test_a_function_is_offered_once_though_several_codes_have_its_label() -> None:
    labels = [label for _, label in nomenclature.function_choices()]
    assert len(labels) == len(set(labels))
    assert set(labels) == set(nomenclature.FUNCTIONS.values())


def test_a_search_for_a_function_finds_every_code_with_its_label() -> None:
    for code, _ in nomenclature.function_choices():
        same = nomenclature.functions_with_same_label(code)
        assert code in same
        assert {nomenclature.function_label(other) for other in same} == {nomenclature.function_label(code)}
    assert nomenclature.functions_with_same_label("???") == ("???",)


def test_disciplines_are_in_the_order_of_a_dictionary_whatever_their_accents() -> None:
    labels = [label for _, label in nomenclature.discipline_choices()]
    assert labels.index("EPS") > labels.index("Économie-gestion, comptabilité")
    assert nomenclature.discipline_label("L1900") == "EPS"


def test_a_code_that_is_not_known_is_shown_as_it_is() -> None:
    assert nomenclature.function_label("ZZ9") == "ZZ9"
    assert nomenclature.discipline_label("ZZ9") == "ZZ9"


def test_a_school_has_its_accent_however_the_feed_writes_it() -> None:
    assert nomenclature.structure_kind_label("Ecole") == "École"
    assert nomenclature.structure_kind_label("Collège") == "Collège"


def test_a_username_is_recognised_with_its_number_and_never_for_a_name_that_cannot_be_written() -> None:
    assert is_username_of("jmartin", "Jean", "Martin")
    assert is_username_of("jmartin12", "Jean", "Martin")
    assert not is_username_of("pmartin", "Jean", "Martin")
    assert not is_username_of("jmartin", "Jean", "")


def test_the_shape_of_a_numen_is_told_from_other_words() -> None:
    assert is_numen("20E9501234ABC")
    assert not is_numen("une phrase")
