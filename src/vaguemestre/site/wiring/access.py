"""Slots of `access`."""

from vaguemestre.access.assistant import ports as assistant
from vaguemestre.access.assistant.services import letter_sender
from vaguemestre.access.signin import ports as signin
from vaguemestre.access.sso.oidc import handlers as oidc_handlers
from vaguemestre.access.sso.registry import http as registry_http
from vaguemestre.access.sso.registry import ports as registry
from vaguemestre.access.sso.registry.visit_log import AccountVisits
from vaguemestre.access.sso.saml import handlers as saml_handlers
from vaguemestre.desks.helpdesk.services import withdraw_prepared_mail
from vaguemestre.engines.remote.notices import Notices
from vaguemestre.site.adapters.mail_access import submission_of, welcome_messages
from vaguemestre.site.config import Config
from vaguemestre.site.wiring.undoings import UNDOINGS


def plug(config: Config) -> None:
    welcome, notices = welcome_messages(config), Notices()
    assistant.deliver_welcome.plug(welcome)
    signin.deliver_notice.plug(welcome)
    signin.visits.plug(AccountVisits())
    signin.undoings.plug(UNDOINGS)
    signin.stop_sending.plug(withdraw_prepared_mail)
    signin.letter_sender.plug(letter_sender)
    signin.send_outside.plug(submission_of(config))
    signin.farewell.plug(registry_http.goodbye_address)
    registry.post_form.plug(notices)
    registry.post_document.plug(notices.document)
    registry.call.plug(notices.call)
    registry.front_addresses.plug((oidc_handlers.front_address, saml_handlers.front_address))
