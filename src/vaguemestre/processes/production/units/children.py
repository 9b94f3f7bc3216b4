"""The processes of an instance in production: those of the plan, with the commands of their engines."""

from dataclasses import replace

from vaguemestre.engines.dovecot import configuration as dovecot
from vaguemestre.engines.dovecot.files import socket_path as words_socket
from vaguemestre.engines.home_alias import arrivals_socket, filter_memory_socket, lmtp_socket, signer_socket
from vaguemestre.engines.nginx import configuration as nginx
from vaguemestre.engines.postfix import configuration as postfix
from vaguemestre.engines.rspamd import configuration as rspamd
from vaguemestre.engines.rspamd import signer
from vaguemestre.engines.valkey import configuration as valkey
from vaguemestre.processes.supervisor import plan
from vaguemestre.processes.supervisor.companions import arrivals, companions, filter_memory
from vaguemestre.processes.supervisor.rights import agent_sockets
from vaguemestre.site.config import Config

_POOL_PATIENCE = (
    "--workers-kill-timeout",
    "10",
)  # seconds for pages that are being made, within TimeoutStopSec=
_POD_PROCESSES = ("mail-agent", "push", "collector")
_CLOCK = {"TZ": "UTC"}  # what engines log is read as UTC


def children_of(config: Config, python: str) -> tuple[plan.Child, ...]:
    """Every process to keep running on this machine, engines first."""
    if config.served_pod:
        return _children_of_pod(config, python)
    engines = plan.engines(
        config,
        _dovecot(config),
        plan.Engine(
            "postfix",
            postfix.command(config),
            {**_CLOCK, **postfix.environment(config)},
            postfix.log_file(config),
            postfix.REOPEN_SIGNAL,
        ),
    )
    remembers = valkey.is_wanted(config)
    has_filter, signs = rspamd.is_wanted(config), signer.is_wanted(config)
    return (
        *engines,
        *((filter_memory(valkey.command(config), filter_memory_socket(config)),) if remembers else ()),
        *((plan.content_filter(config, rspamd.command(config)),) if has_filter else ()),
        *((plan.signer(signer.command(config), signer_socket(config)),) if signs else ()),
        *companions(config, python),
        arrivals(config, python, arrivals_socket(config)),
        *_agents(config, python),
        *_words_agents(config, python),
        *map(_patient, plan.programs(config, python, nginx.command(config), nginx.sockets(config))),
        *plan.workers(config, python),
    )


def _children_of_pod(config: Config, python: str) -> tuple[plan.Child, ...]:
    """Dovecot, what works beside it on mailboxes, and the push process that it tells of what arrives."""
    programs = plan.programs(config, python, (), nginx.sockets(config))
    return (
        plan.dovecot_behind_proxies(_dovecot(config)),
        *(agent for agent in _agents(config, python) if agent.name in _POD_PROCESSES),
        *_words_agents(config, python),
        *(_patient(program) for program in programs if program.name in _POD_PROCESSES),
    )


def _dovecot(config: Config) -> plan.Engine:
    return plan.Engine(
        "dovecot",
        dovecot.command(config),
        _CLOCK,
        dovecot.log_file(config),
        dovecot.REOPEN_SIGNAL,
        lmtp_socket(config) if config.topology.pods else None,
    )


def _agents(config: Config, python: str) -> tuple[plan.Child, ...]:
    """The agents of this machine. That of mailboxes works where they are, and passes on elsewhere."""
    agents = plan.agents(config, python, config.home, agent_sockets(config))
    return tuple(_at_its_place(config, agent) for agent in agents)


def _at_its_place(config: Config, agent: plan.Child) -> plan.Child:
    pods, port = config.topology.pods, str(config.ports.pod_agent)
    if agent.name != "mail-agent" or not pods:
        return agent
    if pod := config.topology.pod_named(config.served_pod) if config.served_pod else None:
        return replace(agent, argv=(*agent.argv[:4], config.files.clamd or "-", "-", pod.address, port))
    python, option, module, home, *_ = agent.argv
    relay, controller = module.replace("mail_agent", "mail_relay"), "-"
    if config.mail.content_filter:  # else nothing arrives marked
        controller = str(config.ports.filter_controller)
    hosts = (f"{one.name}={one.address}" for one in pods)
    return replace(agent, argv=(python, option, relay, home, port, controller, *hosts))


def _words_agents(config: Config, python: str) -> tuple[plan.Child, ...]:
    return (plan.words_agent(python, config.home, words_socket(config)),) if reads_files(config) else ()


def reads_files(config: Config) -> bool:
    """Whether attachments are indexed here."""
    mail = config.mail
    return dovecot.reads_files_by_agent(config) and mail.full_text_search and mail.file_search


def _patient(child: plan.Child) -> plan.Child:
    """A pool that lets its pages end before it does: another one answers meanwhile. The supervisor of bin/up
    has ten seconds for everything.
    """
    option, seconds = _POOL_PATIENCE
    if option not in child.argv:
        return child
    place = child.argv.index(option) + 1
    return replace(child, argv=(*child.argv[:place], seconds, *child.argv[place + 1 :]))
