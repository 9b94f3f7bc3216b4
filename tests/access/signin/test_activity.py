"""« Mon activité » leaves out nothing done to an account, but what the machine does for itself."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from vaguemestre.access.signin.rules.activity import WORDS

SOURCE = Path(__file__).parents[3] / "src" / "vaguemestre"

# About an account or a person, and no news to its owner: their own letters, each shown where it was written;
# files they lent; refusals of the assistant that told nobody anything.
UNSAID = {
    "assistant.not-found",
    "filelinks.infected",
    "filelinks.taken-back",
    "filelinks.terms-set",
    "outbox.author-refused",
    "outbox.script-refused",
    "outbox.bulk-expected",
    "outbox.limit-refused",
    "outbox.message-cancelled",
    "outbox.message-held",
    "outbox.message-queued",
    "outbox.message-refused",
    "outbox.message-rescheduled",
    "outbox.message-sent",
    "outbox.message-withdrawn",
    "compose.mailing-begun",
    "compose.mailing-stopped",
}


def lines_written() -> Iterator[str]:
    """Every action the source writes about an account or a person, by name."""
    for path in SOURCE.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Name) or not node.args:
                continue
            if node.func.id not in ("record", "Line") or not isinstance(node.args[0], ast.Constant):
                continue
            to = next((word.value for word in node.keywords if word.arg == "to"), None)
            about = ast.unparse(to) if to is not None else ""
            if about.startswith(("account_subject(", "person_subject(", "to", "known")):
                yield node.args[0].value


@pytest.mark.heavy
def test_what_is_done_to_an_account_is_told_to_its_owner() -> None:
    found = set(lines_written())
    assert len(found) > 60
    assert found - set(WORDS) - UNSAID == set()
