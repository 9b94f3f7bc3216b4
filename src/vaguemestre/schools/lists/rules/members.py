"""Who a rule means, and why, post by post."""

from collections.abc import Iterable, Mapping

from vaguemestre.people.directory.rules.nomenclature import discipline_label, function_label
from vaguemestre.people.directory.values import ServedPost
from vaguemestre.schools.lists.values import Criteria, Rule

MOST_CRITERIA = 12  # blocks of a rule


def holds(criteria: Criteria, post: ServedPost) -> bool:
    """Whether a post is what the criteria ask. Empty criteria mean nobody, never everybody."""
    if criteria.is_empty:
        return False
    wanted = (
        (criteria.functions, post.function),
        (criteria.corps, post.corps),
        (criteria.disciplines, post.discipline),
        (criteria.categories, post.category),
        (criteria.kinds, post.kind),
        (criteria.departments, post.department),
        (criteria.sectors, post.sector),
        (criteria.districts, post.district),
        (criteria.uais, post.uai),
    )
    return all(not asked or found in asked for asked, found in wanted)


def meant(rule: Rule, posts: Iterable[ServedPost]) -> dict[int, tuple[str, ...]]:
    """Person → why, for everybody the rule means; each once, however many posts fit.

    A post that was left leaves nobody out: what is left out is who serves there.
    """
    found: dict[int, dict[str, None]] = {}
    left_out: set[int] = set()
    for post in posts:
        if not post.left_on and any(holds(one, post) for one in rule.besides):
            left_out.add(post.person_id)
        if any(holds(one, post) for one in rule.any):
            found.setdefault(post.person_id, {})[said(post)] = None
    return {person: tuple(why) for person, why in found.items() if person not in left_out}


def said(post: ServedPost) -> str:
    """`Enseignement, SVT, Collège Jules Verne (Amiens)`: a post in words."""
    words = (
        function_label(post.function) if post.function else "",
        discipline_label(post.discipline) if post.discipline else "",
        post.place,
    )
    told = ", ".join(dict.fromkeys(word for word in words if word))
    return f"{told}, quitté le {post.left_on:%d/%m/%Y}" if post.left_on else told


def as_json(rule: Rule) -> dict[str, list[dict[str, list[str]]]]:
    return {
        "any": [_plain(one) for one in rule.any if not one.is_empty],
        "besides": [_plain(one) for one in rule.besides if not one.is_empty],
    }


def from_json(kept: Mapping[str, object]) -> Rule:
    return Rule(_blocks(kept.get("any")), _blocks(kept.get("besides")))


def _plain(criteria: Criteria) -> dict[str, list[str]]:
    return {name: list(getattr(criteria, name)) for name in Criteria.__slots__ if getattr(criteria, name)}


def _blocks(kept: object) -> tuple[Criteria, ...]:
    blocks = kept if isinstance(kept, list) else []
    return tuple(
        Criteria(**{name: tuple(values) for name, values in block.items() if name in Criteria.__slots__})
        for block in blocks[:MOST_CRITERIA]
    )
