"""Pages that decide the same held import at once: one decision counts, and of the plan that it was shown."""

from pathlib import Path

import pytest
from tests.access.signin.races import at_once
from tests.people.intake.test_held_feeds import GRH1, NOW, TWELVE, apply, held

from vaguemestre.foundation.kernel.errors import Refusal
from vaguemestre.people.directory.ports import numen_keys
from vaguemestre.people.directory.services import found_academy
from vaguemestre.people.intake import services
from vaguemestre.people.intake.models import Feed
from vaguemestre.people.intake.services import ImportContext


@pytest.mark.django_db(transaction=True)
def test_of_pages_that_decide_a_held_import_at_once_one_counts(tmp_path: Path) -> None:
    academy = found_academy("20", "Académie d’Amiens", "ac-amiens.test", ("002", "060", "080"))
    setting = ImportContext(academy, numen_keys.get(), 2048, "cli", tmp_path / "feed.lock")
    apply(setting, *TWELVE, terms=GRH1)
    shown = held(setting, *TWELVE[:9])

    def decide(number: int) -> str:
        plan, by = shown.plan_digest if number % 3 else "0" * 64, f"account:{number}"
        try:
            if number == 5:
                services.discard_feed(shown.feed_id, by=by, now=NOW)
            else:
                services.confirm_feed(shown.feed_id, plan=plan, departures=shown.departures, by=by, now=NOW)
        except Refusal as refusal:
            return refusal.code
        return by

    answers = at_once(6, decide)
    (decided,) = (answer for answer in answers if answer.startswith("account:"))
    assert set(answers) - {decided} <= {"intake.feed-decided", "intake.plan-replaced"}
    assert Feed.objects.get(pk=shown.feed_id).confirmed_by == ("" if decided == "account:5" else decided)
    assert decided not in {"account:0", "account:3"}
