"""Whether an error says that no database answers, or that the one that did writes no more."""

from django.db import DatabaseError, InterfaceError, OperationalError

# Of the errors of PostgreSQL (appendix A): admin_shutdown, crash_shutdown, cannot_connect_now; and
# read_only_sql_transaction, of one that follows another since.
_GOING = frozenset(("57P01", "57P02", "57P03", "25006"))
_CONNECTION = "08"  # their class


def is_database_away(error: BaseException | None) -> bool:
    """False for what a database that answers complains of. SQLite is never away."""
    if not isinstance(error, DatabaseError | InterfaceError):
        return False
    state = getattr(error.__cause__, "sqlstate", "")  # of the driver's own
    if state is None:  # nobody answered, or the driver itself refuses a value
        return isinstance(error, OperationalError | InterfaceError)
    return state in _GOING or state.startswith(_CONNECTION)
