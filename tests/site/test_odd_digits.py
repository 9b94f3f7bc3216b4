"""Signs that look like digits and are no number are typed, and no page stops on them."""

from datetime import date

import pytest
from django.test import Client
from tests.access.signin.browsers import signed_in
from tests.access.signin.people import account

from vaguemestre.foundation.kernel.times import parse_day
from vaguemestre.mailbox.autoconfig.rules.offers import site_of
from vaguemestre.mailbox.portability.forms import ServerForm

PART = {"HX-Request": "true"}
ODD = ("²", "①", "1²", "9" * 40)


@pytest.mark.parametrize("typed", ["²/3/2026", "1/²/2026", "1/3/202²"])
def test_a_day_with_an_odd_digit_is_no_day(typed: str) -> None:
    with pytest.raises(ValueError, match="."):
        parse_day(typed)
    assert parse_day("1/3/2026") == date(2026, 3, 1)


@pytest.mark.parametrize("port", ["²", "99²", "0", "123456", ""])
def test_a_port_is_a_number_or_the_server_is_refused(port: str) -> None:
    given = {"host": f"imap.exemple.fr:{port}", "username": "jean", "password": "x"}
    assert ServerForm(given).is_valid() == (port == "")


def test_a_port_that_is_no_number_is_that_of_the_scheme() -> None:
    assert site_of("https://mail.exemple.fr:²/") == ("mail.exemple.fr", 443)


@pytest.mark.django_db
@pytest.mark.parametrize("typed", ODD)
def test_a_replacement_that_is_no_number_is_nobody(typed: str) -> None:
    browser = Client()
    signed_in(account(), browser)
    for sent in ({"chosen_replacement": typed}, {"replacement": typed}):
        assert browser.post("/parametres/absence/remplir", sent, headers=PART).status_code == 200
    assert browser.post("/parametres/absence/apercu", {"replacement": typed}).status_code == 200
