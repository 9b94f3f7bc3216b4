"""Hours are written one way on screens and in letters: « 8 h », « 12 h 45 », by `hour_fr` alone."""

import re
from datetime import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vaguemestre.foundation.kernel.text.french_dates import hour_fr
from vaguemestre.foundation.kernel.times import parse_hour

SOURCE = Path(__file__).parents[3] / "src" / "vaguemestre"
# Figures stay where programs read them, or where a line is held against a log to the second.
IN_FIGURES = {
    "engines/": "wire formats and logs of engines",
    "cli/": "columns of a terminal, in the order of figures",
    "processes/": "logs and their lines",
    "demo/imap_loader.py": "RFC 3501 INTERNALDATE",
    "access/sso/": "XML instants",
    "mailbox/portability/": "mbox",
    "mailbox/autoconfig/views/settings.py": "Outlook's answer",
    "site/adapters/export.py": "CSV, to the second",
    "desks/breaches/forms.py": "what may be typed",
    "desks/backoffice/templates/backoffice/journal.html": "held against logs, to the second",
    "foundation/ui/shared_form.py": "digests of what a page showed",
    "post/tracking/views/sent_mail.py": "a moment that goes back to the composer's form",
}
FIGURES = re.compile(r"%H:%M|%-?[HI]:|date:\"[^\"]*[HG]:i|toLocaleTimeString")


def _pages() -> list[Path]:
    kinds = {".py", ".html", ".jinja"}
    scripts = [*(SOURCE.parents[1] / "frontend" / "src").rglob("*.js")]
    return [*(path for path in SOURCE.rglob("*") if path.suffix in kinds), *scripts]


def test_nothing_else_writes_an_hour() -> None:
    breaches = []
    for path in _pages():
        place = str(path.relative_to(SOURCE)) if path.is_relative_to(SOURCE) else path.name
        if not place.startswith(tuple(IN_FIGURES)) and FIGURES.search(path.read_text(encoding="utf-8")):
            breaches.append(place)
    assert breaches == [], "hour_fr, moment_fr or dated_moment_fr write hours (|hour, |moment)"


@given(st.times())
def test_an_hour_is_read_back_as_it_is_written(at: time) -> None:
    assert parse_hour(hour_fr(at)) == at.replace(second=0, microsecond=0, fold=0, tzinfo=None)


@pytest.mark.parametrize("typed", ["8", "8h", "8 h", "08:00", "8:00", "8.00", " 8 h 00 "])
def test_people_type_hours_in_their_own_ways(typed: str) -> None:
    assert parse_hour(typed) == time(8)


@pytest.mark.parametrize("typed", ["", "24 h", "8 h 60", "huit", "8 h 5", "-1"])
def test_what_is_no_hour_is_refused(typed: str) -> None:
    try:
        at = parse_hour(typed)
    except ValueError:
        at = None
    assert at is None
