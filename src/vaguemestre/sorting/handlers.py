"""What follows a decision about arriving mail."""

from django.utils import timezone

from vaguemestre.sorting import services
from vaguemestre.sorting.events import SortingChanged
from vaguemestre.sorting.ports import open_scripts


def rewrite_script(event: SortingChanged) -> None:
    """Run at once for the person who waits, and again by the worker, which finds it done."""
    services.rewrite_script(event.account_id, open_scripts.get(), now=timezone.now())
