"""How long the directory takes to answer at the server, page by page, for whoever types a name.

    VAGUEMESTRE_HOME=HOME PYTHONPATH=src .venv/bin/python bench/feed.py 45000
    VAGUEMESTRE_HOME=HOME PYTHONPATH=src .venv/bin/python bench/book.py

On the home that `feed.py` filled. The whole request is timed: middleware, session, query and page.
"""

import os
import statistics
import time

os.environ["DJANGO_SETTINGS_MODULE"] = "vaguemestre.site.settings"

# The settings are read when Django is imported.
import django

django.setup()

from django.conf import settings  # noqa: E402
from django.db import transaction  # noqa: E402
from django.test import Client  # noqa: E402
from django.utils import timezone  # noqa: E402

from vaguemestre.people.credentials import services as credentials  # noqa: E402
from vaguemestre.people.credentials.queries import accounts_of_people, presented  # noqa: E402
from vaguemestre.people.directory.queries import find_academy_id  # noqa: E402

_PASSWORD = "mesure-tranquille-du-matin-27"
_TURNS = 30
_ASKED = (
    ("nothing typed", ""),
    ("two letters", "q=ma"),
    ("three letters", "q=mar"),
    ("a name", "q=martin"),
    ("first name, surname", "q=céline martin"),
    ("surname, first name", "q=martin cel"),
    ("nobody", "q=zzyzx"),
    ("a compound one's second half", "q=pierre"),
    ("a school", "etablissement=jules verne"),
    ("a discipline", "discipline=L1300"),
    ("a name and a discipline", "q=mar&discipline=L1300"),
    ("a name and a function", "q=mar&fonction=ENS"),
    ("page 40 of everybody", "page=40"),
)


def main() -> None:
    """Print the median, the slowest of twenty, and how many rows were shown."""
    client = _signed_in()
    for name, asked in _ASKED:
        took = []
        for _ in range(_TURNS):
            start = time.perf_counter()
            answer = client.get(f"/annuaire/?{asked}", headers={"HX-Request": "true"})
            took.append((time.perf_counter() - start) * 1000)
        rows = answer.content.count(b"<tr>") - 1
        slow = sorted(took)[int(_TURNS * 0.95)]
        print(f"{name:30} {statistics.median(took):6.1f} ms  p95 {slow:6.1f} ms  {max(rows, 0):3} rows")


def _signed_in() -> Client:
    """A browser of the first agent, activated for the occasion."""
    people = sorted(accounts_of_people(find_academy_id(settings.CONFIG.academy.domain)).items())
    account_id, state = people[0][1]
    now = timezone.now()
    if state == "pending":
        with transaction.atomic(durable=True):
            kept = credentials.hash_password(_PASSWORD)
            credentials.activate_with_hash(account_id, kept, charter="bench", by="system", now=now)
    shown = presented(account_id)
    client = Client()
    typed = {"username": shown.username if shown else "", "secret": _PASSWORD}
    if client.post("/alogin", typed).status_code != 302:
        raise SystemExit("sign-in refused")
    return client


if __name__ == "__main__":
    main()
