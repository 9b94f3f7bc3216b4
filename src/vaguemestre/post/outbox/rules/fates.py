"""What is known last of a recipient, and what a message's recipients come to together."""

from collections.abc import Sequence

from vaguemestre.post.outbox.values import Fate, Mark

_RANK = {Mark.ACCEPTED: 0, Mark.DELAYED: 1, Mark.DELIVERED: 2, Mark.REFUSED: 3, Mark.READ: 4}


def follows(known: Mark, said: Mark) -> bool:
    """Whether what is said replaces what is known: read stays read, refused comes after delivered (a bounce
    of a later server), a delay said late changes nothing."""
    return _RANK[said] >= _RANK[known] and not (known is Mark.READ and said is not Mark.READ)


def summary(fates: Sequence[Fate]) -> Mark:
    """The one mark a line of a list shows: the worst first, « read » only when everybody did."""
    marks = {fate.mark for fate in fates}
    for worst in (Mark.REFUSED, Mark.DELAYED, Mark.ACCEPTED):
        if worst in marks:
            return worst
    return Mark.READ if marks == {Mark.READ} else Mark.DELIVERED
