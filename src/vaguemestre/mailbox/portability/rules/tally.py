"""The tally of an import, updated after each message."""

from dataclasses import replace

from vaguemestre.mailbox.portability.values import Left, Piece, Tally

MAX_LEFT = 100  # messages not imported that are named; all are counted


def added(tally: Tally, piece: Piece) -> Tally:
    return replace(_at(tally, piece), added=tally.added + 1)


def known(tally: Tally, piece: Piece) -> Tally:
    return replace(_at(tally, piece), known=tally.known + 1)


def left(tally: Tally, piece: Piece, problem: str) -> Tally:
    """The tally with one more message that was not imported; `problem`: a key of PROBLEMS."""
    named = tally.left if len(tally.left) >= MAX_LEFT else (*tally.left, Left(piece.place[:200], problem))
    return replace(_at(tally, piece), left=named, left_count=tally.left_count + 1)


def passed(tally: Tally, piece: Piece) -> Tally:
    """The tally after a place that holds no message."""
    return _at(tally, piece)


def percent(tally: Tally) -> int:
    """Progress from 0 to 100; 100 only if it is over."""
    if tally.is_over:
        return 100
    return min(99, 100 * tally.reached // tally.total) if tally.total else 0


def _at(tally: Tally, piece: Piece) -> Tally:
    return replace(tally, cursor=piece.cursor, reached=piece.reached)
