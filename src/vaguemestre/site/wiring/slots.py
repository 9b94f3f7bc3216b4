"""Slots ← engines and adapters, room by room."""

from functools import partial

from vaguemestre.access.assistant import ports as assistant
from vaguemestre.access.assistant.services import letter_sender
from vaguemestre.access.signin import ports as signin
from vaguemestre.access.signin.revocations import FileRevocations
from vaguemestre.access.sso.oidc import handlers as oidc_handlers
from vaguemestre.access.sso.registry import http as registry_http
from vaguemestre.access.sso.registry import ports as registry
from vaguemestre.access.sso.registry.visit_log import AccountVisits
from vaguemestre.access.sso.saml import handlers as saml_handlers
from vaguemestre.desks.enrolment import ports as enrolment
from vaguemestre.desks.helpdesk import ports as helpdesk
from vaguemestre.engines import certificates
from vaguemestre.engines.archives.transfer_archive import OpenAnyArchive
from vaguemestre.engines.clamd import Clamd
from vaguemestre.engines.cms_signature import Signature
from vaguemestre.engines.conversion.preview_store import PreviewStore
from vaguemestre.engines.conversion.sandbox import SandboxedConverter
from vaguemestre.engines.conversion.task_runner import TaskRunner
from vaguemestre.engines.conversion.trusted_authorities import trusted_authorities
from vaguemestre.engines.conversion.turns import Turns
from vaguemestre.engines.dovecot.mail_agent import MailAgent
from vaguemestre.engines.file_store import FileStore
from vaguemestre.engines.imap.adapters.filter_adapter import FilterAdapter
from vaguemestre.engines.imap.adapters.report_finder import ReportFinder
from vaguemestre.engines.imap.adapters.sent_copy import SentCopies
from vaguemestre.engines.imap.adapters.transfer_store import OpenTransferStore
from vaguemestre.engines.imap.adapters.welcome_message import WelcomeMessages
from vaguemestre.engines.postfix.log_reader import LogReader
from vaguemestre.engines.postfix.maillog import was_accepted, was_sent_as
from vaguemestre.engines.postfix.queue_agent import HoldQueue, list_messages
from vaguemestre.engines.projection import backend as projection
from vaguemestre.engines.push_client import PushClient
from vaguemestre.engines.remote.dns_lookup import DnsLookup
from vaguemestre.engines.remote.ent_validation import EntValidation
from vaguemestre.engines.remote.list_unsubscribe import ListUnsubscribe
from vaguemestre.engines.remote.notices import Notices
from vaguemestre.engines.remote.pictures import PictureFetcher
from vaguemestre.engines.remote_imap import RemoteImap
from vaguemestre.engines.rspamd.controller import JunkTraining
from vaguemestre.engines.rspamd.signing_keys import SigningKeyFiles
from vaguemestre.engines.sieve.scripts import OpenManageSieve
from vaguemestre.engines.smtp.submission import Submission
from vaguemestre.engines.undelivered import undelivered
from vaguemestre.foundation.jobs.ports import periodic_tasks, subscriptions
from vaguemestre.foundation.ui.refusals import merge_sentences, sentences
from vaguemestre.mailbox.autoconfig import ports as devices
from vaguemestre.mailbox.compose import ports as writing
from vaguemestre.mailbox.portability import ports as moving
from vaguemestre.mailbox.sorting import ports as sorting
from vaguemestre.mailbox.sorting import queries as sorting_queries
from vaguemestre.mailbox.webmail import ports as webmail
from vaguemestre.mailbox.webmail.services.delegation import DelegatedMailboxes
from vaguemestre.people.credentials import ports as credentials
from vaguemestre.people.credentials.rules import secret_box as credentials_sealing
from vaguemestre.people.credentials.rules import tokens as mail_tokens
from vaguemestre.people.directory import ports as directory
from vaguemestre.people.intake import ports as intake
from vaguemestre.people.lifecycle import ports as lives
from vaguemestre.people.provisioning import ports as provisioning
from vaguemestre.post.dkim import ports as dkim
from vaguemestre.post.filelinks import ports as filelinks
from vaguemestre.post.mailstore import ports as mailstore
from vaguemestre.post.outbox import ports as outbox
from vaguemestre.schools.lists import ports as lists
from vaguemestre.schools.lists import queries as lists_queries
from vaguemestre.schools.lists.services import handle_deliveries
from vaguemestre.schools.rosters import ports as classes
from vaguemestre.schools.sharing import ports as sharing
from vaguemestre.schools.sharing import queries as sharing_queries
from vaguemestre.site import numen_keys as numen_secrets
from vaguemestre.site import secrets
from vaguemestre.site.adapters import partner_cards
from vaguemestre.site.adapters.compose import lists_at, lists_like
from vaguemestre.site.adapters.dkim import TextLookup
from vaguemestre.site.adapters.enrolment import scan
from vaguemestre.site.adapters.ent_saml import EntBySaml
from vaguemestre.site.adapters.export import belongings
from vaguemestre.site.adapters.helpdesk import forwards_of, usage_of
from vaguemestre.site.adapters.import_ import take_parts
from vaguemestre.site.adapters.lifecycle import boxes_owned, closing_days
from vaguemestre.site.adapters.lists import ReaderOfLetters
from vaguemestre.site.adapters.mail_access import open_mailboxes, submission_token
from vaguemestre.site.adapters.sharing import latest_letters
from vaguemestre.site.adapters.sorting import known_addresses
from vaguemestre.site.adapters.webmail import delegated_scope_of, live_ticket, shared_mailboxes, shared_unread
from vaguemestre.site.config import Config
from vaguemestre.site.wiring.periodic import ROUNDS
from vaguemestre.site.wiring.sentences import SENTENCES
from vaguemestre.site.wiring.subscriptions import SUBSCRIPTIONS
from vaguemestre.site.wiring.undoings import UNDOINGS


def plug_engines(config: Config) -> None:
    """Plug every slot for one instance. Nothing is opened here: engines connect when first used."""
    _plug_foundation()
    _plug_people(config)
    _plug_access(config)
    _plug_store(config)
    _plug_post(config)
    _plug_sorting(config)
    _plug_schools(config)
    _plug_desk(config)


def _plug_foundation() -> None:
    sentences.plug(merge_sentences(SENTENCES))
    subscriptions.plug(SUBSCRIPTIONS)
    periodic_tasks.plug(ROUNDS)


def _plug_people(config: Config) -> None:
    _plug_people_keys(config)
    provisioning.mail_directory.plug(projection.mail_directory(config))
    provisioning.connections.plug(MailAgent(config))
    lives.erase_mail.plug(MailAgent(config).erase)
    lives.boxes_owned.plug(boxes_owned)
    lives.letter_sender.plug(letter_sender)
    intake.closing_days.plug(partial(closing_days, config))


def _plug_people_keys(config: Config) -> None:
    """Plug the keys that this process was given; a slot left empty says so when it is used."""
    folder = config.secrets_dir
    if secrets.given(folder, numen_secrets.NAME):
        directory.numen_keys.plug(numen_secrets.read(folder))
    if field_key := secrets.given(folder, "field_key"):
        credentials.secret_keys.plug(credentials_sealing.keys_from(field_key))
    if token_key := secrets.given(folder, "token_key.pem"):
        credentials.token_keys.plug(mail_tokens.keys_from(token_key, config.public_url))


def _plug_access(config: Config) -> None:
    notices = Notices()
    signin.visits.plug(AccountVisits())
    signin.undoings.plug(UNDOINGS)
    signin.revocations.plug(FileRevocations(config.run_dir / "revocations"))
    signin.letter_sender.plug(letter_sender)
    signin.farewell.plug(registry_http.goodbye_address)
    registry.post_form.plug(notices)
    registry.post_document.plug(notices.document)
    registry.call.plug(notices.call)
    registry.front_addresses.plug((oidc_handlers.front_address, saml_handlers.front_address))


def _plug_store(config: Config) -> None:
    """Mailboxes, each opened by a token made when a connection is, and what reads or files in them."""
    mailboxes = open_mailboxes(config)
    seal_key = secrets.given(config.secrets_dir, "seal_key").encode("ascii")
    notices = WelcomeMessages(mailboxes, f"mail.{config.academy.domain.lower()}", seal_key)
    filters = FilterAdapter(mailboxes)
    mailstore.open_mailbox.plug(DelegatedMailboxes(mailboxes, delegated_scope_of))
    assistant.deliver_welcome.plug(notices)
    signin.deliver_notice.plug(notices)
    outbox.file_sent.plug(SentCopies(mailboxes))
    outbox.find_reports.plug(ReportFinder(mailboxes))
    moving.open_store.plug(OpenTransferStore(mailboxes))
    sorting.folders_of.plug(filters.folders)
    sorting.recent_messages.plug(filters.recent)
    sorting.find_message.plug(filters.message)
    sorting.open_inbox.plug(filters.received)


def _plug_post(config: Config) -> None:
    submission = Submission(
        (config.mail.host, config.ports.submission_inside), certificates.paths(config).ca, submission_token
    )
    outbox.submit.plug(submission)
    signin.send_outside.plug(submission)
    lives.send_outside.plug(submission)
    outbox.was_accepted.plug(partial(was_accepted, config, list_messages=list_messages))
    outbox.read_log.plug(LogReader(config))
    outbox.on_deliveries.plug(handle_deliveries)
    outbox.forwards_mail.plug(lists_queries.is_list_mailbox)
    outbox.end_hold.plug(HoldQueue(config))
    filelinks.file_store.plug(FileStore(config.deposits_dir))
    filelinks.scan.plug(Clamd(config.files.clamd))


def _plug_sorting(config: Config) -> None:
    sorting.contact_addresses_of.plug(known_addresses)
    sorting.put_house_script.plug(MailAgent(config).put_house_script)
    sorting.open_scripts.plug(OpenManageSieve(config.mail.host, config.ports.managesieve, submission_token))


def _plug_schools(config: Config) -> None:
    sharing.latest_messages.plug(latest_letters)
    sharing.refresh_pages.plug(PushClient(config.ports.push, secrets.given(config.secrets_dir, "notify_key")))
    classes.fetch_from_ent.plug(EntValidation())
    classes.ent_saml_provider.plug(EntBySaml(config))
    classes.managed_schools.plug(sharing_queries.schools_managed_by)
    lists.letter_reader.plug(ReaderOfLetters())
    lists.was_sent_as.plug(partial(was_sent_as, config, list_messages=list_messages))


def _plug_desk(config: Config) -> None:
    """The reader, the composer, moves, programs, and the staff's screens."""
    previews = config.data_dir / "previews"
    turns = Turns()  # together: what waits for either holds the same threads
    decoders = SandboxedConverter(turns)
    webmail.fetch_picture.plug(PictureFetcher())
    webmail.shared_mailboxes.plug(shared_mailboxes)
    webmail.shared_unread.plug(shared_unread)
    webmail.unsubscribe.plug(ListUnsubscribe())
    webmail.live_ticket.plug(partial(live_ticket, secrets.given(config.secrets_dir, "push_key")))
    webmail.convert.plug(decoders)
    webmail.run_limited.plug(TaskRunner(turns))
    webmail.previews.plug(PreviewStore(previews, decoders, is_wanted=config.mail.office_previews))
    webmail.authorities.plug(trusted_authorities)
    webmail.train_filter.plug(
        JunkTraining(config.ports.filter_controller, secrets.path_of(config.secrets_dir, "filter_key"))
    )
    writing.absent_until.plug(sorting_queries.absent_until)
    writing.lists_like.plug(lists_like)
    writing.lists_at.plug(lists_at)
    moving.open_archive.plug(
        OpenAnyArchive(partial(partner_cards.own, config), partial(partner_cards.known, config))
    )
    moving.open_elsewhere.plug(RemoteImap(config.portability.private_servers))
    moving.other_parts.plug(belongings)
    moving.take_parts.plug(take_parts)
    moving.partners.plug(partner_cards.Partners(config))
    devices.sign.plug(Signature(config))
    devices.look_up.plug(DnsLookup())
    devices.key_digest.plug(partial(certificates.key_digest, config))
    dkim.look_up_text.plug(TextLookup(DnsLookup()))
    dkim.signing_keys.plug(SigningKeyFiles(config))
    enrolment.scan.plug(partial(scan, Clamd(config.files.clamd)))
    helpdesk.undelivered_to.plug(partial(undelivered, config))
    helpdesk.usage_of.plug(partial(usage_of, MailAgent(config)))
    helpdesk.forwards_of.plug(forwards_of)
