"""The tables of a new SQLite database, made at once from `schema.sql`, not one migration after the other.

`schema.sql` is what the migrations made the day it was written, and says which; `migrate` applies later ones.
To write it again: `python -m vaguemestre.site.schema` (a start is slower while it is old, never wrong).
"""

import os
import re
import sqlite3
import subprocess
import sys
import tempfile
from contextlib import closing
from pathlib import Path

FILE = Path(__file__).with_name("schema.sql")
_HISTORY = re.compile(r'^(INSERT INTO "django_migrations" .*,)\'[^\']*\'\);$', re.MULTILINE)


def create(database: Path) -> bool:
    """Make the tables if the database has none. Returns whether it did. All or nothing."""
    with closing(sqlite3.connect(database)) as connection:
        if connection.execute("SELECT 1 FROM sqlite_master LIMIT 1").fetchone():
            return False
        connection.executescript(FILE.read_text(encoding="utf-8"))
    return True


def dump(database: Path) -> str:
    """The SQL that makes a database like that one; its migrations count as applied when it is run."""
    with closing(sqlite3.connect(database)) as connection:
        lines = "\n".join(connection.iterdump())
    return _HISTORY.sub(r"\1datetime('now'));", lines) + "\n"


def main() -> None:
    """Write `schema.sql` again, from a database that has all the migrations of this code."""
    with tempfile.TemporaryDirectory() as home:
        of_this_home = {"VAGUEMESTRE_HOME": home, "DJANGO_SETTINGS_MODULE": "vaguemestre.site.settings"}
        command = [sys.executable, "-m", "django", "migrate", "--verbosity", "0"]
        subprocess.run(command, env={**os.environ, **of_this_home}, check=True)
        FILE.write_text(dump(Path(home) / "data" / "vaguemestre.sqlite3"), encoding="utf-8")


if __name__ == "__main__":
    main()
