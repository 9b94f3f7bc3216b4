"""Filters at work: data, script, delivery, folder."""

import secrets

import pytest
from tests.engines.live import LiveEngines, Someone, letter
from tests.engines.sieve.test_absence_replies import owner
from tests.mailbox.sorting.samples import composed as compose

from vaguemestre.engines.sieve.scripts import OpenManageSieve
from vaguemestre.mailbox.sorting.values import SCRIPT_NAME, Aspect, Condition, Filter, Outcome, Relation

pytestmark = pytest.mark.engines


@pytest.fixture
def marie(engines: LiveEngines) -> Someone:
    return engines.someone()


def install(engines: LiveEngines, person: Someone, *filters: Filter) -> None:
    opened = OpenManageSieve("127.0.0.1", engines.config.ports.managesieve, engines.token)
    with opened(person.mailbox) as scripts:
        scripts.put(SCRIPT_NAME, compose(filters, owner(person)))
        scripts.activate(SCRIPT_NAME)


def flags(engines: LiveEngines, person: Someone, folder: str) -> bytes:
    with engines.signed_in(person) as client:
        client.select(folder, readonly=True)
        return bytes(client.fetch("1", "(FLAGS)")[1][0])  # type: ignore[arg-type]


def only(aspect: Aspect, text: str = "", relation: Relation = Relation.CONTAINS) -> Filter:
    return Filter("Essai", (Condition(aspect, relation, text),), Outcome(move_to="Trié"))


@pytest.mark.parametrize(
    ("wanted", "is_sorted"),
    [
        (only(Aspect.SENDER, "marcheur"), True),
        (only(Aspect.SENDER, "jean@dehors.example", Relation.IS), True),
        (only(Aspect.SENDER, "dehors.example", Relation.IS), False),
        (only(Aspect.SENDER, "marcheur", Relation.LACKS), False),
        (only(Aspect.SUBJECT, "SORTIE"), True),
        (only(Aspect.SUBJECT, 'guillemet " \\ ${1}'), True),
        (only(Aspect.RECIPIENT, "marie."), True),
        (only(Aspect.TEXT, "autocar"), True),
        (only(Aspect.TEXT, "avion"), False),
        (only(Aspect.LIST, "parents"), False),
        (only(Aspect.SIZE, "1"), False),
        (only(Aspect.ATTACHMENT), True),
        (only(Aspect.OUTSIDE), True),
    ],
    ids=lambda one: (
        f"{one.conditions[0].aspect}-{one.conditions[0].text}" if isinstance(one, Filter) else str(one)
    ),
)
def test_a_message_goes_where_its_filter_says(
    engines: LiveEngines, marie: Someone, wanted: Filter, is_sorted: bool
) -> None:
    install(engines, marie, wanted)
    token = secrets.token_hex(4)
    message = letter(
        "Jean Marcheur <jean@dehors.example>",
        marie.address,
        f'Sortie {token} guillemet " \\ ${{1}}',
        "Un autocar.",
    )
    message.add_attachment(b"%PDF-", maintype="application", subtype="pdf", filename="plan.pdf")
    engines.deliver(marie.address, message)
    assert engines.found(marie, token, folder="Tri&AOk-" if is_sorted else "INBOX")


def test_a_colleague_is_not_from_outside(engines: LiveEngines, marie: Someone) -> None:
    install(engines, marie, only(Aspect.OUTSIDE))
    colleague, token = engines.someone(), secrets.token_hex(4)
    engines.submit(
        colleague, colleague.address, marie.address, letter(colleague.address, marie.address, token)
    )
    assert engines.found(marie, token)


def test_marks_copies_and_the_next_filters(engines: LiveEngines, marie: Someone) -> None:
    first = Condition(Aspect.SUBJECT, Relation.CONTAINS, "sortie")
    install(
        engines,
        marie,
        Filter("Marque", (first,), Outcome(is_read=True, is_flagged=True, copy_to="Archive", stops=False)),
        Filter("Range", (first,), Outcome(move_to="Trié/Sorties")),
        Filter("Trop tard", (first,), Outcome(move_to="Trash")),
    )
    token = secrets.token_hex(4)
    engines.deliver(marie.address, letter("jean@dehors.example", marie.address, f"Sortie {token}"))
    for folder in ("Archive", "Trié/Sorties"):
        encoded = folder.replace("é", "&AOk-")
        assert engines.found(marie, token, folder=encoded)
        assert b"\\Seen" in flags(engines, marie, encoded)
        assert b"\\Flagged" in flags(engines, marie, encoded)
    with engines.signed_in(marie) as client:
        for empty in ("INBOX", "Trash"):
            client.select(empty, readonly=True)
            assert client.search(None, "SUBJECT", token)[1] == [b""]
