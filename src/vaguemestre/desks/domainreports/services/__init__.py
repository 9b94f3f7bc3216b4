"""Use cases of domain reports."""

from vaguemestre.desks.domainreports.services.arrival import (
    RUN_SECONDS,
    Reader,
    announce_mail,
    handle_deliveries,
    read_box,
)
from vaguemestre.desks.domainreports.services.boxes import open_missing_boxes
from vaguemestre.desks.domainreports.services.retention import RETENTION, delete_old_reports
from vaguemestre.desks.domainreports.services.storage import Refused, store_report

__all__ = [
    "RETENTION",
    "RUN_SECONDS",
    "Reader",
    "Refused",
    "announce_mail",
    "delete_old_reports",
    "handle_deliveries",
    "open_missing_boxes",
    "read_box",
    "store_report",
]
