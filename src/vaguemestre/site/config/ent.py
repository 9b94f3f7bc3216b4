"""`[ent]`: the digital workspace of the académie’s schools."""

from dataclasses import dataclass
from typing import Annotated

from vaguemestre.site.config import checks
from vaguemestre.site.config.checks import Section


@dataclass(frozen=True)
class EntSection(Section):
    """The ENT of the académie's schools. `domain`: of the addresses it gives pupils and families."""

    name: Annotated[str, checks.LINE] = "l’ENT"
    domain: Annotated[str, checks.DOMAIN] = "ent-amiens.test"
    # Its CAS server, for those who come from it; empty: nobody does.
    cas_url: Annotated[str, checks.SECURE_URL] = ""
    saml_metadata: Annotated[str, checks.FILE] = ""  # or its SAML metadata: a file in the home; before CAS
    # The attribute that names them there; empty: the NameID.
    saml_name: Annotated[str, checks.OPTIONAL_LINE] = ""
