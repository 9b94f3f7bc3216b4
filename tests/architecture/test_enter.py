"""Enter in a field presses the first button of its form: where there are several acts, it must do none."""

import re
from pathlib import Path

import pytest

SOURCE = Path(__file__).resolve().parents[2] / "src" / "vaguemestre"
FORM = re.compile(r'<form\b[^>]*method="post".*?</form>', re.DOTALL)
BUTTON = re.compile(r'<button\b(?![^>]*type="button")')
FIELD = re.compile(r'<input\b(?![^>]*type="hidden")|include "ui/(field|check)\.html"')
GUARD = '{% include "ui/no_enter.html" %}'
# Their first button is what Enter is expected to do, and can be taken back.
MEANT = {
    "sorting/absence_form.html",  # saves what is shown
    "registry/application.html",  # sends the chosen logo
    "backoffice/feed_decision.html",  # confirms the number typed there, which is checked
    "backoffice/paragraph.html",  # a text of several lines: Enter writes one
    "autoconfig/authorize.html",  # the one thing asked, for the device named in the field
    "sharing/box.html",
    "sharing/delegation.html",
    "sorting/filter.html",
    "assistant/identify.html",  # « Continuer »
    "compose/mailing.html",
    "sharing/new_members.html",
    "helpdesk/request.html",  # puts the ready answer into the text
    "lists/rule.html",  # shows whom the rule finds
}
TEMPLATES = sorted(path for path in SOURCE.rglob("templates/**/*.html") if "<form" in path.read_text())


def name_of(path: Path) -> str:
    return "/".join(path.parts[-2:])


def open_to_enter(template: str) -> list[str]:
    """The forms with a field and several acts whose first button is one of these."""
    forms = [form for form in FORM.findall(template) if FIELD.search(form)]
    several = [form for form in forms if len(BUTTON.findall(form)) > 1]
    return [form for form in several if GUARD not in form[: BUTTON.search(form).start()]]


@pytest.mark.parametrize("path", TEMPLATES, ids=name_of)
def test_enter_does_none_of_several_acts(path: Path) -> None:
    template = path.read_text(encoding="utf-8")
    if name_of(path) not in MEANT:
        assert not open_to_enter(template)
