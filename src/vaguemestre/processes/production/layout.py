"""Paths of an instance in production (ADR 0029)."""

from pathlib import Path

from vaguemestre.site.config.loader import INSTALLED

ROOT = Path("/opt/vaguemestre")
CURRENT = ROOT / "current"  # a link to the version that runs: for people; no process reads through it
CONFIGURATION = INSTALLED
SETTINGS = CONFIGURATION.parent
ANSWERS = SETTINGS / "answers.json"  # of an installation interrupted while it asked
ENVIRONMENT = SETTINGS / "environment"  # read by every unit, and by the command line
HOME = Path("/var/lib/vaguemestre")
FIRST_LINK = HOME / "secrets" / "first_administrator"  # until bin/install has shown it
RUN = Path("/run/vaguemestre")  # HOME/run is a link to it: sockets and heartbeats end with the machine
KERNEL = Path("/etc/sysctl.d/60-vaguemestre.conf")
APPLY_KERNEL = ("/usr/lib/systemd/systemd-sysctl", str(KERNEL))
UNITS = Path("/etc/systemd/system")
COMMAND = Path("/usr/local/bin/vaguemestre")


def python(release: Path) -> Path:
    """The interpreter of a release, with the packages it was made with."""
    return release / ".venv/bin/python"


def source(release: Path) -> Path:
    """Folder of the modules of a release."""
    return release / "src"


def environment() -> dict[str, str]:
    """The environment of every process of an instance in production, whatever its release."""
    return {
        "DJANGO_SETTINGS_MODULE": "vaguemestre.site.settings",
        "PYTHONSAFEPATH": "1",
        "PYTHONUNBUFFERED": "1",
        "PYTHONUTF8": "1",
        "VAGUEMESTRE_CONFIG": str(CONFIGURATION),
        "VAGUEMESTRE_HOME": str(HOME),
    }


def environment_of(release: Path) -> dict[str, str]:
    """The environment of a command of a release."""
    return {**environment(), "PYTHONPATH": str(source(release))}


def make_current(release: Path) -> None:
    """Turn the link that people look at."""
    fresh = CURRENT.with_name("current.new")
    fresh.unlink(missing_ok=True)
    fresh.symlink_to(release)
    fresh.rename(CURRENT)
