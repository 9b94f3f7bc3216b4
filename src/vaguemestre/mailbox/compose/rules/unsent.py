"""What the author of a message that did not leave is told of it."""


def refusal_detail(subject: str, to: str, why: str, box: str = "") -> str:
    """Lines of the notice: which message, why, and where its text is.

    `box`: title of the mailbox it was to leave, where its author may write no longer.
    """
    lines = [f"Objet : {_line(subject) or '(sans objet)'}", f"À : {_line(to)}"]
    lines += [f"Raison : {why}"] if why else []
    details = (
        f"Son texte est gardé dans les « Brouillons » de la boîte « {box} » : qui peut y écrire le renverra."
    )
    lines += [
        "",
        details if box else "Il est de nouveau dans « Brouillons » : corrigez-le, puis renvoyez-le.",
    ]
    return "\n".join(lines)


def _line(typed: str) -> str:
    """The text on one line, of 200 characters at most."""
    return " ".join(typed.split())[:200]
