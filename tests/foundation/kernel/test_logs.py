"""Log lines for journald: one JSON object each, that names nobody."""

import json
import logging
import subprocess
import sys
from typing import Any

import pytest
from tests.processor import least_seconds

from vaguemestre.foundation.kernel import logs

SECRET = "n.morel@ac-amiens.test"


def line_of(record: logging.LogRecord) -> tuple[str, dict[str, Any]]:
    """(priority, fields) of the line a record makes."""
    priority, _, text = logs.JsonLines().format(record).partition(">")
    return priority, json.loads(text)


def record_of(level: int, message: str, *arguments: object, failed: bool = False) -> logging.LogRecord:
    return logging.LogRecord("jobs", level, "x.py", 1, message, arguments, sys.exc_info() if failed else None)


def failed() -> logging.LogRecord:
    try:
        try:
            raise KeyError(SECRET)
        except KeyError as error:
            raise ValueError(SECRET) from error
    except ValueError:
        return record_of(logging.ERROR, "task %s failed", "purge", failed=True)


def test_a_line_is_one_object_after_its_priority() -> None:
    record = record_of(logging.WARNING, "the log of %s\nwaits", "postfix")
    priority, fields = line_of(record)
    assert priority == "<4"
    assert (fields["level"], fields["logger"]) == ("warning", "jobs")
    assert fields["message"] == "the log of postfix\nwaits"
    assert fields.keys() == {"time", "level", "logger", "message"}
    assert "\n" not in logs.JsonLines().format(record)


def test_an_exception_is_told_by_classes_and_places_never_by_its_text() -> None:
    priority, fields = line_of(failed())
    assert priority == "<3"
    assert fields["exception"] == "ValueError < KeyError"
    assert "test_logs.py" in fields["trace"]
    assert fields["trace"].endswith("failed")
    assert SECRET not in json.dumps(fields)


def test_a_line_tells_the_request_it_belongs_to() -> None:
    token = logs.REQUEST_ID.set("0a1b")
    try:
        assert line_of(failed())[1]["request"] == "0a1b"
    finally:
        logs.REQUEST_ID.reset(token)
    assert "request" not in line_of(failed())[1]


@pytest.mark.parametrize(
    ("environment", "begins"), [({"JOURNAL_STREAM": "8:1"}, '<4>{"time": '), ({}, "WARNING x: said")]
)
def test_under_systemd_a_process_writes_json(environment: dict[str, str], begins: str) -> None:
    code = (
        "import logging; from vaguemestre.foundation.kernel import logs;"
        "logs.configure(); logging.getLogger('x').warning('said')"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], env={"PYTHONPATH": ":".join(sys.path), **environment},
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert done.stderr.startswith(begins)


def test_addresses_are_left_out_in_time_by_the_length_of_a_line() -> None:
    record = record_of(logging.ERROR, "%s", f"a@b.test <{SECRET}> @ x@ {'a' * 200_000} {'@' * 200_000}")
    assert least_seconds(lambda: logs.message_of(record), 0.2) < 0.2
    assert logs.message_of(record) == f"… <…> @ x@ {'a' * 200_000} …"
