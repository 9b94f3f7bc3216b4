"""Slots of `foundation`: who listens to what, what runs each minute, what refusals say."""

from vaguemestre.foundation.jobs.ports import periodic_tasks, subscriptions
from vaguemestre.foundation.ui.refusals import merge_sentences, sentences
from vaguemestre.site.config import Config
from vaguemestre.site.wiring.periodic import ROUNDS
from vaguemestre.site.wiring.sentences import SENTENCES
from vaguemestre.site.wiring.subscriptions import SUBSCRIPTIONS


def plug(_config: Config) -> None:
    sentences.plug(merge_sentences(SENTENCES))
    subscriptions.plug(SUBSCRIPTIONS)
    periodic_tasks.plug(ROUNDS)
