"""Processor seconds by family of processes while something runs, from /proc: what other load disturbs least.

A process that ends between two looks loses what it spent since the last one.
"""

import json
import os
import re
import threading
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

_TICKS = os.sysconf("SC_CLK_TCK")
_LOOK_SECONDS = 0.2
_POSTFIX = frozenset(
    ("anvil", "bounce", "cleanup", "lmtp", "master", "postlogd", "proxymap", "qmgr", "smtpd", "tlsmgr")
)
type _Key = tuple[str, str]  # process id, start time


class Spent:
    """`with Spent(home) as spent: ...` then `spent.seconds`: family → user + system seconds.

    Of the instance of that home, and of this process (`client`); `others`: roots of more processes.
    """

    def __init__(self, home: Path, others: Sequence[int] = ()) -> None:
        told = json.loads((home / "run" / "instance.json").read_text())
        self._roots = frozenset(map(str, (told["pid"], *others)))
        self.seconds: Counter[str] = Counter()
        self._first: dict[_Key, int] = {}
        self._last: dict[_Key, int] = {}
        self._family: dict[_Key, str] = {}
        self._over = threading.Event()
        self._looking = threading.Thread(target=self._look, daemon=True)

    def __enter__(self) -> Self:
        self._first = self._last = self._ticks()
        self._looking.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._over.set()
        self._looking.join()
        self._take()
        for key, ticks in self._last.items():
            if spent := ticks - self._first.get(key, 0):
                self.seconds[self._family.get(key, "other")] += spent / _TICKS

    def _look(self) -> None:
        while not self._over.wait(_LOOK_SECONDS):
            self._take()

    def _take(self) -> None:
        now = self._ticks()
        self._last = self._last | now
        for key in now:
            family = family_of(key[0])
            if family:
                self._family[key] = family

    def _ticks(self) -> dict[_Key, int]:
        """User and system time of each process of the instance, and of this one."""
        found: dict[str, tuple[str, _Key, int]] = {}
        for process in (entry.name for entry in Path("/proc").iterdir() if entry.name.isdigit()):
            try:
                text = Path(f"/proc/{process}/stat").read_text(errors="replace")
            except OSError:
                continue
            fields = text.rpartition(")")[2].split()
            found[process] = fields[1], (process, fields[19]), int(fields[11]) + int(fields[12])
        return {key: ticks for process, (_, key, ticks) in found.items() if self._is_counted(process, found)}

    def _is_counted(self, process: str, found: Mapping[str, tuple[str, _Key, int]]) -> bool:
        if process == str(os.getpid()):
            return True
        while process in found and process not in self._roots:
            process = found[process][0]
        return process in self._roots


def family_of(process: str) -> str:
    """What a process is, by its command line; "" if it ended."""
    if process == str(os.getpid()):
        return "client"
    try:
        words = Path(f"/proc/{process}/cmdline").read_bytes().decode(errors="replace").split("\0")
    except OSError:
        return ""
    line = " ".join(words).strip()
    if module := re.search(r"vaguemestre\.processes\.(?:\w+\.)*(\w+)", line):
        return f"{module[1]} {words[words.index('--queue') + 1]}" if "--queue" in words else module[1]
    if line.startswith("dovecot-"):
        return f"dovecot {line.partition('/')[2].split(' ')[0]}"
    name = line.split(" ")[0].rpartition("/")[2].rstrip(":")
    return f"postfix {name}" if name in _POSTFIX else name
