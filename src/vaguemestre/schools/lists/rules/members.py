"""People who match a rule, and why, post by post."""

from collections.abc import Iterable, Mapping

from vaguemestre.people.directory.rules.nomenclature import discipline_label, function_label
from vaguemestre.people.directory.values import ServedPost
from vaguemestre.schools.lists.values import Criteria, Rule

MAX_BLOCKS = 12  # of a rule


def matches(criteria: Criteria, post: ServedPost) -> bool:
    """Whether a post matches the criteria. Empty criteria match nobody, never everybody."""
    if criteria.is_empty:
        return False
    pairs = (
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
    return all(not accepted or value in accepted for accepted, value in pairs)


def people_matching(rule: Rule, posts: Iterable[ServedPost]) -> dict[int, tuple[str, ...]]:
    """Person → matching posts in words, for everybody who matches the rule.

    A former post excludes nobody: `besides` is about current posts.
    """
    labels: dict[int, dict[str, None]] = {}
    excluded: set[int] = set()
    for post in posts:
        if not post.left_on and any(matches(block, post) for block in rule.besides):
            excluded.add(post.person_id)
        if any(matches(block, post) for block in rule.any):
            labels.setdefault(post.person_id, {})[post_label(post)] = None
    return {person: tuple(reasons) for person, reasons in labels.items() if person not in excluded}


def post_label(post: ServedPost) -> str:
    """A post in words: `Enseignement, SVT, Collège Jules Verne (Amiens)`."""
    parts = (
        function_label(post.function) if post.function else "",
        discipline_label(post.discipline) if post.discipline else "",
        post.place,
    )
    label = ", ".join(dict.fromkeys(part for part in parts if part))
    return f"{label}, quitté le {post.left_on:%d/%m/%Y}" if post.left_on else label


def rule_to_json(rule: Rule) -> dict[str, list[dict[str, list[str]]]]:
    return {
        "any": [_criteria_to_json(block) for block in rule.any if not block.is_empty],
        "besides": [_criteria_to_json(block) for block in rule.besides if not block.is_empty],
    }


def rule_from_json(data: Mapping[str, object]) -> Rule:
    return Rule(_blocks(data.get("any")), _blocks(data.get("besides")))


def _criteria_to_json(criteria: Criteria) -> dict[str, list[str]]:
    return {name: list(getattr(criteria, name)) for name in Criteria.__slots__ if getattr(criteria, name)}


def _blocks(data: object) -> tuple[Criteria, ...]:
    blocks = data if isinstance(data, list) else []
    return tuple(
        Criteria(**{name: tuple(values) for name, values in block.items() if name in Criteria.__slots__})
        for block in blocks[:MAX_BLOCKS]
    )
