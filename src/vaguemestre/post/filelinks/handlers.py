"""Jobs of shared files."""

from django.utils import timezone

from vaguemestre.post.filelinks import services
from vaguemestre.post.filelinks.events import FileUploaded
from vaguemestre.post.filelinks.ports import file_store, scan


def scan_file(event: FileUploaded) -> None:
    services.scan_file(event.file_id, file_store.get(), scan.get(), now=timezone.now())


def scan_left_over_files() -> None:
    """Periodic task: files that were lent unscanned."""
    services.scan_left_over_files(file_store.get(), scan.get(), timezone.now)


def purge_files() -> None:
    services.purge_files(file_store.get(), now=timezone.now())
