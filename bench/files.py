"""What it costs to index the words of enclosed files: the same letters, their files named as such or not.

    PYTHONPATH=src:. .venv/bin/python bench/files.py --home HOME

HOME is an instance that runs. 1,000 letters in each of two mailboxes; in the second, the kinds of the files
are changed to one that nobody reads. The indexes are made anew, in turn; the first also with every file taken
for a new one. The processor's time is that of Dovecot, of all it started and of doveadm.
"""

import argparse
import os
import re
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext, suppress
from datetime import UTC, datetime
from importlib import import_module
from pathlib import Path

from bench.bare import Bare
from bench.loading import COLLEAGUES, MONTHS, UNTIL

from vaguemestre.demo.letters import Writer, messages

LETTERS = 1_000
TURNS = 3
_READ = re.compile(rb"Content-Type: application/(?:pdf|vnd\.[a-z0-9.-]+)")
_HIDDEN = b"Content-Type: application/x-unread"


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    asked.add_argument("--home", type=Path, required=True)
    home = asked.parse_args().home.resolve()
    os.environ.update(VAGUEMESTRE_HOME=str(home), DJANGO_SETTINGS_MODULE="vaguemestre.site.settings")
    owners = import_module("bench.people").ready(datetime.now(UTC), 2)
    ports = import_module("django.conf").settings.CONFIG.ports
    for owner, is_read in zip(owners, (True, False), strict=True):
        bare = Bare(("127.0.0.1", ports.imap), owner.mailbox, owner.app_password)
        files = _fill(bare, Writer(owner.name, owner.address), is_read=is_read)
        bare.close()
    print(f"{LETTERS} letters, {files} files")
    ways = (("each read", owners[0], True), ("once each", owners[0], False), ("not read", owners[1], False))
    spent: dict[str, list[tuple[float, float]]] = {name: [] for name, _, _ in ways}
    for _ in range(TURNS):
        for name, owner, is_new in ways:
            with _forgetful(home) if is_new else nullcontext():
                spent[name].append(_indexed(home, owner.mailbox))
    for name, times in spent.items():
        wall, work = (statistics.median(column) for column in zip(*times, strict=True))
        print(f"{name:10} {wall:6.1f} s   {work:6.1f} s of processor")


def _fill(bare: Bare, owner: Writer, *, is_read: bool) -> int:
    """Exactly those letters; how many files they hold."""
    bare.run(b"SELECT INBOX")
    bare.run(b"UID STORE 1:* +FLAGS.SILENT (\\Deleted)")
    bare.run(b"EXPUNGE")
    files, batch = 0, []
    for one in messages(7, LETTERS, owner, COLLEAGUES, UNTIL, inbox_share=1.0):
        files += len(_READ.findall(one.content))
        content = one.content if is_read else _READ.sub(_HIDDEN, one.content)
        day = one.at.strftime(f"%d-{MONTHS[one.at.month - 1]}-%Y %H:%M:%S %z")
        batch.append((one.flags, day, content))
    for start in range(0, len(batch), 100):
        bare.append_all("INBOX", batch[start : start + 100])
    return files


def _indexed(home: Path, mailbox: str) -> tuple[float, float]:
    """Seconds by the clock, and of processor."""
    doveadm = ["doveadm", "-c", str(home / "engines" / "dovecot" / "dovecot.conf")]
    subprocess.run([*doveadm, "fts", "flatcurve", "remove", "-u", mailbox, "INBOX"], check=True)
    master = int((home / "run" / "d" / "master.pid").read_text())
    begun, worked = time.monotonic(), _worked(master)
    subprocess.run([*doveadm, "index", "-u", mailbox, "INBOX"], check=True)
    return time.monotonic() - begun, _worked(master) - worked


@contextmanager
def _forgetful(home: Path) -> Iterator[None]:
    """A file read a moment ago is read again: nowhere to keep its words."""
    kept = home / "engines" / "dovecot" / "files" / "kept"
    aside = kept.rename(kept.with_name("aside"))
    kept.write_text("")
    yield
    kept.unlink()
    aside.rename(kept)


def _worked(master: int) -> float:
    """Of the children of this process that ended, and of that one with its own, ended or not."""
    parents, times = {}, {}
    for entry in Path("/proc").iterdir():
        with suppress(OSError, ValueError):
            words = (entry / "stat").read_text().rpartition(")")[2].split()
            parents[int(entry.name)], times[int(entry.name)] = int(words[1]), sum(map(int, words[11:15]))
    kin = {master}
    while more := {pid for pid, parent in parents.items() if parent in kin} - kin:
        kin |= more
    mine = os.times()
    total = sum(times.get(pid, 0) for pid in kin) / os.sysconf("SC_CLK_TCK")
    return total + mine.children_user + mine.children_system


if __name__ == "__main__":
    sys.exit(main())
