"""Finish the moves that an end of Dovecot cut between their copy and their removal (RFC 6851, MOVE).

Run by the system's Python, its library alone, before Dovecot starts: `… LOG CONFIGURATION MAIL NUMBER`.
A message and its copy are one file in two folders (sdbox, hard links). Before Dovecot copies a message that
is to move, it logs that it will remove it; afterwards, that it has. What was announced and not done is
removed if its copy is stored. A copy that came no further than its file loses that file: the next message
stored in its folder would make Dovecot find it there, and list it.

Lines on their way to the log end with everything else. A copy stored in the last moments, of which the log
knows nothing, is therefore that of a move too: one of the two goes. The owner may have asked for a copy in
that very moment: the message stays, in one place instead of two. NUMBER, the file of the master's process
number, is gone if the last of its processes ended by itself.
"""

import base64
import datetime as dt
import json
import os
import re
import subprocess
import sys
import time
from collections import defaultdict
from collections.abc import Container, Iterable, Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

_MAX_LOG_BYTES = 2_000_000  # the end of the log: what was under way, and more
_MAX_SECONDS = 600  # that a move takes
_MAX_UIDS, _TIMEOUT_SECONDS = 500, 60  # of one command
_FILES, _FILE = "dbox-Mails", re.compile(r"u\.(\d+)", re.ASCII)
_SHIFTED = re.compile(r"&([A-Za-z0-9+,]*)-", re.ASCII)
_CLOCK = dt.timedelta(seconds=2)  # how far apart Dovecot's dates of one moment may be
_MAX_WALK_SECONDS = 30.0  # 45,000 mailboxes take ten of processor, and longer from a cold disk
_MAX_BEHIND = dt.timedelta(seconds=30)  # how far the log may be behind the mailboxes
_START = re.compile(r"\S+ master: Info: Dovecot \S+ .*starting up.*", re.ASCII)
_STOP = re.compile(r"\S+ master: Warning: Killed with signal 15 .*", re.ASCII)
_NAMED = re.compile(r"\S+ \w+\(([^()<> ]+@[^()<> ]+)\)<")
_moment = dt.datetime.fromisoformat
_MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[+-]\d{4}(?= )", re.ASCII)
_STORED = re.compile(
    r"\S+ \w+\((?P<who>[^()<> ]*)\)<.*?>: Info: Mailbox (?P<into>.*): "
    r"(?:append|save|copy from .*): box=(?P=into), uid=(?P<uid>\d+), .*"
)
_LINE = re.compile(
    r"(?P<at>\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[+-]\d{4}) imap\((?P<who>[^()<> ]*)\)(?P<session><.*?>): "
    r"(?:Debug: Mailbox (?P<from>.*): UID (?P<uid>\d+): Expunge requested"
    r"|Info: Mailbox (?P<left>.*): expunge: box=(?P=left), uid=(?P<gone>\d+), .*"
    r"|Info: (?P<end>Disconnected): .*)"
)


class Move(NamedTuple):
    """A message that was to leave `folder`. `at`: when Dovecot said so."""

    mailbox: str
    folder: str
    uid: int
    at: dt.datetime


class Ending(NamedTuple):
    """What an end of Dovecot may have left half done, since a moment. Messages: mailbox, folder, UID.

    `named`: the mailboxes that the log names, those named last before others. `moving`: messages announced to
    leave. `written`: those stored of which the log knows, None for all.
    """

    since: dt.datetime
    named: tuple[str, ...]
    moving: frozenset[tuple[str, str, int]]
    written: frozenset[tuple[str, str, int]] | None


class _File(NamedTuple):
    folder: str
    uid: int
    inode: int
    path: str


class _Row(NamedTuple):
    folder: str
    folder_guid: str
    uid: int


def unfinished_moves(lines: Iterable[str]) -> list[Move]:
    """What the last run of Dovecot announced and did not do, in the order of the log.

    What a session announced that ended by itself was done, or refused.
    """
    open_moves: dict[tuple[str, str, str, int], Move] = {}
    last = dt.datetime.min.replace(tzinfo=dt.UTC)
    for line in lines:
        if _START.fullmatch(line):
            open_moves.clear()
        elif match := _LINE.fullmatch(line):
            mailbox, session, last = match["who"].lower(), match["session"], _moment(match["at"])
            if match["uid"]:
                move = Move(mailbox, match["from"], int(match["uid"]), last)
                open_moves[mailbox, session, move.folder, move.uid] = move
            elif match["end"]:
                for key in [key for key in open_moves if key[:2] == (mailbox, session)]:
                    del open_moves[key]
            else:
                open_moves.pop((mailbox, session, match["left"], int(match["gone"])), None)
    return [move for move in open_moves.values() if (last - move.at).total_seconds() <= _MAX_SECONDS]


def how_it_ended(lines: Sequence[str], *, is_cut: bool) -> Ending | None:
    """None if nothing can be half done: it was told to stop, or never ran.

    `is_cut`: its processes did not come to their end. Told to stop it may be all the same, by the end of
    what started it.
    """
    moves = unfinished_moves(lines)
    moments = [_moment(match[0]) for line in lines if (match := _MOMENT.match(line))]
    stopped, written = False, set[tuple[str, str, int]]()
    for line in lines:
        if _STOP.fullmatch(line) or _START.fullmatch(line):
            stopped = bool(_STOP.fullmatch(line)) and not is_cut
        elif match := _STORED.fullmatch(line):
            written.add((match["who"].lower(), match["into"], int(match["uid"])))
    if not moments or (stopped and not moves):
        return None
    # no earlier than what was read of the log
    since = min([max(moments[0], moments[-1] - _MAX_BEHIND), *(move.at - _CLOCK for move in moves)])
    named = dict.fromkeys(match[1].lower() for line in reversed(lines) if (match := _NAMED.match(line)))
    moving = frozenset((move.mailbox, move.folder, move.uid) for move in moves)
    return Ending(since, tuple(named), moving, None if stopped else frozenset(written))


def finish_moves(ending: Ending, configuration: Path, mail: Path) -> int:
    """Remove what stands twice, and files that no index knows; returns how many. Failures go to stderr."""
    removed, since = 0, ending.since.timestamp()
    for name in _mailboxes(mail, ending.named):
        mailbox = Mailbox(name, configuration, mail)
        try:
            removed += _finish(mailbox, name, ending) if mailbox.is_changed(since) else 0
        except (OSError, subprocess.SubprocessError, ValueError) as error:
            print(f"moves in {name} are left as they are: {error}", file=sys.stderr)  # noqa: T201 (no log yet)
    return removed


def _mailboxes(mail: Path, first: Sequence[str]) -> Iterator[str]:
    """Those, then all others while there is time: nobody reads mail until this is over."""
    yield from first
    end, known = time.monotonic() + _MAX_WALK_SECONDS, set(first)
    for place in mail.glob("*/*"):
        if time.monotonic() > end:
            print("moves cut short: not every mailbox was looked at", file=sys.stderr)  # noqa: T201
            return
        if (name := f"{place.name}@{place.parent.name}") not in known:
            yield name


def _finish(mailbox: "Mailbox", name: str, ending: Ending) -> int:
    sharing: dict[int, list[_File]] = defaultdict(list)
    for file in mailbox.files():
        sharing[file.inode].append(file)
    shared = [files for files in sharing.values() if len({file.folder for file in files}) > 1]
    if not shared:
        return 0
    listed = _listed(mailbox, (file for files in shared for file in files))
    recent = {(row.folder, row.uid) for row in mailbox.saved_since(ending.since)}
    removed, gone = 0, defaultdict[str, list[int]](list)
    for files in shared:
        known = [file for file in files if (file.folder, file.uid) in listed]
        if known:  # the others were stored no further, or removed as far as the index
            removed += _unlink(file for file in files if file not in known)
        if len(known) > 1 and (surplus := _too_many(name, known, recent, ending)):
            gone[surplus.folder].append(surplus.uid)
    for folder, uids in gone.items():
        rows = list(mailbox.messages(folder, uids))
        mailbox.expunge(rows)
        removed += len(rows)
    return removed


def _listed(mailbox: "Mailbox", files: Iterable[_File]) -> set[tuple[str, int]]:
    """Folder and UID of those files that an index knows as messages."""
    uids: dict[str, list[int]] = defaultdict(list)
    for file in files:
        uids[file.folder].append(file.uid)
    return {(folder, row.uid) for folder, some in uids.items() for row in mailbox.messages(folder, some)}


def _unlink(files: Iterable[_File]) -> int:
    """Returns how many. Dovecot may have removed one when it was asked about its folder."""
    removed = 0
    for file in files:
        with suppress(FileNotFoundError):
            os.unlink(file.path)  # noqa: PTH108 (a name that pathlib could read otherwise)
            removed += 1
    return removed


def _too_many(
    name: str, files: Sequence[_File], recent: Container[tuple[str, int]], ending: Ending
) -> _File | None:
    """The one to remove of messages that are one file."""
    new = [file for file in files if (file.folder, file.uid) in recent]
    for file in files:
        if (name, file.folder, file.uid) in ending.moving and any(other is not file for other in new):
            return file
    if ending.written is None:
        return None
    for file in new:
        if (name, file.folder, file.uid) not in ending.written:
            # of two, the one that was there before; of more, nobody knows which that is
            return file if len(files) > 2 else next(other for other in files if other is not file)
    return None


class Mailbox:
    """The messages of a mailbox, by doveadm without a server. Methods raise OSError, SubprocessError."""

    def __init__(self, name: str, configuration: Path, mail: Path) -> None:
        self._name, self._configuration = name, configuration
        local, _, domain = name.rpartition("@")
        self._folders = mail / domain / local / "sdbox" / "mailboxes"

    def files(self) -> Iterator[_File]:
        """Every message's file. The folders of deleted messages are elsewhere."""
        for place, _, _ in os.walk(self._folders):
            if os.path.basename(place) == _FILES:  # noqa: PTH119
                folder = _name_of(os.path.relpath(os.path.dirname(place), self._folders))  # noqa: PTH120
                with os.scandir(place) as entries:
                    for entry in entries:
                        if match := _FILE.fullmatch(entry.name):
                            yield _File(folder, int(match[1]), entry.inode(), entry.path)

    def is_changed(self, since: float) -> bool:
        """Whether a message came or went. One `stat` a folder."""
        for place, folders, _ in os.walk(self._folders):
            if _FILES in folders:
                folders.remove(_FILES)  # not to be listed
                if os.stat(os.path.join(place, _FILES)).st_mtime >= since:  # noqa: PTH116, PTH118
                    return True
        return False

    def saved_since(self, moment: dt.datetime) -> Iterator[_Row]:
        return self._rows("mailbox", "*", "savedsince", str(int(moment.timestamp())))

    def messages(self, folder: str, uids: Sequence[int]) -> Iterator[_Row]:
        for some in _some(uids):
            for row in self._rows("mailbox", folder, "uid", some):
                if row.folder == folder:  # a name may read as a pattern
                    yield row

    def expunge(self, rows: Sequence[_Row]) -> None:
        for some in _some([row.uid for row in rows]):
            self._run("expunge", "mailbox-guid", rows[0].folder_guid, "uid", some)

    def _rows(self, *query: str) -> Iterator[_Row]:
        for row in json.loads(self._run("fetch", "mailbox mailbox-guid uid", *query) or "[]"):
            yield _Row(row["mailbox"], row["mailbox-guid"], int(row["uid"]))

    def _run(self, command: str, *words: str) -> str:
        argv = ["doveadm", "-f", "json", "-c", str(self._configuration), command, "--no-userdb-lookup", "--"]
        return subprocess.run(
            [*argv, *words], env={**os.environ, "USER": self._name}, capture_output=True, text=True,
            timeout=_TIMEOUT_SECONDS, check=True,
        ).stdout  # fmt: skip


def _name_of(path: str) -> str:
    """The name of a folder, which the disk has in modified UTF-7 (RFC 3501 §5.1.3)."""
    return _SHIFTED.sub(
        lambda shift: base64.b64decode(shift[1].replace(",", "/") + "==").decode("utf-16-be") or "&", path
    )


def _some(uids: Sequence[int]) -> Iterator[str]:
    """Sets of UIDs as doveadm reads them."""
    for start in range(0, len(uids), _MAX_UIDS):
        yield ",".join(map(str, uids[start : start + _MAX_UIDS]))


def _last_lines(log: Path) -> list[str]:
    with log.open("rb") as file:
        file.seek(max(0, log.stat().st_size - _MAX_LOG_BYTES))
        return file.read().decode("utf-8", "replace").splitlines()


def main() -> None:
    log, configuration, mail, number = map(Path, sys.argv[1:])
    former = log.with_name(f"{log.name}.1")  # it may have been rotated a moment before
    lines = [line for file in (former, log) if file.exists() for line in _last_lines(file)]
    ending = how_it_ended(lines, is_cut=number.exists())
    if ending and (removed := finish_moves(ending, configuration, mail)):
        print(f"moves cut short: {removed} messages stand once again", file=sys.stderr)  # noqa: T201


if __name__ == "__main__":
    main()
