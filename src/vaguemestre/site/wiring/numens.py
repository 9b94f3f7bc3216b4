"""Who opens NUMENs: the holder of their keys, or a question to the service that does (ADR 0033)."""

from vaguemestre.desks.enrolment import ports as enrolment
from vaguemestre.people.credentials import ports as credentials
from vaguemestre.people.directory import ports as directory
from vaguemestre.site import numen_keys, secrets
from vaguemestre.site.adapters.numens import AskedNumens, HeldNumens
from vaguemestre.site.config import Config


def plug(config: Config) -> None:
    if secrets.given(config.secrets_dir, numen_keys.NAME):
        held = HeldNumens(numen_keys.read(config.secrets_dir))
        directory.numen_keys.plug(held.keys)
        credentials.numen_words.plug(held.words_in)
        enrolment.disclose_numen.plug(held.disclose)
    else:
        numens = AskedNumens(config)
        directory.numen_keys.plug(numens)
        credentials.numen_words.plug(numens.words_in)
        enrolment.disclose_numen.plug(numens.disclose)
