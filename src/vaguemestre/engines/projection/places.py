"""The pod of each mailbox, which Dovecot and the webmail look up when there are several pods."""

from collections.abc import Sequence

from vaguemestre.engines.projection.directory import SqlMailDirectory
from vaguemestre.engines.projection.withdrawals import Cursor
from vaguemestre.foundation.kernel.errors import EngineRefused


class Places:
    """Implements `provisioning.ports.Places`, on the connection of a directory. Raises EngineDown."""

    def __init__(self, directory: SqlMailDirectory) -> None:
        self._directory = directory
        self._placeholder = directory.placeholder

    def write_pods(self, pods: Sequence[tuple[str, str]]) -> None:
        """Write name and address of each pod, the first one being that of mailboxes without a place.

        Raises EngineRefused if another was first before: all those mailboxes would be looked for there.
        """
        rows = [(name, name, host) for name, host in pods]
        first = [("", *pods[0])] if pods else []
        with self._directory.work("pods") as cursor:
            cursor.execute("SELECT name FROM pod WHERE pod = ''")
            for (former,) in cursor.fetchall():
                if pods and former != pods[0][0]:
                    raise EngineRefused(
                        f"le premier [[pod]] était « {former} » : remettez-le en tête, "
                        "les boîtes dont rien d’autre n’est dit y sont."
                    )
            cursor.execute("DELETE FROM pod")
            if pods:
                cursor.executemany(
                    f"INSERT INTO pod (pod, name, host) VALUES ({', '.join([self._placeholder] * 3)})",  # noqa: S608
                    [*first, *rows],
                )

    def host_of(self, mailbox: str) -> str:
        """The address of the pod where that mailbox lives; "" on one machine."""
        return self._of_pod("host", mailbox)

    def pod_of(self, mailbox: str) -> str:
        """The name of the pod where that mailbox lives; "" on one machine."""
        return self._of_pod("name", mailbox)

    def _of_pod(self, column: str, mailbox: str) -> str:
        with self._directory.work("pod") as cursor:
            cursor.execute(
                f"SELECT {column} FROM pod WHERE pod = COALESCE("  # noqa: S608
                f"(SELECT pod FROM place WHERE mailbox = {self._placeholder}), '')",
                (mailbox,),
            )
            return next((str(value) for (value,) in cursor.fetchall()), "")

    def freeze(self, mailbox: str) -> None:
        """Close the mailbox to every client; its incoming mail waits in the queue."""
        with self._directory.work("freeze") as cursor:
            cursor.execute(
                f"INSERT INTO moving (mailbox) VALUES ({self._placeholder})"  # noqa: S608
                " ON CONFLICT (mailbox) DO NOTHING",
                (mailbox,),
            )

    def settle(self, mailbox: str, pod: str) -> None:
        """Record that the mailbox lives on that pod, and open it again."""
        with self._directory.work("settle") as cursor:
            self._delete(cursor, "moving", mailbox)
            self._delete(cursor, "place", mailbox)
            cursor.execute(
                f"INSERT INTO place (mailbox, pod) VALUES ({self._placeholder}, {self._placeholder})",  # noqa: S608
                (mailbox, pod),
            )

    def _delete(self, cursor: Cursor, table: str, mailbox: str) -> None:
        cursor.execute(f"DELETE FROM {table} WHERE mailbox = {self._placeholder}", (mailbox,))  # noqa: S608
