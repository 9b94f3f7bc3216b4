"""The confirmation page before an act that is hard to undo: its consequences, then a button.

The page carries a digest of its sentences and is shown again if they have changed when it is confirmed.
"""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass, field

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

MARK_FIELD = "confirm"  # the form field that returns the digest of the page


@dataclass(frozen=True, slots=True)
class Confirmation:
    """What to confirm. `fields`: the form as submitted; `facts`: names and values of its object."""

    title: str
    consequences: Sequence[str]
    button: str
    back: str
    facts: Sequence[tuple[str, str]] = ()
    fields: Sequence[tuple[str, str]] = ()
    intro: str = ""
    is_dangerous: bool = True
    extra: dict[str, object] = field(default_factory=dict)
    # What must not change before confirmation; by default every sentence and field. Counts that others move
    # (the sessions of an intruder) must not delay the act that stops them.
    binds: Sequence[object] = ()

    @property
    def mark(self) -> str:
        """A digest of what must not change before the confirmation."""
        content = [self.title, list(self.consequences), list(self.facts), list(self.fields), self.intro]
        bound = list(self.binds) or [*content, self.extra]
        text = json.dumps(bound, default=str, ensure_ascii=False, sort_keys=True)
        return hashlib.sha256(text.encode()).hexdigest()[:32]


def confirmation_page(
    request: HttpRequest,
    confirmation: Confirmation,
    template: str = "ui/confirm.html",
    *,
    problem: str = "",
) -> HttpResponse | None:
    """The confirmation page; None once exactly this was confirmed."""
    mark = request.POST.get(MARK_FIELD, "")
    if mark == confirmation.mark and not problem:
        return None
    context = {
        "confirmation": confirmation,
        "mark_name": MARK_FIELD,
        "action": request.get_full_path(),
        "has_changed": bool(mark) and mark != confirmation.mark,
        "problem": problem,
        **confirmation.extra,
    }
    return render(request, template, context, status=409 if mark else 200)
