"""The first DKIM keys of an installation from which mail leaves. As root; the worker renews them."""

from vaguemestre.engines.rspamd import signing_keys
from vaguemestre.processes.production import layout
from vaguemestre.processes.production.machine.commands import run
from vaguemestre.site.config import PROJECT, Config


def are_made(config: Config) -> bool:
    """Whether every domain has private keys; their DNS records are made with them."""
    folder = signing_keys.folder(config)
    return all(any(folder.glob(f"*.{domain}.key")) for domain in config.domains)


def make() -> None:
    """Make them. Raises StepFailed."""
    run(
        (str(layout.python(PROJECT)), "-m", "vaguemestre.cli.main", "dkim", "prepare"),
        environment=layout.environment_of(PROJECT),
    )
