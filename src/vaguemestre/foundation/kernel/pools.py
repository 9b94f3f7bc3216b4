"""Pools of web processes, as they know themselves."""

POOL_VARIABLE = "VAGUEMESTRE_POOL"  # set in the environment of a pool: web, reading, door
