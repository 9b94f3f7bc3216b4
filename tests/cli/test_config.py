"""The page of configuration keys is the one the code would write."""

import dataclasses
from pathlib import Path
from typing import get_type_hints

from vaguemestre.cli.instance.config import reference_page
from vaguemestre.site.config import Config, OutgoingSection

PAGE = Path(__file__).resolve().parents[2] / "docs" / "configuration.md"
SECTIONS = {name: kind for name, kind in get_type_hints(Config).items() if dataclasses.is_dataclass(kind)}
SECTIONS["mail.outgoing"] = OutgoingSection


def test_the_committed_page_is_the_generated_one() -> None:
    written = PAGE.read_text(encoding="utf-8")
    assert written == reference_page(), "run: bin/vaguemestre config reference > docs/configuration.md"


def test_every_key_of_every_section_has_its_line() -> None:
    page = reference_page()
    for name, kind in SECTIONS.items():
        part = page.partition(f"## `[{name}]`")[2].partition("\n## ")[0]
        keys = [line.split("`")[1] for line in part.splitlines() if line.startswith("| `")]
        plain = [f.name for f in dataclasses.fields(kind) if f"{name}.{f.name}" not in SECTIONS]
        assert keys == plain
    assert "| `port_base` |" in page


def test_a_line_says_type_default_bounds_and_meaning() -> None:
    line = "| `quota_mb` | integer | `2048` | de 1 à 1000000 | La taille d’une boîte, en Mo. |\n"
    assert line in reference_page()
