"""Who manages whom, how a request moves, what is a proof, who resembles whom."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vaguemestre.desks.enrolment.rules import letters, references
from vaguemestre.desks.enrolment.rules.proofs import MAX_FILE_BYTES, proof_media_type
from vaguemestre.desks.enrolment.rules.request_states import allowed_actions, next_state
from vaguemestre.desks.enrolment.rules.routing import service_in_charge, staff_category
from vaguemestre.desks.enrolment.values import DeliveryLetter, RequestAction, RequestState, Work, Workplace
from vaguemestre.foundation.kernel.errors import Refusal


@pytest.mark.parametrize(
    ("workplace", "work", "department", "service"),
    [
        (Workplace.SCHOOL, Work.TEACHER, "002", "DSDEN_02"),
        (Workplace.SCHOOL, Work.HEAD, "080", "DSDEN_80"),
        (Workplace.COLLEGE, Work.TEACHER, "060", "DPE"),
        (Workplace.COLLEGE, Work.EDUCATION, "060", "DPE"),
        (Workplace.OFFICE, Work.PSYCHOLOGIST, "080", "DPE"),
        (Workplace.COLLEGE, Work.HEAD, "080", "DPATE"),
        (Workplace.OFFICE, Work.STAFF, "002", "DPATE"),
        (Workplace.SCHOOL, Work.INSPECTOR, "002", "DPATE"),
        (Workplace.PRIVATE_SCHOOL, Work.TEACHER, "060", "DEEP"),
        (Workplace.PRIVATE_COLLEGE, Work.HEAD, "060", "DEEP"),
        (Workplace.PRIVATE_COLLEGE, Work.EDUCATION, "060", "DEEP"),
        (Workplace.PRIVATE_SCHOOL, Work.STAFF, "060", "DEEP"),
        (Workplace.PRIVATE_SCHOOL, Work.AESH, "060", "DSDEN_60"),
        (Workplace.COLLEGE, Work.AESH, "080", "DSDEN_80"),
        (Workplace.HIGHER, Work.TEACHER, "080", None),
    ],
)
def test_three_plain_answers_name_the_service(
    workplace: Workplace, work: Work, department: str, service: str | None
) -> None:
    assert service_in_charge(workplace, work, department) == service


@pytest.mark.parametrize("workplace", list(Workplace))
@pytest.mark.parametrize("work", list(Work))
def test_every_pair_of_answers_is_answered(workplace: Workplace, work: Work) -> None:
    assert (staff_category(workplace, work) is None) == (workplace is Workplace.HIGHER)


@given(st.lists(st.sampled_from(list(RequestAction)), max_size=12))
def test_no_way_leads_to_a_delivery_without_a_numen(acts: list[RequestAction]) -> None:
    state, seen = RequestState.SUBMITTED, [RequestState.SUBMITTED]
    for act in acts:
        try:
            state = next_state(state, act)
        except Refusal:
            assert act is RequestAction.COMPLETE or act not in allowed_actions(state)
            continue
        seen.append(state)
    if RequestState.DELIVERED in seen:
        assert {RequestState.APPROVED, RequestState.EXISTING_FOUND} & set(seen)
        assert RequestState.REJECTED not in seen


def test_a_closed_request_moves_no_more() -> None:
    assert allowed_actions(RequestState.CLOSED) == frozenset()


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "enrolment.proof-empty"),
        (b"%PDF-" + bytes(MAX_FILE_BYTES), "enrolment.proof-too-big"),
        (b"MZ\x90\x00", "enrolment.proof-kind"),
        (b"<html>", "enrolment.proof-kind"),
        (b"GIF89a", "enrolment.proof-kind"),
        (b"%PDF-1.7\n/JavaScript (app.alert(1))", "enrolment.proof-active"),
    ],
)
def test_what_is_no_proof_is_refused_by_its_content(content: bytes, code: str) -> None:
    with pytest.raises(Refusal) as refused:
        proof_media_type(content, "piece.pdf")
    assert refused.value.code == code


def test_proofs_are_known_by_their_content_not_their_name() -> None:
    assert proof_media_type(b"\x89PNG\r\n\x1a\n...", "photo.pdf") == "image/png"
    assert proof_media_type(b"\xff\xd8\xff\xe0", "photo.exe") == "image/jpeg"


@given(st.randoms(use_true_random=False))
def test_a_secret_is_read_however_it_is_typed(draw: object) -> None:
    secret = references.random_secret(draw)  # type: ignore[arg-type]
    assert references.digest(secret) == references.digest(f" {secret.lower().replace('-', ' ')} ")
    assert len(references.normalise(secret)) == 15


@pytest.mark.parametrize(
    ("namesake", "told"), [(True, "un homonyme existe, d’où le chiffre"), (False, "mmartin2")]
)
def test_a_letter_says_why_a_username_ends_with_a_figure(namesake: bool, told: str) -> None:
    letter = DeliveryLetter(
        civility="Mme", name="Mme Marie Martin", postal="3 rue des Jacobins\r\n80000 Amiens", service="DPE",
        service_code="DPE", service_postal="20 boulevard d’Alsace-Lorraine\r\n80000 AMIENS CEDEX 1",
        contacts=("03 00 00 00 00",), academy="Amiens", reference="N26-ABCDEF", writer="Sophie Roy",
        username="mmartin2", has_namesake=namesake, address="m@a.test", numen="20E0301234ABC", page="x",
    )  # fmt: skip
    assert letters.recipient(letter) == ("Mme Marie Martin", "3 rue des Jacobins", "80000 Amiens")
    assert letters.place_and_date(letter, "27 novembre 2026") == "Amiens, le 27 novembre 2026"
    assert letters.paragraphs(letter)[0] == "Madame,"
    assert "agréer, Madame," in letters.closing(letter)
    assert ("Nos références", "DPE – N26-ABCDEF") in letters.references(letter)
    assert "la page x," in letters.steps(letter)[0]
    (value,) = (value for name, value in letters.facts(letter) if name == "Identifiant")
    assert told in value
    assert ("homonyme" in value) is namesake
