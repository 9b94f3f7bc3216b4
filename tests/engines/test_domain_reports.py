"""A report that another server mails to the address of our zone is read by the worker and shown."""

from contextlib import AbstractContextManager
from datetime import UTC, datetime, timedelta
from email import message_from_bytes

import pytest
from django.utils import timezone
from tests.desks.domainreports.samples import OURS, SURVEYS, dmarc_xml, mail, tls_json, tls_mail, zipped
from tests.desks.operations.test_screens import administrator, text_of
from tests.engines.live import LiveEngines, wait_until
from tests.engines.mail import Post

from vaguemestre.desks.domainreports.models import DomainReport, ReportBox
from vaguemestre.desks.domainreports.services import Reader, open_missing_boxes, read_box
from vaguemestre.desks.domainreports.values import KnownSenders
from vaguemestre.post.mailstore.ports import Mailbox
from vaguemestre.post.mailstore.values import MailLogin
from vaguemestre.site.adapters.domainreports import ReportReader, judge_sender

pytestmark = [pytest.mark.engines, pytest.mark.django_db(transaction=True)]


def test_reports_mailed_to_the_reporting_address_are_on_the_page_and_leave_its_mailbox(
    engines: LiveEngines,
) -> None:
    domain = engines.config.academy.domain
    assert open_missing_boxes([domain], by="system", now=timezone.now()) == 1
    box = ReportBox.objects.get()
    person = engines.someone(box.address, names=(box.address,), receives=(box.address,), sends=())
    post = Post(engines)
    yesterday = datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0) - timedelta(days=1)
    for content, subject in (
        (mail(zipped(dmarc_xml(OURS, SURVEYS, begins_at=yesterday, domain=domain))), "dmarc"),
        (tls_mail(tls_json(begins_at=yesterday, domain=domain)), "tls"),
        (mail(zipped(b"<!DOCTYPE x>")), "faux"),
    ):
        message = message_from_bytes(content)
        message.replace_header("Subject", subject)
        message.replace_header("To", box.address)
        engines.arrive(box.address, message)
        assert engines.found(person, subject)

    def open_mailbox(login: MailLogin) -> AbstractContextManager[Mailbox]:
        return post.mailboxes(login)

    known = KnownSenders(frozenset((domain,)), frozenset(("192.0.2.25",)), frozenset())
    reader = Reader(open_mailbox, ReportReader(), judge_sender, lambda: known, [domain])
    stored = read_box(box.pk, reader, now=timezone.now())
    assert stored == 3
    assert sorted(DomainReport.objects.values_list("kind", "passed", "failed")) == [
        ("dmarc", 900, 120), ("tls", 12, 0), ("tls", 5326, 303),
    ]  # fmt: skip
    wait_until(lambda: not engines.messages(person, "dmarc") and not engines.messages(person, "faux"))
    text = text_of(administrator().get("/administration/rapports").content)
    assert "enquetes.example" in text
    assert "Le certificat a expiré" in text
    assert f"{box.address} : 1 courriel sans rapport lu" in text
