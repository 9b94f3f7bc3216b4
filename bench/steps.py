"""How long a message is searched among so many steps, and how many partitions and pages that touches.

`VAGUEMESTRE_HOME=… python bench/steps.py --rows 2000000` fills an empty instance's table (SQLite, or the
PostgreSQL of its vaguemestre.toml) with messages of a year, drawn from a seed, then searches some of them as
`vaguemestre trace` does.
"""

import argparse
import hashlib
import math
import os
import random
import re
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from itertools import batched
from typing import Any, NamedTuple

import django

SEED = 20261128
MONTHS = 12
STEPS = 6  # of a message: identified, queued, filed, delivered, done, and received
TARGET_ROWS = 2_000_000_000  # a year of 45,000 people: a million deliveries a day
PAGE_BYTES, KEY_BYTES = 8192, 80  # of an index entry that holds a Message-ID
SAMPLES = 20
MESSAGES_AT_ONCE = 20_000
_COLUMNS = (
    "number", "at", "engine", "kind", "queue_id", "message_id", "sender", "recipient", "relay", "status",
    "detail",
)  # fmt: skip


class Message(NamedTuple):
    number: int
    at: datetime
    queue_id: str
    message_id: str
    sender: str
    recipient: str


def message(number: int, total: int, end: datetime) -> Message:
    """The message of that number, the same at each call."""
    drawn = hashlib.blake2b(f"{SEED} {number}".encode(), digest_size=20).hexdigest()
    return Message(
        number,
        (end - timedelta(days=30 * MONTHS) * (1 - number / total)).replace(microsecond=0),
        drawn[:15],
        f"<{drawn[15:]}.{number}@ac-amiens.test>",
        f"agent{int(drawn[:8], 16) % 45_000}@ac-amiens.test",
        f"agent{int(drawn[8:16], 16) % 45_000}@ac-amiens.test",
    )


def rows_of(letter: Message) -> Iterator[tuple[Any, ...]]:
    first = letter.number * STEPS + 1
    mail, at, reply = letter.queue_id, letter.at, "250 2.0.0 <x@ac-amiens.test> 4TbxJISQCmvuuhUAg+zDdQ Saved"
    steps: tuple[tuple[str, str, str | None, str | None, str | None, str | None, str | None], ...] = (
        (
            "postfix",
            "received",
            mail,
            None,
            None,
            letter.sender,
            "client=unknown[127.0.0.1], sasl_method=PLAIN",
        ),
        ("postfix", "identified", mail, letter.message_id, None, None, None),
        ("postfix", "queued", mail, None, letter.sender, None, "from=<x>, size=549, nrcpt=1 (queue active)"),
        (
            "dovecot",
            "filed",
            None,
            letter.message_id,
            None,
            letter.recipient,
            "stored mail into mailbox 'INBOX'",
        ),
        ("postfix", "delivered", mail, None, None, letter.recipient, reply),
        ("postfix", "done", mail, None, None, None, None),
    )
    for place, (engine, kind, queue_id, message_id, sender, recipient, detail) in enumerate(steps):
        yield first + place, at, engine, kind, queue_id, message_id, sender, recipient, None, None, detail


def fill(connection: Any, total: int, end: datetime) -> None:
    letters = (message(number, total, end) for number in range(total))
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            for month in range(MONTHS + 1):
                today = (end - timedelta(days=30 * month)).date()
                cursor.execute("SELECT trace_roll_partitions_at(%s, 1, 36)", (today,))
            with cursor.cursor.copy(f"COPY trace_messagestep ({', '.join(_COLUMNS)}) FROM STDIN") as copy:
                for letter in letters:
                    for row in rows_of(letter):
                        copy.write_row(row)
            cursor.execute("VACUUM ANALYZE trace_messagestep")
        return
    marks = ", ".join("?" for _ in _COLUMNS)
    insert = f"INSERT INTO trace_messagestep ({', '.join(_COLUMNS)}) VALUES ({marks})"
    connection.ensure_connection()
    database = connection.connection
    for some in batched(letters, MESSAGES_AT_ONCE):
        rows = (row for letter in some for row in rows_of(letter))
        database.execute("BEGIN")
        database.executemany(insert, ((number, str(at)[:19], *rest) for number, at, *rest in rows))
        database.execute("COMMIT")
    database.execute("ANALYZE")


class Touched(NamedTuple):
    partitions: set[str]
    pages: int
    plan: str


def touched(connection: Any, statements: list[str]) -> Touched:
    """What these statements touch when they are run again."""
    partitions, pages, plans = set[str](), 0, list[str]()
    with connection.cursor() as cursor:
        for statement in statements:
            if connection.vendor == "postgresql":
                cursor.cursor.execute(f"EXPLAIN (ANALYZE, BUFFERS, SUMMARY OFF) {statement}")
                lines = [str(row[0]) for row in cursor.cursor.fetchall()]
                partitions |= {
                    m[1]
                    for line in lines
                    if (m := re.search(r" on trace_messagestep_(\d{4}_\d\d|default)", line))
                }
                buffers = re.search(r"Buffers: shared(?: hit=(\d+))?(?: read=(\d+))?", "\n".join(lines))
                pages += sum(int(count or 0) for count in buffers.groups()) if buffers else 0
            else:
                cursor.cursor.execute(f"EXPLAIN QUERY PLAN {statement}")
                plans += [str(row[3]) for row in cursor.cursor.fetchall()]
    return Touched(partitions, pages, "; ".join(plans))


def print_size(connection: Any, rows: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT sum(pg_table_size(inhrelid)), sum(pg_indexes_size(inhrelid)), count(*) FROM pg_inherits"
            " WHERE inhparent = 'trace_messagestep'::regclass"
        )
        table, indexes, parts = cursor.fetchone()
    table, indexes = float(table), float(indexes)
    print(f"{parts} partitions; a step is {table / rows:.0f} bytes, and {indexes / rows:.0f} of indexes")
    print(f"at {TARGET_ROWS:,} steps: {(table + indexes) / rows * TARGET_ROWS / 1e9:,.0f} GB")


def depth(rows: float) -> int:
    """Levels of a B-tree of so many entries."""
    return max(1, math.ceil(math.log(max(rows, 2), PAGE_BYTES * 0.7 / KEY_BYTES)))


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--rows", type=int, default=2_000_000)
    total = options.parse_args().rows // STEPS
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "vaguemestre.site.settings")
    django.setup()
    from django.core.management import call_command  # noqa: PLC0415 - once Django is set up
    from django.db import connection  # noqa: PLC0415
    from django.test.utils import CaptureQueriesContext  # noqa: PLC0415

    from vaguemestre.foundation.kernel.times import PARIS  # noqa: PLC0415
    from vaguemestre.post.trace import queries  # noqa: PLC0415

    call_command("migrate", verbosity=0)
    end = datetime.now(UTC)
    began = time.perf_counter()
    fill(connection, total, end)
    print(f"{connection.vendor}: {total * STEPS:,} steps stored in {time.perf_counter() - began:.0f} s")
    if connection.vendor == "postgresql":
        print_size(connection, total * STEPS)
    drawn = random.Random(SEED)
    letters = [message(drawn.randrange(total), total, end) for _ in range(SAMPLES)]
    searches: dict[str, Callable[[Message], object]] = {
        "message-id": lambda letter: queries.steps_of_message(letter.message_id),
        "queue id": lambda letter: queries.steps_of_queue_id(letter.queue_id),
        "recipient + day": lambda letter: queries.steps_of_recipient(
            letter.recipient, letter.at.astimezone(PARIS).date()
        ),
    }
    growth = depth(TARGET_ROWS / (MONTHS + 1)) - depth(total * STEPS / (MONTHS + 1))
    for name, search in searches.items():
        seconds, pages, partitions, plan, lookups = list[float](), list[int](), list[int](), "", 0
        for letter in letters:
            began = time.perf_counter()
            with CaptureQueriesContext(connection) as captured:
                if not search(letter):
                    raise SystemExit(f"{name}: {letter} was not found")
            seconds.append(time.perf_counter() - began)
            found = touched(connection, [query["sql"] for query in captured])
            pages.append(found.pages)
            partitions.append(len(found.partitions))
            plan, lookups = found.plan, len(captured)
        median, worst = (value * 1000 for value in (sorted(seconds)[SAMPLES // 2], max(seconds)))
        print(f"{name}: median {median:.1f} ms, worst {worst:.1f} ms; {lookups} statements")
        if connection.vendor == "postgresql":
            more = max(pages) + growth * max(partitions) * lookups
            print(
                f"  partitions {max(partitions)}, pages {max(pages)}; at {TARGET_ROWS:,} steps {more} pages"
            )
            print(f"  all read from a disk at 5 ms each: {more * 0.005:.2f} s")
        else:
            print(f"  {plan}")


if __name__ == "__main__":
    main()
