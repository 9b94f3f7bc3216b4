"""The log is read to its last line, renamed or emptied as it may be."""

import datetime as dt
from pathlib import Path

import pytest

from vaguemestre.engines.postfix.configuration import log_file
from vaguemestre.engines.postfix.log_reader import LogReader
from vaguemestre.post.outbox.values import LogPosition
from vaguemestre.processes.supervisor.logs import _cut
from vaguemestre.site.config import Config

NOW = dt.datetime(2026, 11, 25, 15, 0, tzinfo=dt.UTC)


def line(number: int) -> str:
    return (
        f"Nov 25 14:00:00 mail postfix/lists/lmtp[7]: 4jZLy64wk{number}: to=<p{number}@x.fr>, relay=x, "
        "delay=84, delays=0/83/0/0.2, dsn=2.0.0, status=sent (250 2.0.0 Saved)\n"
    )


@pytest.mark.parametrize("how", ["emptied", "renamed"])
def test_what_was_not_read_before_is_read_after(tmp_path: Path, how: str) -> None:
    instance = Config(home=tmp_path)
    log, read = log_file(instance), LogReader(instance)
    log.parent.mkdir(parents=True, exist_ok=True)
    log.write_text("".join(line(n) for n in range(5)))
    found, place = read(LogPosition(0, 0), NOW)
    with log.open("a") as more:
        more.write("".join(line(n) for n in range(5, 8)))
    if how == "emptied":
        _cut(log)
    else:
        log.replace(log.with_name(f"{log.name}.1"))
    with log.open("a") as more:
        more.write(line(8))
    for _ in range(4):
        deliveries, place = read(place, NOW)
        found += deliveries
    assert [one.recipient for one in found] == [f"p{n}@x.fr" for n in range(9)]
