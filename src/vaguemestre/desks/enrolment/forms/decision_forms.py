"""What an officer types to decide about a request."""

from typing import NamedTuple, TypedDict

from vaguemestre.desks.enrolment.forms.officer_forms import CreationForm, MessageForm

_WITH_MESSAGE = ("demander", "refuser")


class _Typed(TypedDict, total=False):
    creation_form: CreationForm
    message_form: MessageForm


class DecisionForms(NamedTuple):
    """What an officer typed, whatever the decision: a message to the applicant, a school with a NUMEN."""

    message: MessageForm
    creation: CreationForm

    def typed_for(self, act: str) -> _Typed:
        """The form of that decision, to be shown as it was typed; another's errors would mislead."""
        if act == "creer":
            return {"creation_form": self.creation}
        return {"message_form": self.message} if act in _WITH_MESSAGE else {}
