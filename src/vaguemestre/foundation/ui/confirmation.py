"""The page before an act that cannot be taken back lightly: what will happen, then a button.

What is confirmed is what was shown: the page carries a mark of its sentences, and is shown anew if they have
changed since.
"""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass, field

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

CONFIRMED = "confirm"  # the field that comes back with the mark of what was shown


@dataclass(frozen=True, slots=True)
class Confirmation:
    """What is asked. `fields`: the form as it was sent; `facts`: name and value of what it is about."""

    title: str
    consequences: Sequence[str]
    button: str
    back: str
    facts: Sequence[tuple[str, str]] = ()
    fields: Sequence[tuple[str, str]] = ()
    intro: str = ""
    is_dangerous: bool = True
    extra: dict[str, object] = field(default_factory=dict)
    # What must not have changed: every sentence and field, unless told. Counts that somebody else moves at
    # will (sessions of an intruder) must not put off the act that stops them.
    binds: Sequence[object] = ()

    @property
    def mark(self) -> str:
        """A digest of what must not change between the page and the confirmation."""
        shown = [self.title, list(self.consequences), list(self.facts), list(self.fields), self.intro]
        bound = list(self.binds) or [*shown, self.extra]
        text = json.dumps(bound, default=str, ensure_ascii=False, sort_keys=True)
        return hashlib.sha256(text.encode()).hexdigest()[:32]


def confirmation_page(
    request: HttpRequest,
    asked: Confirmation,
    template: str = "ui/confirm.html",
    *,
    problem: str = "",
) -> HttpResponse | None:
    """The page to show first; None when exactly that was confirmed."""
    sent = request.POST.get(CONFIRMED, "")
    if sent == asked.mark and not problem:
        return None
    shown = {
        "asked": asked,
        "mark_name": CONFIRMED,
        "action": request.get_full_path(),
        "has_changed": bool(sent) and sent != asked.mark,
        "problem": problem,
        **asked.extra,
    }
    return render(request, template, shown, status=409 if sent else 200)
