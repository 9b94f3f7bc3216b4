"""What the worker of long work does with a feed that was confirmed."""

from django.conf import settings
from django.utils import timezone

from vaguemestre.directory.ports import numen_keys
from vaguemestre.intake import queries, services
from vaguemestre.intake.events import FeedConfirmed
from vaguemestre.intake.services import Setting
from vaguemestre.intake.values import Terms
from vaguemestre.kernel.times import paris_day


def apply_confirmed(event: FeedConfirmed) -> None:
    """Run twice, or after an interruption: the same end."""
    feed = queries.feed_shown(event.feed_id)
    if feed is None:
        return
    config, now = settings.CONFIG, timezone.now()
    setting = Setting(
        feed.academy_id,
        numen_keys.get(),
        config.mail.quota_mb,
        feed.confirmed_by,
        config.data_dir / "feed.lock",
    )
    grace, limit = config.feed.grace_days, config.feed.closure_limit_percent
    terms = Terms(paris_day(now), grace, limit, feed.full_source, closures_confirmed=True)
    services.apply_held(event.feed_id, setting, terms, now=now)
