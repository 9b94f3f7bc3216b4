"""The questions of an installation asked one by one, and the file that their answers make. Pure but `ask`."""

from collections.abc import Callable

from vaguemestre.processes.production import questions
from vaguemestre.processes.production.questions import Answers, Question

type Ask = Callable[[str], str]  # shows a question; the answer typed
type Tell = Callable[[str], None]

HINT = (
    "Entrée garde la réponse entre crochets. Ctrl-C arrête : relancez bin/install, "
    "il proposera les réponses déjà données."
)
_AGREED = "Installer ainsi ? « non » : les questions reviennent avec vos réponses [oui] : "


def answers(ask: Ask, tell: Tell, keep: Callable[[Answers], None], former: Answers) -> dict[str, str]:
    """Ask every question until its answer is right, then whether all is; an empty answer is the default.

    `former`: answers of a run that was interrupted, offered anew. `keep`: told of the answers after each.
    """
    tell(HINT)
    while True:
        given: dict[str, str] = {}
        for question in questions.QUESTIONS:
            if question.is_asked(given):
                tell(f"\n{question.reason}")
                given[question.name] = _answer(question, given, former, ask, tell)
                keep({**former, **given})
        tell(f"\nLe fichier que ces réponses font :\n\n{file_from(given)}")
        if _is_agreed(ask, tell):
            return given
        former = given


def _answer(question: Question, given: Answers, former: Answers, ask: Ask, tell: Tell) -> str:
    default = former.get(question.name, "")
    if not default or question.fault(given, default):
        default = question.default(given)
    while True:
        typed = ask(f"{question.text} [{default}] : ").strip()
        answer = (typed.lower() if typed.lower() in questions.WORDS else typed) or default
        if not (fault := question.fault(given, answer)):
            return answer
        tell(f"Réponse attendue : {fault}.")


def _is_agreed(ask: Ask, tell: Tell) -> bool:
    while (answer := ask(_AGREED).strip().lower()) not in ("", "o", "oui", "n", "non"):
        tell("Réponse attendue : oui ou non.")
    return not answer.startswith("n")


def file_from(given: Answers) -> str:
    """The configuration file these answers make."""
    departments = ", ".join(f'"{code}"' for code in given["departments"].split())
    return (
        f'[academy]\ncode = "{given["code"]}"\nname = "{given["name"]}"\ndomain = "{given["domain"]}"\n'
        f'departments = [{departments}]\nhelp_address = "{given["contact"]}"\n\n'
        f'[web]\npublic_url = "https://{given["host"]}"\nbehind_tls = true\n'
        f"{_network(given)}{_tls(given)}{_outgoing(given)}"
    )


def _network(given: Answers) -> str:
    if given["resolvers"] == questions.ROOT:
        return ""
    addresses = ", ".join(f'"{address}"' for address in given["resolvers"].split())
    return f'\n[network]\nports = "usual"\nforwarders = [{addresses}]\n'


def _tls(given: Answers) -> str:
    match given["certificate"]:
        case questions.AUTHORITY:
            return ""
        case questions.ACME:
            return f'\n[tls]\nacme = "standalone"\nacme_contact = "{given["contact"]}"\n'
        case certificate:
            return f'\n[tls]\ncertificate = "{certificate}"\nkey = "{given["key"]}"\n'


def _outgoing(given: Answers) -> str:
    match given["outgoing"]:
        case questions.DIRECT:
            return ""
        case host:
            return f'\n[mail.outgoing]\nmode = "relay"\nrelay_host = "{host}"\n'
