"""How long a message is searched among so many steps, and how many partitions and pages that touches.

`VAGUEMESTRE_HOME=… python bench/steps.py --rows 2000000` fills an empty instance's table (SQLite, or the
PostgreSQL of its vaguemestre.toml; `--cluster` makes one under that home) with messages of a year, drawn from
a seed, then searches some of them as `vaguemestre trace` does.
"""

import argparse
import hashlib
import math
import os
import random
import re
import sys
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from itertools import batched
from pathlib import Path
from typing import Any, NamedTuple

import django

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from bench.cluster import own_cluster

SEED = 20261128
MONTHS = 12
SPAN_SECONDS = 30 * MONTHS * 86_400
AGENTS = 45_000
STEPS = 6  # of a message: identified, queued, filed, delivered, done, and received
TARGET_ROWS = 2_000_000_000  # a year of 45,000 people: a million deliveries a day
PAGE_BYTES, KEY_BYTES = 8192, 80  # of an index entry that holds a Message-ID
DISK_SECONDS = 0.005  # a random page of a turning disk; an SSD takes a fiftieth
SAMPLES = 20
MESSAGES_AT_ONCE = 50_000
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
    drawn = hashlib.md5(f"{SEED} {number}".encode(), usedforsecurity=False).hexdigest()
    return Message(
        number,
        end - timedelta(seconds=SPAN_SECONDS - number * SPAN_SECONDS // total),
        drawn[:15],
        f"<{drawn}.{number}@ac-amiens.test>",
        f"agent{int(drawn[:7], 16) % AGENTS}@ac-amiens.test",
        f"agent{int(drawn[8:15], 16) % AGENTS}@ac-amiens.test",
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
            "stored mail into mailbox INBOX",
        ),
        ("postfix", "delivered", mail, None, None, letter.recipient, reply),
        ("postfix", "done", mail, None, None, None, None),
    )
    for place, (engine, kind, queue_id, message_id, sender, recipient, detail) in enumerate(steps):
        yield first + place, at, engine, kind, queue_id, message_id, sender, recipient, None, None, detail


# `message` and `rows_of` as PostgreSQL draws them: a client would take ten times as long to send them.
_DRAWN = f"""
INSERT INTO trace_messagestep ({", ".join(_COLUMNS)})
SELECT n * {STEPS} + row.place + 1, at, engine, kind, row.queue_id, row.message_id, row.sender, row.recipient,
    NULL, NULL, detail
FROM generate_series(%(first)s::bigint, %(last)s::bigint) AS n,
LATERAL (SELECT md5('{SEED} ' || n) AS hex OFFSET 0) AS drawn,  -- once a message
LATERAL (SELECT
    %(end)s::timestamptz
        - make_interval(secs => {SPAN_SECONDS} - n * {SPAN_SECONDS} / %(total)s::bigint) AS at,
    left(hex, 15) AS queue, '<' || hex || '.' || n || '@ac-amiens.test>' AS id,
    'agent' || ('x0' || left(hex, 7))::bit(32)::int %% {AGENTS} || '@ac-amiens.test' AS author,
    'agent' || ('x0' || substr(hex, 9, 7))::bit(32)::int %% {AGENTS} || '@ac-amiens.test' AS reader
OFFSET 0) AS letter,
LATERAL (VALUES
    (0, 'postfix', 'received', queue, NULL, author, NULL, 'client=unknown[127.0.0.1], sasl_method=PLAIN'),
    (1, 'postfix', 'identified', queue, id, NULL, NULL, NULL),
    (2, 'postfix', 'queued', queue, NULL, author, NULL, 'from=<x>, size=549, nrcpt=1 (queue active)'),
    (3, 'dovecot', 'filed', NULL, id, NULL, reader, 'stored mail into mailbox INBOX'),
    (4, 'postfix', 'delivered', queue, NULL, NULL, reader,
        '250 2.0.0 <x@ac-amiens.test> 4TbxJISQCmvuuhUAg+zDdQ Saved'),
    (5, 'postfix', 'done', queue, NULL, NULL, NULL, NULL)
) AS row (place, engine, kind, queue_id, message_id, sender, recipient, detail)
"""


def fill_postgresql(connection: Any, model: Any, total: int, end: datetime) -> None:
    """Draw the messages in the server, their indexes made afterwards."""
    with connection.cursor() as cursor:
        for month in range(MONTHS + 1):
            today = (end - timedelta(days=30 * month)).date()
            cursor.execute("SELECT trace_roll_partitions_at(%s, 1, 36)", (today,))
    with connection.schema_editor() as editor:
        for index in model._meta.indexes:
            editor.remove_index(model, index)
    with connection.cursor() as cursor:
        for first in range(0, total, MESSAGES_AT_ONCE):
            last = min(first + MESSAGES_AT_ONCE, total) - 1
            cursor.execute(_DRAWN, {"first": first, "last": last, "end": end, "total": total})
            if first % (50 * MESSAGES_AT_ONCE) == 0:
                print(f"… {last * STEPS:,} steps", flush=True)
    for index in model._meta.indexes:
        with connection.schema_editor() as editor:
            editor.add_index(model, index)
    with connection.cursor() as cursor:
        cursor.execute("VACUUM (ANALYZE, FREEZE) trace_messagestep")
        cursor.execute("CHECKPOINT")


def fill_sqlite(connection: Any, total: int, end: datetime) -> None:
    """Send the messages, each batch in a transaction."""
    letters = (message(number, total, end) for number in range(total))
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


def forget(folder: Path | None) -> None:
    """Have the files of that folder read from the disk again. The engine's own buffers stay as they are."""
    for file in folder.rglob("*") if folder else ():
        if file.is_file():
            descriptor = os.open(file, os.O_RDONLY)
            os.posix_fadvise(descriptor, 0, 0, os.POSIX_FADV_DONTNEED)
            os.close(descriptor)


def searches() -> dict[str, Callable[[Message], object]]:
    """What is asked, by its name."""
    from vaguemestre.foundation.kernel.times import PARIS  # noqa: PLC0415 - once Django is set up
    from vaguemestre.post.trace import queries  # noqa: PLC0415

    return {
        "message-id": lambda letter: queries.steps_of_message(letter.message_id),
        "queue id": lambda letter: queries.steps_of_queue_id(letter.queue_id),
        "person + day": lambda letter: queries.steps_of_recipient(
            letter.recipient, letter.at.astimezone(PARIS).date()
        ),
        "correspondent + day": lambda letter: queries.steps_of_correspondent(
            letter.sender, letter.at.astimezone(PARIS).date()
        ),
    }


def measure(connection: Any, name: str, letters: list[Message], rows: int, folder: Path | None) -> None:
    """Print the time of that search, and what it touched. Raises SystemExit if it finds nothing."""
    from django.test.utils import CaptureQueriesContext  # noqa: PLC0415 - once Django is set up

    search = searches()[name]
    seconds, pages, partitions, plan, lookups = list[float](), list[int](), list[int](), "", 0
    for letter in letters:
        forget(folder)
        began = time.perf_counter()
        with CaptureQueriesContext(connection) as captured:
            if not search(letter):
                raise SystemExit(f"{name}: {letter} was not found")
        seconds.append(time.perf_counter() - began)
        found = touched(connection, [query["sql"] for query in captured])
        pages.append(found.pages)
        partitions.append(len(found.partitions))
        plan, lookups = found.plan, len(captured)
    median, worst = (value * 1000 for value in (sorted(seconds)[len(seconds) // 2], max(seconds)))
    print(f"{name}: median {median:.1f} ms, worst {worst:.1f} ms; {lookups} statements", flush=True)
    if connection.vendor != "postgresql":
        print(f"  {plan}")
        return
    growth = depth(TARGET_ROWS / (MONTHS + 1)) - depth(rows / (MONTHS + 1))
    more = max(pages) + growth * max(partitions) * lookups
    if name.endswith("day"):  # as if each message of that day took a whole search
        more = round(more * TARGET_ROWS / STEPS / (30 * MONTHS) / AGENTS)
    print(f"  partitions {max(partitions)}, pages {max(pages)}; at {TARGET_ROWS:,} steps {more} pages")
    print(
        f"  all read from a disk at {DISK_SECONDS * 1000:g} ms each: {more * DISK_SECONDS:.2f} s", flush=True
    )


def run(options: argparse.Namespace, data: Path | None) -> None:
    """Fill the home's database, then search it."""
    total = options.rows // STEPS
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "vaguemestre.site.settings")
    django.setup()
    from django.apps import apps  # noqa: PLC0415 - once Django is set up
    from django.core.management import call_command  # noqa: PLC0415
    from django.db import connection  # noqa: PLC0415

    call_command("migrate", verbosity=0)
    end = datetime.now(UTC).replace(microsecond=0)
    began = time.perf_counter()
    if connection.vendor == "postgresql":
        fill_postgresql(connection, apps.get_model("trace", "MessageStep"), total, end)
    else:
        fill_sqlite(connection, total, end)
    seconds = time.perf_counter() - began
    print(f"{connection.vendor}: {total * STEPS:,} steps stored in {seconds:.0f} s", flush=True)
    if connection.vendor == "postgresql":
        print_size(connection, total * STEPS)
    drawn = random.Random(SEED)
    letters = [message(drawn.randrange(total), total, end) for _ in range(SAMPLES)]
    for folder in (data, None) if data else (None,):
        print("files read from the disk again:" if folder else "as the files lie in memory:")
        for name in searches():
            measure(connection, name, letters, total * STEPS, folder)
    connection.close()


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--rows", type=int, default=2_000_000)
    options.add_argument("--cluster", action="store_true", help="a PostgreSQL under that empty home, as root")
    asked = options.parse_args()
    home = Path(os.environ["VAGUEMESTRE_HOME"])
    if asked.cluster:
        with own_cluster(home) as data:
            run(asked, data)
    else:
        run(asked, home / "data" if not (home / "vaguemestre.toml").exists() else None)


if __name__ == "__main__":
    main()
