"""Use cases of classes, one file each."""

from vaguemestre.classes.services.importing import File, Progress, Setting, apply, check
from vaguemestre.classes.services.purging import purge

__all__ = ["File", "Progress", "Setting", "apply", "check", "purge"]
