"""How a machine of a pod is, as it tells the others: nobody asks it for a page."""

from vaguemestre.site.config import Config
from vaguemestre.site.monitoring.check import Check
from vaguemestre.site.monitoring.engine_logs import logs_check
from vaguemestre.site.monitoring.health import free_space
from vaguemestre.site.monitoring.probes import is_ours, page_answers


def pod_checks(config: Config) -> dict[str, Check]:
    """Checks of a pod: disk, processes and Dovecot's log on the machine that runs it; elsewhere it waits.

    Of Dovecot itself nothing is said: its unit greets it each minute, which its log shows.
    """
    pod = config.topology.pod_named(config.served_pod)
    if config.is_pod_shared and pod and not is_ours(pod.address):
        return {"pod": Check(ok=True, is_waiting=True), "disk": free_space(config)}
    log = logs_check(config, {"dovecot": Check(ok=True)})
    return {
        "push": page_answers(config.ports.push, "/sante"),
        "logs": Check(ok=not log.is_warning, words=log.words),
        "disk": free_space(config),
    }
