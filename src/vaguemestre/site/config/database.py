"""`[database]`: where the tables are."""

from dataclasses import dataclass
from typing import Annotated

from vaguemestre.site.config import checks
from vaguemestre.site.config.checks import Section


@dataclass(frozen=True)
class DatabaseSection(Section):
    """`engine` is sqlite or postgresql; the other keys are for PostgreSQL only."""

    engine: Annotated[str, checks.one_of("sqlite", "postgresql")] = "sqlite"
    host: Annotated[str, checks.OPTIONAL_LINE] = ""
    port: Annotated[int, checks.between(1, 65535)] = 5432
    name: Annotated[str, checks.LINE] = "vaguemestre"
    user: Annotated[str, checks.LINE] = "vaguemestre"
    password_file: Annotated[str, checks.FILE] = ""
