"""File names of AAF exports."""

import re
from dataclasses import dataclass

_NAME = re.compile(r"_(?P<uai>\d{7}[A-Za-z])_(?P<kind>Complet|Delta)_", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class ExportName:
    """The school and kind in `ENT_0800001A_Complet_20260901_Eleve_0000.xml`. `is_full`: None if unknown."""

    uai: str = ""
    is_full: bool | None = None


def parse_export_name(name: str) -> ExportName:
    match = _NAME.search(name)
    if match is None:
        return ExportName()
    return ExportName(match["uai"].upper(), match["kind"].lower() == "complet")
