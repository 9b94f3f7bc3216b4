"""Slots of `people`."""

from functools import partial

from vaguemestre.access.assistant.services import letter_sender
from vaguemestre.engines.projection import backend as projection
from vaguemestre.people.intake import ports as intake
from vaguemestre.people.lifecycle import ports as lifecycle
from vaguemestre.people.provisioning import ports as provisioning
from vaguemestre.site.adapters.lifecycle import boxes_owned, closing_days
from vaguemestre.site.adapters.mail_access import submission_of
from vaguemestre.site.adapters.pods import mail_agent
from vaguemestre.site.config import Config


def plug(config: Config) -> None:
    agent, submission = mail_agent(config), submission_of(config)
    provisioning.mail_directory.plug(projection.mail_directory(config))
    provisioning.connections.plug(agent)
    provisioning.mail_homes.plug(agent)
    lifecycle.erase_mail.plug(agent.erase)
    lifecycle.boxes_owned.plug(boxes_owned)
    lifecycle.letter_sender.plug(letter_sender)
    lifecycle.send_outside.plug(submission)
    intake.closing_days.plug(partial(closing_days, config))
