"""How many files the processes of an instance may open."""

import contextlib
import resource

OPEN_FILES = 65536  # the front wants half of it


def allow_many_files() -> None:
    """Raise the hard limit of open files, for the front and other children that are not root."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if hard != resource.RLIM_INFINITY and hard < OPEN_FILES:
        with contextlib.suppress(ValueError):  # a container may forbid it; the front goes on with less
            resource.setrlimit(resource.RLIMIT_NOFILE, (soft, OPEN_FILES))


def open_many_files() -> None:
    """Raise this process's own limit as far as it may: each client of its own is a file."""
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
