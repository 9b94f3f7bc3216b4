"""Machines are booted when they are asked for: `bin/test --machines`."""

import os

import pytest


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave those tests out of an ordinary run."""
    if os.environ.get("VAGUEMESTRE_MACHINES"):
        return
    ours = [item for item in items if item.get_closest_marker("machines")]
    config.hook.pytest_deselected(items=ours)
    items[:] = [item for item in items if item not in ours]
