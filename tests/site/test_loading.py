"""What pauses while the rooms are loaded goes on afterwards; agents load the rooms they need."""

import gc
import os
import subprocess
import sys

import pytest


def test_a_loaded_process_collects_its_garbage() -> None:
    assert gc.isenabled()


@pytest.mark.heavy
@pytest.mark.parametrize("settings", ["metrics_settings", "numen_agent_settings"])
def test_an_agent_has_every_room_that_its_tables_refer_to(settings: str) -> None:
    """Django refuses a table whose room is not installed. Those of the token service are among these."""
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": f"vaguemestre.site.agents.{settings}"}
    loaded = subprocess.run(
        [sys.executable, "-c", "import django; django.setup()"],
        env=environment, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert loaded.returncode == 0, loaded.stderr
