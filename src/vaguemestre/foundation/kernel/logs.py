"""Log lines: JSON for journald, with the request they belong to, and nothing that names a person.

An exception is logged by its classes and stack frames only: its text may quote an address, a row, or what an
engine answered. So is an exception among the arguments of a line. An address elsewhere in a line is left out.
"""

import copy
import json
import logging
import os
import re
import traceback
from contextvars import ContextVar
from datetime import UTC, datetime
from pathlib import PurePath
from types import TracebackType

REQUEST_ID: ContextVar[str] = ContextVar("request_id", default="")  # of the current request
_PRIORITIES = {logging.DEBUG: 7, logging.INFO: 6, logging.WARNING: 4, logging.ERROR: 3, logging.CRITICAL: 2}
_LINE = "{levelname} {name}: {message}"
_MAX_FRAMES = 12
_MAX_CAUSES = 5
_WORD = re.compile(r"[^\s<>\"'(),;:=\[\]]++")  # one of them may be an address
# How our engines begin their sentences (`smtp: …`, `sieve PUTSCRIPT: …`), and the status of SMTP (RFC 3463).
_ENGINE = re.compile(
    r"(?P<engine>[a-z]+(?: [A-Z]+)?): (?:(?P<status>[245]\d\d(?: [245]\.\d{1,3}\.\d{1,3})?)\b)?"
)


def goes_to_journald() -> bool:
    """Whether systemd connected standard error to its journal (systemd.exec(5), `JOURNAL_STREAM`)."""
    return "JOURNAL_STREAM" in os.environ


class JsonLines(logging.Formatter):
    """One JSON object a line, after the priority that journald reads (sd-daemon(3))."""

    def format(self, record: logging.LogRecord) -> str:
        fields = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": message_of(record),
        }
        if request_id := REQUEST_ID.get():
            fields["request"] = request_id
        if record.exc_info and record.exc_info[1] is not None:
            error = record.exc_info[1]
            fields |= {"exception": _class_names(error), "trace": _frames_of(error.__traceback__)}
        return f"<{_PRIORITIES.get(record.levelno, 5)}>{json.dumps(fields, ensure_ascii=False)}"


class PlainLines(logging.Formatter):
    """A line for a terminal or a file, with tracebacks."""

    def __init__(self) -> None:
        super().__init__(_LINE, style="{")

    def format(self, record: logging.LogRecord) -> str:
        safe_record = copy.copy(record)
        safe_record.msg, safe_record.args = message_of(record), None
        return without_addresses(super().format(safe_record))


def message_of(record: logging.LogRecord) -> str:
    """The message; exceptions among its arguments are told by `summary_of`, addresses left out."""
    arguments = record.args
    if isinstance(arguments, tuple):
        arguments = tuple(summary_of(item) if isinstance(item, BaseException) else item for item in arguments)
    message = str(record.msg) % arguments if arguments else str(record.msg)
    return without_addresses(message)


def without_addresses(text: str) -> str:
    """The text with « … » in place of each address, in time by its length: lines may quote what was sent."""
    if "@" not in text:
        return text
    return _WORD.sub(lambda match: "…" if "@" in match[0][1:-1] else match[0], text)


def summary_of(error: BaseException) -> str:
    """Classes, engine, status, place: `EngineRefused < OSError, smtp 550 5.1.1, at submission.py:143`."""
    parts = [_class_names(error)]
    if match := _ENGINE.match(str(error)):
        parts.append(" ".join(filter(None, match.groups())))
    if frames := traceback.extract_tb(error.__traceback__):
        parts.append(f"at {PurePath(frames[-1].filename).name}:{frames[-1].lineno}")
    return ", ".join(parts)


def formatter() -> logging.Formatter:
    """JSON under systemd, a plain line on a terminal and in files."""
    return JsonLines() if goes_to_journald() else PlainLines()


def configure(level: int = logging.INFO) -> None:
    """Log to standard error, in a process that has no Django settings of its own."""
    handler = logging.StreamHandler()
    handler.setFormatter(formatter())
    logging.basicConfig(level=level, handlers=[handler])


def _class_names(error: BaseException) -> str:
    """The class of an exception and those of its causes: `EngineDown < TimeoutError`."""
    names: list[str] = []
    cause: BaseException | None = error
    while cause and len(names) < _MAX_CAUSES:
        names.append(type(cause).__qualname__)
        cause = cause.__cause__ or cause.__context__
    return " < ".join(names)


def _frames_of(trace: TracebackType | None) -> str:
    """The last frames as `file.py:line function`, without source lines."""
    frames = traceback.extract_tb(trace)[-_MAX_FRAMES:]
    return ", ".join(f"{PurePath(frame.filename).name}:{frame.lineno} {frame.name}" for frame in frames)
