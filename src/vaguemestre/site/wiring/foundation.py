"""Slots of `foundation`: who listens to what, what runs each minute, what refusals say."""

from functools import partial

from vaguemestre.desks.removals import handlers as removals_handlers
from vaguemestre.foundation.cluster.ports import own_checks, own_rounds, sign_stored
from vaguemestre.foundation.jobs.ports import periodic_tasks, subscriptions
from vaguemestre.foundation.ui.pages import own_groups
from vaguemestre.foundation.ui.refusals import merge_sentences, sentences
from vaguemestre.post.dkim import handlers as dkim_handlers
from vaguemestre.post.outbox import handlers as outbox_handlers
from vaguemestre.site.adapters import side_column
from vaguemestre.site.config import Config
from vaguemestre.site.monitoring.health import checks
from vaguemestre.site.monitoring.pod_health import pod_checks
from vaguemestre.site.monitoring.stored_sign import touch_stored_sign
from vaguemestre.site.wiring.periodic import ROUNDS
from vaguemestre.site.wiring.sentences import SENTENCES
from vaguemestre.site.wiring.subscriptions import SUBSCRIPTIONS


def plug(config: Config) -> None:
    own = pod_checks if config.served_pod else checks
    own_checks.plug(lambda: {name: check.as_json() for name, check in own(config).items()})
    sign_stored.plug(partial(touch_stored_sign, config.data_dir))
    own_rounds.plug(
        (dkim_handlers.write_own_keys, removals_handlers.write_own_marks, outbox_handlers.end_own_holds)
    )
    own_groups.plug(side_column.own_groups)
    sentences.plug(merge_sentences(SENTENCES))
    subscriptions.plug(SUBSCRIPTIONS)
    periodic_tasks.plug(ROUNDS)
