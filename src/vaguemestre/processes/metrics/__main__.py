"""The process that serves `/metrics`: `python -m vaguemestre.processes.metrics`."""

from django.utils.module_loading import import_string

from vaguemestre.processes.agents.agent_setup import set_up
from vaguemestre.processes.metrics.server import serve


def main() -> None:
    config = set_up("vaguemestre.site.agents.metrics_settings")
    registry = import_string("vaguemestre.processes.metrics.sources.registry")(config)
    serve(config.metrics.addresses, config.ports.metrics, registry)


if __name__ == "__main__":
    main()
