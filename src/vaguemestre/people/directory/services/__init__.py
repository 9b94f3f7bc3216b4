"""Changes of the directory. Parts, inside the caller's transaction (except `reseal_numens`, a use case)."""

from vaguemestre.people.directory.services.book import (
    change_book_card,
)
from vaguemestre.people.directory.services.erasure import (
    erase_civil_status,
)
from vaguemestre.people.directory.services.names import (
    take_address,
    take_technical_names,
)
from vaguemestre.people.directory.services.numens import (
    issue_numen,
    record_numen,
    reseal_numens,
)
from vaguemestre.people.directory.services.person_changes import (
    add_address,
    change_people,
    change_person,
    delete_former_addresses,
    hide_people,
    lock_person,
    transfer_person,
)
from vaguemestre.people.directory.services.places import (
    describe_structures,
    found_academy,
)
from vaguemestre.people.directory.services.registration import (
    hold_registrations,
    register_people,
    register_person,
)
from vaguemestre.people.directory.services.structures import (
    change_structure,
    describe_service,
    open_structure,
    rename_academy,
)

__all__ = [
    "add_address",
    "change_book_card",
    "change_people",
    "change_person",
    "change_structure",
    "delete_former_addresses",
    "describe_service",
    "describe_structures",
    "erase_civil_status",
    "found_academy",
    "hide_people",
    "hold_registrations",
    "issue_numen",
    "lock_person",
    "open_structure",
    "record_numen",
    "register_people",
    "register_person",
    "rename_academy",
    "reseal_numens",
    "take_address",
    "take_technical_names",
    "transfer_person",
]
