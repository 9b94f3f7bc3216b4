"""What pauses while the rooms are loaded goes on afterwards."""

import gc


def test_a_loaded_process_collects_its_garbage() -> None:
    assert gc.isenabled()
