"""Slots of `mailbox`: the reader, the composer, filters, moves, programs."""

from functools import partial

from django.conf import settings

from vaguemestre.desks.removals.queries.stories import copies_removed
from vaguemestre.engines.archives.transfer_archive import OpenAnyArchive
from vaguemestre.engines.conversion.preview_store import PreviewStore
from vaguemestre.engines.conversion.sandbox import SandboxedConverter
from vaguemestre.engines.conversion.task_runner import TaskRunner
from vaguemestre.engines.conversion.trusted_authorities import trusted_authorities
from vaguemestre.engines.conversion.turns import Turns
from vaguemestre.engines.imap.adapters.filter_adapter import FilterAdapter
from vaguemestre.engines.imap.adapters.transfer_store import OpenTransferStore
from vaguemestre.engines.remote.dns_lookup import DnsLookup
from vaguemestre.engines.remote.list_unsubscribe import ListUnsubscribe
from vaguemestre.engines.remote.pictures import PictureFetcher
from vaguemestre.engines.remote_imap import RemoteImap
from vaguemestre.engines.tls import certificates_by_name
from vaguemestre.engines.tls.cms_signature import Signature
from vaguemestre.mailbox.autoconfig import ports as autoconfig
from vaguemestre.mailbox.compose import ports as compose
from vaguemestre.mailbox.compose import queries as compose_queries
from vaguemestre.mailbox.compose.handlers import is_draft_deleted
from vaguemestre.mailbox.compose.services import check_due_date, unschedule
from vaguemestre.mailbox.contacts import ports as contacts
from vaguemestre.mailbox.portability import ports as portability
from vaguemestre.mailbox.sorting import ports as sorting
from vaguemestre.mailbox.sorting import queries as sorting_queries
from vaguemestre.mailbox.webmail import ports as webmail
from vaguemestre.post.outbox import ports as outbox
from vaguemestre.post.trace.rules.marks import marks_key
from vaguemestre.post.tracking import ports as tracking
from vaguemestre.site import secrets
from vaguemestre.site.adapters import partner_cards
from vaguemestre.site.adapters.compose import SheetReader, lists_at, lists_like
from vaguemestre.site.adapters.contacts import ContactsFileReader, PhotoReader
from vaguemestre.site.adapters.export import belongings
from vaguemestre.site.adapters.import_ import take_parts
from vaguemestre.site.adapters.mail_access import mailboxes_of, submission_token
from vaguemestre.site.adapters.pods import mail_agent, open_scripts
from vaguemestre.site.adapters.sorting import create_label, known_addresses
from vaguemestre.site.adapters.webmail import (
    FolderFilters,
    live_ticket,
    openable_boxes,
    shared_mailboxes,
    shared_unread,
)
from vaguemestre.site.config import Config
from vaguemestre.site.wiring.file_stores import file_store


def plug(config: Config) -> None:
    _plug_reader(config)
    _plug_sorting(config)
    _plug_moves(config)
    contacts.read_apart.plug(ContactsFileReader())
    contacts.draw_photo.plug(PhotoReader())
    tracking.copies_removed.plug(partial(copies_removed, marks_key=marks_key(settings.SECRET_KEY)))
    tracking.unfinished_mailings.plug(compose_queries.unfinished_mailings)
    outbox.is_draft_deleted.plug(is_draft_deleted)
    outbox.check_due_date.plug(check_due_date)
    webmail.unschedule.plug(unschedule)
    compose.absent_until.plug(sorting_queries.absent_until)
    compose.lists_like.plug(lists_like)
    compose.lists_at.plug(lists_at)
    compose.read_sheet.plug(SheetReader())
    autoconfig.sign.plug(Signature(config, secrets.path_of(config.engines_dir / "tls", "server.key")))
    autoconfig.look_up.plug(DnsLookup())
    autoconfig.key_digest.plug(partial(certificates_by_name.key_digest, config))


def _plug_reader(config: Config) -> None:
    turns = Turns()  # together: what waits for either holds the same threads
    decoders = SandboxedConverter(turns)
    webmail.fetch_picture.plug(PictureFetcher())
    webmail.shared_mailboxes.plug(shared_mailboxes)
    webmail.openable_boxes.plug(openable_boxes)
    webmail.shared_unread.plug(shared_unread)
    webmail.folder_filters.plug(FolderFilters())
    webmail.unsubscribe.plug(ListUnsubscribe())
    webmail.live_ticket.plug(partial(live_ticket, secrets.given(config.secrets_dir, "push_key")))
    webmail.convert.plug(decoders)
    webmail.run_limited.plug(TaskRunner(turns))
    webmail.previews.plug(
        PreviewStore(
            file_store(config, config.data_dir / "previews"),
            decoders,
            is_wanted=config.mail.office_previews,
        )
    )
    webmail.authorities.plug(trusted_authorities)
    webmail.bound_deleted.plug(mail_agent(config).bound_deleted)


def _plug_sorting(config: Config) -> None:
    filters = FilterAdapter(mailboxes_of(config))
    sorting.folders_of.plug(filters.folders)
    sorting.recent_messages.plug(filters.recent)
    sorting.find_message.plug(filters.message)
    sorting.open_inbox.plug(filters.received)
    sorting.contact_addresses_of.plug(known_addresses)
    sorting.create_label.plug(create_label)
    sorting.put_house_script.plug(mail_agent(config).put_house_script)
    sorting.open_scripts.plug(open_scripts(config, submission_token))


def _plug_moves(config: Config) -> None:
    portability.files.plug(file_store(config, config.moves_dir))
    portability.open_store.plug(OpenTransferStore(mailboxes_of(config)))
    portability.open_archive.plug(
        OpenAnyArchive(partial(partner_cards.own, config), partial(partner_cards.known, config))
    )
    portability.open_elsewhere.plug(RemoteImap(config.portability.private_servers))
    portability.other_parts.plug(belongings)
    portability.take_parts.plug(take_parts)
    portability.partners.plug(partner_cards.Partners(config))
