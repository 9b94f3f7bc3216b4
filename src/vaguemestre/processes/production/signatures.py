"""The first DKIM keys of an installation from which mail leaves. As root; the worker renews them."""

from vaguemestre.engines.rspamd import signing_keys
from vaguemestre.processes.production import layout
from vaguemestre.processes.production.commands import run
from vaguemestre.site.config import PROJECT, Config


def are_made(config: Config) -> bool:
    """Whether the domain has private keys, which are made with what is to be published."""
    return any(signing_keys.folder(config).glob(f"*.{config.academy.domain}.key"))


def make() -> None:
    """Make them. Raises StepFailed."""
    run(
        (str(layout.python(PROJECT)), "-m", "vaguemestre.cli.main", "dkim", "prepare"),
        environment=layout.environment_of(PROJECT),
    )
