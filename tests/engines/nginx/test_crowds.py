"""What one machine holds at the front closes nothing to those who share its address."""

from typing import Any

import pytest
from tests.engines.live import wait_until
from tests.engines.nginx.front import Front

from vaguemestre.access.signin.rules.interrupted_acts import MAX_BYTES

pytestmark = [pytest.mark.engines, pytest.mark.no_database]


def answers_beside_unfinished(front: Front, count: int, head: str) -> dict[str, int]:
    """What the rest of one address's school is answered while a machine of it holds such requests."""
    cookie = f"vaguemestre_{front.config.ports.web}=agent"
    (front.config.home / "static").mkdir(exist_ok=True)
    (front.config.home / "static" / "ui.js").write_text("x")
    with front.unfinished(count, head):
        one_more: dict[str, Any] = {"Cookie": cookie if "Cookie" in head else ""}
        wait_until(lambda: front.ask("/x", method="POST", body=bytes(5000), **one_more)[0] == 429)
        return {
            "a page": front.ask("/messagerie/", Cookie=cookie)[0],
            "an act": front.ask("/messagerie/", method="POST", body=b"x=1", Cookie=cookie)[0],
            "the sign-in page": front.ask("/alogin")[0],
            "a sign-in": front.ask("/alogin", method="POST", body=b"x=1")[0],
            "a file": front.ask("/static/ui.js")[0],
        }


def test_bodies_that_never_end_do_not_close_a_school_s_pages(front: Front) -> None:
    answers = answers_beside_unfinished(front, 1010, "POST /alogin HTTP/1.1")
    assert answers == {
        "a page": 200, "an act": 200, "the sign-in page": 200, "a sign-in": 200, "a file": 200,
    }  # fmt: skip


def test_forms_that_never_end_do_not_stop_a_school_s_sign_ins(front: Front) -> None:
    with front.unfinished(1010, "POST /alogin HTTP/1.1", length=400):
        assert front.ask("/alogin", method="POST", body=b"x=1")[0] == 200


def test_forged_cookies_close_no_reading_and_no_sign_in(front: Front) -> None:
    name = f"vaguemestre_{front.config.ports.web}"
    answers = answers_beside_unfinished(front, 1010, f"POST /x HTTP/1.1\r\nCookie: {name}=" + "{number}")
    assert answers == {
        "a page": 200, "an act": 429, "the sign-in page": 200, "a sign-in": 200, "a file": 200,
    }  # fmt: skip


def test_one_session_gone_wild_closes_nobody_else_s(front: Front) -> None:
    name = f"vaguemestre_{front.config.ports.web}"
    with front.unfinished(510, f"POST /x HTTP/1.1\r\nCookie: {name}=wild"):
        wait_until(lambda: front.ask("/messagerie/", Cookie=f"{name}=wild")[0] == 429)
        assert front.ask("/messagerie/", method="POST", body=b"x=1", Cookie=f"{name}=agent")[0] == 200
        assert front.ask("/alogin", method="POST", body=b"x=1")[0] == 200


def test_a_form_of_the_door_is_never_long(front: Front) -> None:
    assert front.ask("/alogin", method="POST", body=bytes(150_000))[0] == 413
    assert front.ask("/numen/demande", method="POST", body=bytes(150_000))[0] == 200


@pytest.mark.parametrize(("count", "session"), [(250, ""), (600, "agent{number}")])
def test_a_full_staff_room_behind_one_address_is_served(front: Front, count: int, session: str) -> None:
    """Sign-ins, then acts of people signed in, all begun before the first is finished."""
    name = f"vaguemestre_{front.config.ports.web}"
    cookie = f"\r\nCookie: {name}={session}" if session else ""
    with front.unfinished(count, f"POST /numen/demande HTTP/1.1{cookie}") as peers:
        for peer in peers:
            peer.sendall(bytes(4999))
        assert {peer.recv(12) for peer in peers} == {b"HTTP/1.1 200"}


def test_a_form_given_back_after_a_proof_passes_however_long_it_was_kept(front: Front) -> None:
    # each octet of it may be written as three signs, among them the accents of a text
    kept = b"text=" + b"%E9" * MAX_BYTES
    assert front.ask("/compte/reprise?acte=1.5", method="POST", body=kept)[0] == 200
    assert front.ask("/compte/pas-moi/x", method="POST", body=kept)[0] == 413
    assert front.ask("/compte/reprise", method="POST", body=bytes(1_500_000))[0] == 413
