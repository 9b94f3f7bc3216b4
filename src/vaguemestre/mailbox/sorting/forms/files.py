"""Filters in a file: written and read back, whatever the file says of itself."""

import json
from collections.abc import Iterable
from dataclasses import asdict
from typing import Any

from vaguemestre.foundation.kernel.errors import Refusal
from vaguemestre.mailbox.sorting.rules.filters import MOST_FILTERS
from vaguemestre.mailbox.sorting.values import Aspect, Condition, Filter, Outcome, Relation

_FORMAT = "vaguemestre-filtres"
HEAVIEST = 512 * 1024


def written(filters: Iterable[Filter]) -> str:
    """All of them, as JSON that people can read."""
    kept = []
    for one in filters:
        fields = asdict(one)
        fields.pop("filter_id")
        kept.append(fields)
    return json.dumps({"format": _FORMAT, "version": 1, "filtres": kept}, ensure_ascii=False, indent=2)


def read(content: bytes) -> tuple[Filter, ...]:
    """The filters of a file. Raises Refusal `sorting.filter-file` for anything else."""
    try:
        told = json.loads(content.decode("utf-8-sig"))
        if told["format"] != _FORMAT or len(told["filtres"]) > MOST_FILTERS:
            raise Refusal("sorting.filter-file")
        return tuple(_filter(one) for one in told["filtres"])
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise Refusal("sorting.filter-file") from error


def _filter(fields: dict[str, Any]) -> Filter:
    outcome = {
        name: type(default)(fields["outcome"].get(name, default))
        for name, default in asdict(Outcome()).items()
    }
    return Filter(
        name=str(fields["name"]),
        conditions=tuple(
            Condition(Aspect(one["aspect"]), Relation(one["relation"]), str(one["text"]))
            for one in fields["conditions"]
        ),
        outcome=Outcome(**outcome),
        matches_all=bool(fields["matches_all"]),
        is_on=bool(fields["is_on"]),
    )
