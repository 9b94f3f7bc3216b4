"""What is read of somebody's bytes within a budget: a module for each `Task`, named as it is.

`perform` runs in the process that asks, when there is little to read, or in one with a limit of processor
time (`webmail.ports.RunLimited`), which loads that module alone. What crosses the border is JSON and octets.
"""

from collections.abc import Callable

# Asked of the process that wants the answer: ("picture", Content-ID) or ("remote", address) → an address.
type Ask = Callable[[str, str], str | None]


class Hopeless(Exception):
    """The work could not end within any budget."""
