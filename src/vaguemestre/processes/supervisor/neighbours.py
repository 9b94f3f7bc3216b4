"""Accolad and Salles, the outside applications of a demonstration. Pure."""

from collections.abc import Mapping
from pathlib import Path

from vaguemestre.processes.supervisor.plan import Ask, Child, Question
from vaguemestre.site.config import Config


def neighbours(config: Config, python: str, folder: Path, look: Path) -> tuple[Child, ...]:
    """Accolad and Salles. `folder`: their code; `look`: folder of the académie's style sheets, for them."""
    return (
        _neighbour(
            config,
            python,
            folder,
            "accolad",
            config.ports.intranet,
            {
                "ACCOLAD_ADDRESS": config.intranet_url,
                "ACCOLAD_CLIENT_ID": "accolad",
                "ACCOLAD_ISSUER": config.public_url,
                "ACCOLAD_LOOK": str(look),
                "ACCOLAD_SECRET_FILE": str(config.intranet_secret),
            },
        ),
        _neighbour(
            config,
            python,
            folder,
            "salles",
            config.ports.rooms,
            {
                "SALLES_ADDRESS": config.rooms_url,
                "SALLES_CAS": f"{config.public_url}/cas",
                "SALLES_LOOK": str(look),
                "SALLES_PORTAL": config.public_url,
            },
        ),
    )


def _neighbour(
    config: Config, python: str, folder: Path, name: str, port: int, environment: Mapping[str, str]
) -> Child:
    return Child(
        name,
        (
            python, "-m", "granian", f"{name}.wsgi:application",
            "--interface", "wsgi", "--http", "1", "--no-ws", "--host", config.web.host, "--port", str(port),
            "--workers", "1", "--blocking-threads", "4",
            "--respawn-failed-workers", "--respawn-interval", "0.1", "--workers-kill-timeout", "2",
            "--log-level", "warning",
        ),
        (Question(Ask.PAGE, port, "/sante"),),
        tuple(sorted({**environment, "PYTHONPATH": str(folder)}.items())),
        is_spare=True,
    )  # fmt: skip
