"""Filters as a JSON file."""

import json
from collections.abc import Iterable
from dataclasses import asdict
from typing import Any

from vaguemestre.foundation.kernel.errors import Refusal
from vaguemestre.mailbox.sorting.rules.filters import MAX_FILTERS
from vaguemestre.mailbox.sorting.values import Aspect, Condition, Filter, Outcome, Relation

_FORMAT = "vaguemestre-filtres"
MAX_FILE_BYTES = 512 * 1024


def filters_to_json(filters: Iterable[Filter]) -> str:
    """The filters as indented JSON."""
    entries = []
    for mail_filter in filters:
        fields = asdict(mail_filter)
        fields.pop("filter_id")
        entries.append(fields)
    return json.dumps({"format": _FORMAT, "version": 1, "filtres": entries}, ensure_ascii=False, indent=2)


def filters_from_json(content: bytes) -> tuple[Filter, ...]:
    """Parse the JSON of exported filters. Raises Refusal `sorting.filter-file` for anything else."""
    try:
        document = json.loads(content.decode("utf-8-sig"))
        if document["format"] != _FORMAT or len(document["filtres"]) > MAX_FILTERS:
            raise Refusal("sorting.filter-file")
        return tuple(_filter(entry) for entry in document["filtres"])
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
            Condition(Aspect(condition["aspect"]), Relation(condition["relation"]), str(condition["text"]))
            for condition in fields["conditions"]
        ),
        outcome=Outcome(**outcome),
        matches_all=bool(fields["matches_all"]),
        is_on=bool(fields["is_on"]),
    )
