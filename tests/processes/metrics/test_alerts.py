"""Every alert asks for a metric that is there, and leads to a page that says what to do."""

import re
from pathlib import Path

import pytest

FOLDER = Path(__file__).resolve().parents[3] / "docs/operations/alerts"
RULES = (FOLDER / "rules.yml").read_text(encoding="utf-8")
ALERTS = RULES.split("      - alert: ")[1:]
SOURCE = Path(__file__).resolve().parents[3] / "src/vaguemestre"
_FAMILY = re.compile(r'"(vaguemestre_[a-z_]+)"')
_ASKED = re.compile(r"\bvaguemestre_[a-z_]+")


def name_of(alert: str) -> str:
    return alert.partition("\n")[0]


def expression_of(alert: str) -> str:
    match = re.search(r"expr: (?:>-\n)?(.*?)\n        for: ", alert, re.DOTALL)
    assert match, alert
    return match[1]


def families() -> set[str]:
    """The names that the sources give."""
    modules = (*(SOURCE / "processes/metrics").glob("*.py"), SOURCE / "foundation/kernel/counters.py")
    names = {name for module in modules for name in _FAMILY.findall(module.read_text(encoding="utf-8"))}
    return names | {f"{name}_bucket" for name in names if name.endswith("_seconds")}


def page_of(alert: str) -> Path:
    match = re.search(r"runbook: docs/operations/alerts/([a-z-]+\.md)\n", alert)
    assert match, alert
    return FOLDER / match[1]


@pytest.mark.parametrize("alert", ALERTS, ids=name_of)
def test_an_alert_asks_for_metrics_that_are_there(alert: str) -> None:
    asked = set(_ASKED.findall(expression_of(alert)))
    assert asked or "up{" in expression_of(alert)
    assert asked <= families()


@pytest.mark.parametrize("alert", ALERTS, ids=name_of)
def test_an_alert_leads_to_its_page(alert: str) -> None:
    page = page_of(alert).read_text(encoding="utf-8")
    assert name_of(alert) in page.partition("\n")[0]
    assert re.search(r"^1\. ", page, re.MULTILINE), "what to do first"


def test_no_page_is_left_without_an_alert() -> None:
    assert {page_of(alert) for alert in ALERTS} == set(FOLDER.glob("*.md"))


def test_alerts_have_names_of_their_own_and_a_severity() -> None:
    names = [name_of(alert) for alert in ALERTS]
    assert len(names) == len(set(names)) == 21
    assert all(re.search(r"severity: (?:warning|critical)\n", alert) for alert in ALERTS)
