"""What the name of an exported file says."""

import re
from dataclasses import dataclass

_NAME = re.compile(r"_(?P<uai>\d{7}[A-Za-z])_(?P<kind>Complet|Delta)_", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Named:
    """`ENT_0800001A_Complet_20260901_Eleve_0000.xml`. `is_full` None: the name does not say."""

    uai: str = ""
    is_full: bool | None = None


def read_name(name: str) -> Named:
    found = _NAME.search(name)
    if found is None:
        return Named()
    return Named(found["uai"].upper(), found["kind"].lower() == "complet")
