"""On the sign-in page, one types at once what is missing."""

import pytest

from vaguemestre.access.signin.forms import SignInForm


@pytest.mark.parametrize(
    ("form", "first"),
    [
        (SignInForm(), "username"),
        (SignInForm(initial={"username": ""}), "username"),
        (SignInForm(initial={"username": "cdelattre"}), "secret"),
        (SignInForm({"username": "cdelattre", "secret": ""}), "secret"),
    ],
)
def test_the_keyboard_is_at_the_first_field_to_fill(form: SignInForm, first: str) -> None:
    assert [name for name in form.fields if "autofocus" in str(form[name])] == [first]
