"""The processes beside Postfix where mail really leaves, but for the signer."""

from collections.abc import Iterator

from vaguemestre.engines import srs
from vaguemestre.engines.outgoing_services import rewrites_senders
from vaguemestre.processes.supervisor import plan
from vaguemestre.site.config import Config


def companions(config: Config, python: str) -> Iterator[plan.Child]:
    """Those that this instance has."""
    if rewrites_senders(config):
        yield plan.sender_rewriter(config, python, srs.arguments(config))
