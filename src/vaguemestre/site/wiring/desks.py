"""Slots of `desks`."""

from functools import partial

from vaguemestre.desks.domainreports import ports as domainreports
from vaguemestre.desks.enrolment import ports as enrolment
from vaguemestre.desks.helpdesk import ports as helpdesk
from vaguemestre.desks.operations import ports as operations
from vaguemestre.desks.portal import ports as portal
from vaguemestre.desks.removals import ports as removals
from vaguemestre.desks.schoolstaff import ports as schoolstaff
from vaguemestre.engines.clamd import Clamd
from vaguemestre.engines.remote.dns_lookup import DnsLookup
from vaguemestre.engines.rspamd.refused_content import RefusedContent
from vaguemestre.site.adapters.domainreports import KnownSendersFinder, ReportReader, judge_sender
from vaguemestre.site.adapters.enrolment import scan
from vaguemestre.site.adapters.helpdesk import codes_to_hand_over, forwards_of, usage_of
from vaguemestre.site.adapters.mail_trace import undelivered_to
from vaguemestre.site.adapters.operations import (
    HealthLamps,
    HeartbeatFiles,
    MetricsReader,
    QueueActs,
    QueueList,
)
from vaguemestre.site.adapters.pods import mail_agent
from vaguemestre.site.adapters.portal import waiting_errands
from vaguemestre.site.config import Config


def plug(config: Config) -> None:
    portal.waiting_errands.plug(waiting_errands)
    removals.mail_copies.plug(mail_agent(config))
    removals.refuse_content.plug(RefusedContent(config))
    enrolment.scan.plug(partial(scan, Clamd(config.files.clamd)))
    helpdesk.undelivered_to.plug(undelivered_to)
    helpdesk.usage_of.plug(partial(usage_of, mail_agent(config)))
    helpdesk.forwards_of.plug(forwards_of)
    helpdesk.recover_deleted.plug(mail_agent(config).recover_deleted)
    schoolstaff.codes_to_hand_over.plug(codes_to_hand_over)
    domainreports.read_reports.plug(ReportReader())
    domainreports.judge_sender.plug(judge_sender)
    domainreports.find_known_senders.plug(KnownSendersFinder(config, DnsLookup()))
    operations.read_metrics.plug(MetricsReader(config))
    operations.act_on_queue.plug(QueueActs(config))
    operations.list_queue.plug(QueueList(config))
    operations.service_lamps.plug(HealthLamps(config))
    operations.signs_of_life.plug(HeartbeatFiles(config))
