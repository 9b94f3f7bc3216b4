"""One typed, frozen configuration, read once at start. An unknown key or a wrong type refuses to start.

One file a section, each checking its own keys; `instance.py` gathers them, `loader.py` reads the file.
"""

from vaguemestre.site.config.academy import AcademySection
from vaguemestre.site.config.backup import BackupSection
from vaguemestre.site.config.database import DatabaseSection
from vaguemestre.site.config.ent import EntSection
from vaguemestre.site.config.faults import Fault
from vaguemestre.site.config.feed import FeedSection
from vaguemestre.site.config.files import FilesSection
from vaguemestre.site.config.instance import SECTIONS, Config
from vaguemestre.site.config.lifecycle import LifecycleSection
from vaguemestre.site.config.loader import PROJECT, CheckedConfig, ConfigWrong, load, read, refuse
from vaguemestre.site.config.mail import MailSection
from vaguemestre.site.config.metrics import MetricsSection
from vaguemestre.site.config.network import NetworkSection
from vaguemestre.site.config.outgoing import OutgoingSection
from vaguemestre.site.config.portability import PortabilitySection
from vaguemestre.site.config.ports import Ports
from vaguemestre.site.config.sending import SendingSection
from vaguemestre.site.config.signin import SignInSection
from vaguemestre.site.config.tls import TlsSection
from vaguemestre.site.config.web import WebSection
from vaguemestre.site.config.worker import WorkerSection

__all__ = [
    "PROJECT",
    "SECTIONS",
    "AcademySection",
    "BackupSection",
    "CheckedConfig",
    "Config",
    "ConfigWrong",
    "DatabaseSection",
    "EntSection",
    "Fault",
    "FeedSection",
    "FilesSection",
    "LifecycleSection",
    "MailSection",
    "MetricsSection",
    "NetworkSection",
    "OutgoingSection",
    "PortabilitySection",
    "Ports",
    "SendingSection",
    "SignInSection",
    "TlsSection",
    "WebSection",
    "WorkerSection",
    "load",
    "read",
    "refuse",
]
