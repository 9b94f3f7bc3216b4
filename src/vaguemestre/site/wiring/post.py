"""Slots of `post`."""

from functools import partial

from vaguemestre.desks.removals.queries import is_refused, is_refused_link
from vaguemestre.engines.clamd import Clamd
from vaguemestre.engines.dovecot import configuration as dovecot
from vaguemestre.engines.dovecot.steps import dovecot_steps
from vaguemestre.engines.imap.adapters.report_finder import ReportFinder
from vaguemestre.engines.imap.adapters.sent_copy import AnsweredMarks, SentCopies
from vaguemestre.engines.instance import has_filter
from vaguemestre.engines.log_tail import LogTail
from vaguemestre.engines.postfix import configuration as postfix
from vaguemestre.engines.postfix.log.silences import find_silence
from vaguemestre.engines.postfix.log.steps import postfix_steps
from vaguemestre.engines.postfix.queue_agent import HoldQueue
from vaguemestre.engines.remote.dns_lookup import DnsLookup
from vaguemestre.engines.rspamd.controller import FilterPing, JunkTraining
from vaguemestre.engines.rspamd.listed_links import ListedLinks
from vaguemestre.engines.rspamd.signing_keys import SigningKeyFiles
from vaguemestre.mailbox.webmail.services.private_mail import DelegatedMailboxes
from vaguemestre.post.dkim import ports as dkim
from vaguemestre.post.filelinks import ports as filelinks
from vaguemestre.post.mailstore import ports as mailstore
from vaguemestre.post.outbox import ports as outbox
from vaguemestre.post.outbox.rules.self_mail import self_mail_address
from vaguemestre.post.quarantine import ports as quarantine
from vaguemestre.post.redirects import ports as redirects
from vaguemestre.post.reports import ports as reports
from vaguemestre.post.trace import ports as trace
from vaguemestre.schools.lists import queries as lists_queries
from vaguemestre.schools.sharing import queries as sharing_queries
from vaguemestre.site import secrets
from vaguemestre.site.adapters.dkim import TextLookup
from vaguemestre.site.adapters.mail_access import mailboxes_of, submission_of
from vaguemestre.site.adapters.mail_trace import acceptance_evidence, deliveries_after, follow_deliveries
from vaguemestre.site.adapters.pods import mail_agent
from vaguemestre.site.adapters.unrecorded_steps import StepsWithout
from vaguemestre.site.adapters.webmail import delegated_scope_of
from vaguemestre.site.config import Config
from vaguemestre.site.monitoring.round_trip_file import write_round_trip
from vaguemestre.site.wiring.file_stores import file_store


def plug(config: Config) -> None:
    mailboxes = mailboxes_of(config)
    mailstore.open_mailbox.plug(DelegatedMailboxes(mailboxes, delegated_scope_of))
    quarantine.quarantined_mail.plug(mail_agent(config))
    quarantine.late_examination.plug(mail_agent(config))
    quarantine.virus_check.plug(Clamd(config.files.clamd))
    quarantine.content_filter.plug(FilterPing(config.ports.filter_controller, is_wanted=has_filter(config)))
    quarantine.is_refused.plug(is_refused)
    redirects.is_listed.plug(ListedLinks(config, is_refused_link))
    outbox.submit.plug(submission_of(config))
    outbox.mark_answered.plug(AnsweredMarks(mailboxes))
    outbox.store_round_trip.plug(partial(write_round_trip, config.data_dir))
    outbox.file_sent.plug(SentCopies(mailboxes))
    reports.teach_filter.plug(
        JunkTraining(config.ports.filter_controller, secrets.path_of(config.secrets_dir, "filter_key"))
    )
    outbox.find_reports.plug(ReportFinder(mailboxes))
    outbox.was_accepted.plug(acceptance_evidence(config).of_message)
    outbox.deliveries_after.plug(deliveries_after)
    outbox.on_deliveries.plug(follow_deliveries)
    outbox.forwards_mail.plug(lists_queries.is_list_mailbox)
    outbox.title_of_box.plug(sharing_queries.title_of_box)
    outbox.end_hold.plug(HoldQueue(config))
    filelinks.file_store.plug(file_store(config, config.deposits_dir))
    filelinks.scan.plug(Clamd(config.files.clamd))
    self_mail = self_mail_address(config.academy.domain)
    trace.drop_redelivered.plug(mail_agent(config).drop_redelivered)
    trace.log_readers.plug(
        {
            _log_of("postfix", config): StepsWithout(
                LogTail(postfix.log_file(config), postfix_steps, find_silence), self_mail
            ),
            _log_of("dovecot", config): StepsWithout(
                LogTail(dovecot.log_file(config), dovecot_steps), self_mail
            ),
        }
    )
    dkim.look_up_text.plug(TextLookup(DnsLookup()))
    # the worker's own secret: no page can open what it seals
    dkim.signing_keys.plug(SigningKeyFiles(config, secrets.path_of(config.secrets_dir, "filter_key")))


def _log_of(engine: str, config: Config) -> str:
    """The name of a log of this machine, under which it is known how far it was read."""
    return f"{engine}@{config.machine}" if config.machine else engine
