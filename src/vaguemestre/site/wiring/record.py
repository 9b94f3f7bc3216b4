"""Slot of the record of processing activities."""

from functools import partial

from vaguemestre.desks.portal.ports import processing_sheets
from vaguemestre.site.config import Config
from vaguemestre.site.register.sheets import sheets


def plug(config: Config) -> None:
    processing_sheets.plug(partial(sheets, config))
