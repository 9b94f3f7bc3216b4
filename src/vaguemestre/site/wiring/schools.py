"""Slots of `schools`."""

from vaguemestre.engines.push_client import PushClient
from vaguemestre.engines.remote.ent_validation import EntValidation
from vaguemestre.schools.lists import ports as lists
from vaguemestre.schools.rosters import ports as rosters
from vaguemestre.schools.sharing import ports as sharing
from vaguemestre.schools.sharing import queries as sharing_queries
from vaguemestre.site import secrets
from vaguemestre.site.adapters.ent_saml import EntBySaml
from vaguemestre.site.adapters.lists import ReaderOfLetters, is_sealed
from vaguemestre.site.adapters.mail_trace import acceptance_evidence
from vaguemestre.site.adapters.rosters import ClassFileReader
from vaguemestre.site.adapters.sharing import latest_letters, snoozed_until
from vaguemestre.site.config import Config


def plug(config: Config) -> None:
    sharing.latest_messages.plug(latest_letters)
    sharing.snoozed_until.plug(snoozed_until)
    sharing.refresh_pages.plug(PushClient(config.ports.push, secrets.given(config.secrets_dir, "notify_key")))
    rosters.read_apart.plug(ClassFileReader())
    rosters.fetch_from_ent.plug(EntValidation())
    rosters.ent_saml_provider.plug(EntBySaml(config))
    rosters.managed_schools.plug(sharing_queries.schools_managed_by)
    lists.letter_reader.plug(ReaderOfLetters())
    lists.is_sealed.plug(is_sealed)
    lists.was_sent_as.plug(acceptance_evidence(config).of_sender)
