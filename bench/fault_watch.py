"""Injects the faults of `bench/fault_table.py`, and times what « Aujourd’hui » or `/sante/` says of each."""

import contextlib
import html
import json
import os
import re
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path

from bench.fault_table import PATIENCE_SECONDS, Fault, faults
from bench.neighbours import Neighbours
from django.conf import settings
from django.db import connection
from django.utils import timezone

from vaguemestre.access.signin import services as signin
from vaguemestre.access.signin.sessions import SessionStore
from vaguemestre.people.credentials.models import Account

_LINE = re.compile(r'<span class="sign warn">.*?<b>(.*?)</b>.*?que-faire/([a-z-]+)', re.DOTALL)
_NAMED_WITHIN_SECONDS = 60
_PARTS = {"database": "Base de données", "database-writes": "Enregistrement dans la base"}


class Page:
    """« Aujourd’hui », as an administrator sees it."""

    def __init__(self, web: str) -> None:
        self._web, self._cookie = web, ""

    def alarms(self) -> set[tuple[str, str]]:
        """What is open: the page to read, and the words. Raises OSError."""
        self._cookie = self._cookie or _session()
        request = urllib.request.Request(f"{self._web}/administration/", headers={"Cookie": self._cookie})
        with urllib.request.urlopen(request, timeout=20) as answer:
            content = answer.read().decode()
        return {(what, html.unescape(words)) for words, what in _LINE.findall(content)}

    def health(self) -> set[tuple[str, str]]:
        """What `/sante/` says of the database, for who watches while no page opens."""
        try:
            with urllib.request.urlopen(f"{self._web}/sante/", timeout=20) as answer:
                content = answer.read()
        except urllib.error.HTTPError as error:
            content = error.read()
        except OSError:
            return set()
        with contextlib.suppress(ValueError):
            checks = json.loads(content)["checks"]
            return {("part-down", words) for name, words in _PARTS.items() if checks[name]["status"] != "ok"}
        return set()


def _session() -> str:
    """A sign-in of a moment ago, of the first administrator."""
    opened, account = SessionStore(), Account.objects.filter(role="administrator").order_by("pk")[0]
    Account.objects.filter(pk=account.pk, state="pending").update(state="active")
    origin = signin.BrowserOrigin("127.0.0.0/24", "Essai")
    signin.open_browser_session(opened, account.pk, origin, shared=False, now=timezone.now())
    connection.close()
    return f"{settings.SESSION_COOKIE_NAME}={opened.session_key}"


def seconds_until(true: Callable[[], bool], patience: float) -> float | None:
    began = time.monotonic()
    while not true():
        if time.monotonic() - began > patience:
            return None
        time.sleep(1)  # the page is read each second
    return time.monotonic() - began


def run(fault: Fault, page: Page) -> tuple[float | None, float | None, set[tuple[str, str]]]:
    """Seconds until it is named, and until the alarm is gone once mended; what else was said meanwhile."""
    said: set[tuple[str, str]] = set()
    kind, words = fault.alarm

    def is_named() -> bool:
        try:
            found = page.alarms()
        except OSError:
            said.add(("-", "the page does not open"))
            found = page.health()
        said.update(found)
        return any(what == kind and told.startswith(words) for what, told in found)

    with fault.during():
        named = seconds_until(is_named, PATIENCE_SECONDS)
    gone = seconds_until(lambda: not is_named() and _opens(page), fault.ended_within)
    return named, gone, {(what, told) for what, told in said if not (what == kind and told.startswith(words))}


def _opens(page: Page) -> bool:
    with contextlib.suppress(OSError):
        page.alarms()
        return True
    return False


def report(home: Path, base: int, neighbours: Neighbours, only: list[str]) -> None:
    """A line of Markdown for each fault."""
    page, good, count = Page(f"http://localhost:{base}"), 0, 0
    print("| fault | alarm | named after | gone after | said besides | load |")
    print("|---|---|---|---|---|---|")
    for fault in faults(home, base, neighbours):
        if only and fault.name not in only:
            continue
        named, gone, besides = run(fault, page)
        count += 1
        good += named is not None and named <= _NAMED_WITHIN_SECONDS
        cells = (
            fault.name, " ".join(fault.alarm), _seconds(named), _seconds(gone),
            "; ".join(sorted(f"{what}: {words}" for what, words in besides)), f"{os.getloadavg()[0]:.1f}",
        )  # fmt: skip
        print(f"| {' | '.join(cells)} |", flush=True)
    print(f"\n{good} of {count} named within {_NAMED_WITHIN_SECONDS} s")


def _seconds(value: float | None) -> str:
    return "never" if value is None else f"{value:.0f} s"
