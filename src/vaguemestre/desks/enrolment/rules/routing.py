"""The management service in charge, from three answers (docs/domain.md §3.1)."""

from vaguemestre.desks.enrolment.values import Work, Workplace
from vaguemestre.people.directory.rules.places import service_code
from vaguemestre.people.directory.values import StaffCategory

_FIRST, _SECOND = StaffCategory.FIRST_DEGREE_PUBLIC, StaffCategory.SECOND_DEGREE_PUBLIC
_PRIVATE_FIRST, _PRIVATE_SECOND = StaffCategory.FIRST_DEGREE_PRIVATE, StaffCategory.SECOND_DEGREE_PRIVATE

# categories that do not depend on the workplace
_BY_WORK = {
    Work.EDUCATION: StaffCategory.CPE,
    Work.PSYCHOLOGIST: StaffCategory.PSYEN,
    Work.STAFF: StaffCategory.ATSS,
    Work.INSPECTOR: StaffCategory.DIRECTION,
    Work.AESH: StaffCategory.AESH,
    Work.AED: StaffCategory.AED,
}
_BY_PLACE = {
    (Workplace.SCHOOL, Work.TEACHER): _FIRST,
    (Workplace.SCHOOL, Work.HEAD): _FIRST,  # a school's head is one of its teachers
    (Workplace.COLLEGE, Work.TEACHER): _SECOND,
    (Workplace.COLLEGE, Work.HEAD): StaffCategory.DIRECTION,
    (Workplace.OFFICE, Work.TEACHER): _SECOND,
    (Workplace.OFFICE, Work.HEAD): StaffCategory.DIRECTION,
}
_ALWAYS_PUBLIC = (Work.AESH, Work.INSPECTOR)  # employed by the State even in a private school
_PRIVATE = {Workplace.PRIVATE_SCHOOL: _PRIVATE_FIRST, Workplace.PRIVATE_COLLEGE: _PRIVATE_SECOND}


# codes of the feed (docs/domain.md §6.4) that the answer alone tells; the others wait for the feed
_FUNCTIONS = {
    Work.TEACHER: "ENS",
    Work.HEAD: "DIR",
    Work.EDUCATION: "EDU",
    Work.AESH: "AES",
    Work.AED: "AED",
}


def function_of(work: Work) -> str:
    """Function code of a post, by which lists and searches find the person; "" if the answer is too wide."""
    return _FUNCTIONS.get(work, "")


def staff_category(workplace: Workplace, work: Work) -> StaffCategory | None:
    """The staff category; None in higher education, where universities manage their own staff."""
    if workplace is Workplace.HIGHER:
        return None
    if workplace in _PRIVATE and work not in _ALWAYS_PUBLIC:
        return _PRIVATE[workplace]
    return _BY_WORK.get(work) or _BY_PLACE[workplace, work]


def service_in_charge(workplace: Workplace, work: Work, department: str) -> str | None:
    """Code of the service (`DPE`, `DSDEN_80`…), None in higher education. `department`: three digits."""
    category = staff_category(workplace, work)
    return service_code(category, department) if category else None
