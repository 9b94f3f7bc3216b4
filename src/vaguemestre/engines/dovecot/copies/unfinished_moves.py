"""Finish the moves that an end of Dovecot cut between their copy and their removal (RFC 6851, MOVE).

Run by the system's Python before Dovecot starts again, with the library alone: `… LOG CONFIGURATION MAIL`.
Before Dovecot copies a message that is to move, it logs that it will remove it; afterwards, that it has.
What was announced and not done is removed if its copy is there: same GUID, saved since, in another folder. A
copy that came no further than its file (sdbox, a hard link) loses that file: the next message stored in its
folder would make Dovecot find it there, and list it.
"""

import base64
import datetime as dt
import json
import os
import re
import subprocess
import sys
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

_MOST_LOG_BYTES = 2_000_000  # the end of the log: what was under way, and more
_MOST_SECONDS = 600  # that a move takes
_MOST_UIDS = 500  # in one command
_TIMEOUT_SECONDS = 60
_FILES, _FILE = "dbox-Mails", re.compile(r"u\.(\d+)", re.ASCII)
_SHIFTED = re.compile(r"&([A-Za-z0-9+,]*)-", re.ASCII)
_CLOCK_SECONDS = 2  # how far apart Dovecot's dates of one moment may be
_START = re.compile(r"\S+ master: Info: Dovecot \S+ .*starting up.*", re.ASCII)
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


class _File(NamedTuple):
    """A message's file on disk."""

    folder: str
    uid: int
    inode: int
    path: str


class _Row(NamedTuple):
    folder: str
    folder_guid: str
    uid: int
    guid: str


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
    return [move for move in open_moves.values() if (last - move.at).total_seconds() <= _MOST_SECONDS]


def _moment(text: str) -> dt.datetime:
    return dt.datetime.fromisoformat(text)


def finish_moves(moves: Sequence[Move], configuration: Path, mail: Path) -> int:
    """Remove the messages whose copy is stored, and the files of copies that no index knows.

    Returns how many; says on standard error what failed.
    """
    by_folder: dict[tuple[str, str], list[Move]] = defaultdict(list)
    for move in moves:
        by_folder[move.mailbox, move.folder].append(move)
    removed = 0
    for (mailbox, folder), together in by_folder.items():
        try:
            removed += _finish(Mailbox(mailbox, configuration, mail), folder, together)
        except (OSError, subprocess.SubprocessError, ValueError) as error:
            print(f"a move in {mailbox} is left as it is: {error}", file=sys.stderr)  # noqa: T201 (no log yet)
    return removed


def _finish(mailbox: "Mailbox", folder: str, moves: Sequence[Move]) -> int:
    messages = list(mailbox.messages(folder, [move.uid for move in moves]))
    if not messages:
        return 0
    since = min(move.at for move in moves) - dt.timedelta(seconds=_CLOCK_SECONDS)
    copies = {row.guid for row in mailbox.saved_since(since) if row.folder != folder}
    doubled = [row for row in messages if row.guid in copies]
    mailbox.expunge(doubled)
    unknown = _unknown_copies(mailbox, [row for row in messages if row.guid not in copies])
    for file in unknown:
        os.unlink(file.path)  # noqa: PTH108 (a name that pathlib could read otherwise)
    return len(doubled) + len(unknown)


def _unknown_copies(mailbox: "Mailbox", messages: Sequence[_Row]) -> list[_File]:
    """Files of those messages in other folders, past the last message that the folder's index knows."""
    files = list(mailbox.files())
    moving = {(row.folder, row.uid) for row in messages}
    inodes = {file.inode for file in files if (file.folder, file.uid) in moving}
    links = [file for file in files if file.inode in inodes and (file.folder, file.uid) not in moving]
    last = {folder: mailbox.last_uid(folder) for folder in {file.folder for file in links}}
    return [file for file in links if file.uid > last[file.folder]]


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

    def last_uid(self, folder: str) -> int:
        """The largest one that the index of that folder knows; 0 if it is empty."""
        return max((row.uid for row in self._rows("mailbox", folder, "uid", "*")), default=0)

    def saved_since(self, moment: dt.datetime) -> Iterator[_Row]:
        return self._rows("mailbox", "*", "savedsince", str(int(moment.timestamp())))

    def messages(self, folder: str, uids: Sequence[int]) -> Iterator[_Row]:
        for some in _some(uids):
            for row in self._rows("mailbox", folder, "uid", some):
                if row.folder == folder:  # a name may read as a pattern
                    yield row

    def expunge(self, rows: Sequence[_Row]) -> None:
        if rows:
            for some in _some([row.uid for row in rows]):
                self._run("expunge", "mailbox-guid", rows[0].folder_guid, "uid", some)

    def _rows(self, *query: str) -> Iterator[_Row]:
        for row in json.loads(self._run("fetch", "mailbox mailbox-guid uid guid", *query) or "[]"):
            yield _Row(row["mailbox"], row["mailbox-guid"], int(row["uid"]), row["guid"])

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
    for start in range(0, len(uids), _MOST_UIDS):
        yield ",".join(map(str, uids[start : start + _MOST_UIDS]))


def _last_lines(log: Path) -> list[str]:
    with log.open("rb") as file:
        file.seek(max(0, log.stat().st_size - _MOST_LOG_BYTES))
        return file.read().decode("utf-8", "replace").splitlines()


def main() -> None:
    log, configuration, mail = map(Path, sys.argv[1:])
    former = log.with_name(f"{log.name}.1")  # it may have been rotated a moment before
    lines = [line for file in (former, log) if file.exists() for line in _last_lines(file)]
    if moves := unfinished_moves(lines):
        removed = finish_moves(moves, configuration, mail)
        print(f"moves cut short: {len(moves)}, finished: {removed}", file=sys.stderr)  # noqa: T201


if __name__ == "__main__":
    main()
