"""Every log call of the programs, walked: none can write an address, a name or a subject."""

import ast
import json
import logging
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import NamedTuple

import pytest

import vaguemestre
from vaguemestre.foundation.kernel import logs
from vaguemestre.foundation.kernel.errors import EngineRefused

SOURCE = Path(vaguemestre.__file__).parent
LEVELS = {"debug", "info", "warning", "error", "exception", "critical"}
ANSWER = "smtp: 550 5.1.1 <zoe.petit@ac-amiens.test> Zoé Petit, « Conseil de discipline »: unknown"
SECRETS = ("zoe.petit", "Petit", "discipline")
# What lines may be given besides exceptions, and nobody is named by: numbers of rows, names of our own parts.
HARMLESS = {
    "MAX_CLAIMS", "MAX_REQUEST_BYTES", "account_id", "application.client_id", "attempt", "batch.number",
    "count", "day",
    "failures", "handler", "handler_name", "held.job_id", "job.pk", "len(moves)", "name", "pair.certificate",
    "pause",
    "peer_user(self.request)", "request.path", "route_of(request)", "row.pk", "self._path.name",
    "submission.queue_id", "type(error).__name__", "user", "visit.application.client_id", "_name(task)",
}  # fmt: skip
EXCEPTIONS = {"error", "refusal"}


class Call(NamedTuple):
    place: str
    logger: str
    text: str
    arguments: tuple[str, ...]


@cache
def calls() -> tuple[Call, ...]:
    texts = {path: path.read_text(encoding="utf-8") for path in sorted(SOURCE.rglob("*.py"))}
    return tuple(call for path, text in texts.items() if "log" in text.lower() for call in _calls(path, text))


def _calls(path: Path, text: str) -> Iterator[Call]:
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in LEVELS:
            logger = ast.unparse(node.func.value)
            if "log" in logger.lower():
                sentence = ast.literal_eval(node.args[0])
                arguments = tuple(map(ast.unparse, node.args[1:]))
                yield Call(f"{path.relative_to(SOURCE)}:{node.lineno}", logger, sentence, arguments)


def test_a_log_call_is_given_exceptions_and_what_names_nobody() -> None:
    assert len(calls()) > 25, "the walk finds them"
    others = [call for call in calls() if not set(call.arguments) <= HARMLESS | EXCEPTIONS]
    assert others == [], "if these name nobody, add them to HARMLESS"


@pytest.mark.heavy
@pytest.mark.parametrize("formatter", [logs.JsonLines(), logs.PlainLines()], ids=["json", "plain"])
def test_no_log_call_repeats_what_an_exception_says(formatter: logging.Formatter) -> None:
    told = []
    for call in calls():
        try:
            raise EngineRefused(ANSWER) from ValueError(ANSWER)
        except EngineRefused as error:
            values = tuple(error if name in EXCEPTIONS else 7 for name in call.arguments)
            record = logging.LogRecord(call.place, logging.ERROR, "x.py", 1, call.text, values, None)
        line = formatter.format(record)
        if any(secret in line for secret in SECRETS):
            told.append((call.place, line))
        if set(call.arguments) & EXCEPTIONS:
            assert "EngineRefused < ValueError, smtp 550 5.1.1, at test_log_calls.py:" in line
    assert told == []


@pytest.mark.parametrize("formatter", [logs.JsonLines(), logs.PlainLines()], ids=["json", "plain"])
@pytest.mark.parametrize(
    "text",
    ["550 <zoe.petit@ac-amiens.test>: no", "zoe.petit+l1@ac-amiens.test", "user=zoe.petit@élèves.fr, gone"],
)
def test_no_line_of_any_library_holds_an_address(formatter: logging.Formatter, text: str) -> None:
    record = logging.LogRecord("library", logging.ERROR, "x.py", 1, "%s: %s", ("a", text), None)
    line = formatter.format(record)
    assert "@" not in line
    assert "zoe" not in line
    assert "…" in line


def test_a_traceback_on_a_terminal_holds_no_address() -> None:
    try:
        raise ValueError("no box zoe.petit@ac-amiens.test")
    except ValueError as error:
        record = logging.LogRecord(
            "x", logging.ERROR, "x.py", 1, "failed", (), (type(error), error, error.__traceback__)
        )
    assert "ValueError: no box …" in logs.PlainLines().format(record)
    assert json.loads(logs.JsonLines().format(record).partition(">")[2])["exception"] == "ValueError"
