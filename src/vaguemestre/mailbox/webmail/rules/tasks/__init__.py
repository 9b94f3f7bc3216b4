"""Parsing of untrusted bytes within a budget: one module for each `Task`, of the same name.

`perform` runs in the calling process when there is little to parse, else in one with a limit of processor
time (`webmail.ports.RunLimited`), which loads that module alone. Requests and results are JSON and octets.
"""

from collections.abc import Callable

# Question to the calling process: ("picture", Content-ID) or ("remote", address) → an address.
type AskCaller = Callable[[str, str], str | None]


class Hopeless(Exception):
    """The task would exceed any budget."""
