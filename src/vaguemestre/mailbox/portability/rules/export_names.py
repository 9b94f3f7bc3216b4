"""File names of an export."""

import re

_UNSAFE = re.compile(r'[\x00-\x1f\x7f<>:"|?*\\]')


def file_name(number: int) -> str:
    """The working file of a folder, by its number, as a folder name may contain any character."""
    return f"{number:05d}.mbox"


def entry_name(folder: str) -> str:
    """The mbox of a folder in the zip: `courriels/Projets/2026.mbox`. It never leads out of the zip."""
    steps = [_UNSAFE.sub("_", step) for step in folder.split("/")]
    steps = [step if step.strip(". ") else "_" for step in steps if step]
    return "/".join(["courriels", *steps]) + ".mbox"


def sealed_name(username: str, day: str) -> str:
    """The file name of a transfer archive; `day`: ISO date."""
    return f"demenagement-{username}-{day}.vmd"


def export_name(username: str, day: str) -> str:
    """The file name of an export; `day`: ISO date."""
    return f"courriels-{username}-{day}.zip"
