"""Error of a command that cannot continue."""


class Failed(Exception):
    """One sentence, and the exit code the contract gives it."""

    def __init__(self, sentence: str, code: int) -> None:
        super().__init__(sentence)
        self.code = code
