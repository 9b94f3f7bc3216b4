"""The journal sealed as the worker does, then verified."""

from datetime import datetime

from django.utils import timezone

from vaguemestre.foundation.journal.chain import seal_entries
from vaguemestre.foundation.journal.verification import ChainState, chain_state


def sealed_journal(kept_seal: str = "", *, now: datetime | None = None) -> ChainState:
    """Seal what waits; the state of the chain."""
    moment = now or timezone.now()
    seal_entries(now=moment)
    return chain_state(kept_seal, now=moment)
