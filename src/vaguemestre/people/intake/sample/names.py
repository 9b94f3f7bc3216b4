"""Weighted French names, head and long tail (docs/domain.md §6.1). Plausible, nobody's in particular."""

from functools import cache
from itertools import accumulate, product
from random import Random

from vaguemestre.people.intake.sample.words import words


@cache
def _surnames() -> tuple[list[str], list[float]]:
    """Names and cumulative weights: 45 % head (falling like 1/rank), 8 % from elsewhere, then a long tail."""
    head, elsewhere = words("surnames"), words("surnames from elsewhere")
    tail = [start + end for start, end in product(words("surname starts"), words("surname ends"))]
    falling = [1 / (rank + 12) for rank in range(len(head))]
    scale = 0.45 / sum(falling)
    weights = [weight * scale for weight in falling]
    weights += [0.08 / len(elsewhere)] * len(elsewhere)
    weights += [0.47 / len(tail)] * len(tail)
    return [*head, *elsewhere, *tail], list(accumulate(weights))


def surname(draw: Random) -> str:
    """A family name: 5 % double, 4 % with a particle."""
    names, weights = _surnames()
    name = draw.choices(names, cum_weights=weights)[0]
    chance = draw.random()
    if chance < 0.05 and " " not in name:
        return f"{name}-{draw.choices(names, cum_weights=weights)[0]}"
    if chance < 0.09 and " " not in name:
        return f"{draw.choice(('de ', 'de ', 'du ', 'de La ', 'Le '))}{name}"
    return name


def first_name(draw: Random, *, is_woman: bool, birth_year: int) -> str:
    """A first name of that generation, or one of the long tail."""
    group = "women" if is_woman else "men"
    if draw.random() < 0.3:
        return draw.choice(words(f"{group} rare"))
    decade = min(max(birth_year // 10 * 10, 1960), 1990)
    return draw.choice(words(f"{group} {decade}"))
