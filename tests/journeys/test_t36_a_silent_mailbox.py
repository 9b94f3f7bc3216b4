"""A mailbox that does not answer is told so, and stops neither the pages nor the jobs of others."""

import imaplib
import json
import ssl
import statistics
import sys
import threading
import time
from typing import Any

import pytest
from tests.engines.mail import silent_mailbox
from tests.journeys.conftest import Instance, wait_until
from tests.journeys.test_t36_slow_clients import PATIENCE, Client, inside

pytestmark = [pytest.mark.engines]

JOBS = 60  # of one mailbox; each would hold a worker for 2.7 s
JOB_SECONDS = 60  # for the notice of somebody else behind them, on a busy machine

SENTENCE = "Cette boîte aux lettres ne répond pas en ce moment. Rien n’est perdu."

NOTICES = """
from datetime import timedelta
from django.db import transaction
from django.utils import timezone
from vaguemestre.access.signin.events import AccountTouched
from vaguemestre.foundation.jobs.services import announce
from vaguemestre.people.credentials.models import Account
silent, other = (Account.objects.get(username=name).pk for name in {usernames})
now = timezone.now()
with transaction.atomic():
    for number in range({jobs}):
        announce(AccountTouched(silent, "password-changed", (now + timedelta(seconds=number)).isoformat()))
    announce(AccountTouched(other, "password-changed", now.isoformat()))
print(json.dumps(True))
"""


def inbox_count(instance: Instance, account: dict[str, Any]) -> int:
    context = ssl.create_default_context(cafile=instance.ready["ca"])
    with imaplib.IMAP4_SSL("localhost", instance.port("imaps"), ssl_context=context, timeout=30) as box:
        box.login(account["address"], account["app_password"])
        return int(box.select("INBOX", readonly=True)[1][0] or 0)


def test_a_mailbox_that_does_not_answer_stops_nothing_else(instance: Instance) -> None:
    silent, other = instance.account("teacher"), instance.account("colleague")
    owner, reader = Client(instance), Client(instance)
    for client, account in ((owner, silent), (reader, other)):
        assert client.sign_in(account["username"], account["password"]) == 302
        assert client.ask("GET", "/messagerie/").status == 200
    mailbox = f"{silent['username']}@{silent['address'].partition('@')[2]}"
    before = inbox_count(instance, other)
    with silent_mailbox(mailbox):
        answers: list[tuple[int, str]] = []
        reloading = threading.Event()

        def reload() -> None:
            client = Client(instance)
            client.cookies = dict(owner.cookies)
            while not reloading.is_set():
                answer = client.ask("GET", "/messagerie/")
                answers.append((answer.status, client.content.decode()))

        threads = [threading.Thread(target=reload) for _ in range(8)]
        for thread in threads:
            thread.start()
        wait_until(lambda: any(status == 503 for status, _ in answers), PATIENCE)
        took = []
        for _ in range(30):
            began = time.monotonic()
            assert reader.ask("GET", "/messagerie/").status == 200
            took.append(time.monotonic() - began)
        reloading.set()
        for thread in threads:
            thread.join()
        sys.stdout.write(f"\npages of others: {statistics.median(took):.3f} s, at most {max(took):.3f} s\n")
        assert statistics.median(took) < 2  # pages do not queue behind answers that are waited for in vain
        assert all(SENTENCE in content for status, content in answers if status == 503)
        assert owner.ask("GET", "/parametres/").status in (200, 302)  # what is not mail goes on for its owner

        usernames = json.dumps([silent["username"], other["username"]])
        inside(instance, NOTICES.replace("{usernames}", usernames).replace("{jobs}", str(JOBS)))
        began = time.monotonic()
        wait_until(lambda: inbox_count(instance, other) > before, JOB_SECONDS)
        sys.stdout.write(f"the job of another mailbox: {time.monotonic() - began:.1f} s\n")
    wait_until(lambda: owner.ask("GET", "/messagerie/").status == 200, PATIENCE)
