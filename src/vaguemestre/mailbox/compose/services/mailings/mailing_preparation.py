"""Mail merge: prepare the copies of a mailing."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import NamedTuple

from django.db import transaction

from vaguemestre.foundation.journal.values import account_subject
from vaguemestre.foundation.kernel.errors import EngineRefused, Refusal
from vaguemestre.mailbox.compose.models import Composition, Mailing, MailingCopy
from vaguemestre.mailbox.compose.ports import ReadSheet
from vaguemestre.mailbox.compose.rules.mail_merge import (
    address_title,
    is_workbook,
    merge_copies,
    read_table,
    table_of,
    variables_in,
)
from vaguemestre.mailbox.compose.rules.merge_weight import column_uses, heaviest_copy
from vaguemestre.mailbox.compose.rules.recipients import lenient_recipients
from vaguemestre.mailbox.compose.rules.sheets.task import rows_in, sheets_in
from vaguemestre.mailbox.compose.services.files.attachments import check_complete
from vaguemestre.mailbox.compose.services.files.file_links import check_links
from vaguemestre.mailbox.compose.services.mailings.merged_letters import copy_content
from vaguemestre.mailbox.compose.services.rows import bare_letter, new_key, open_row
from vaguemestre.mailbox.compose.values import InvalidRow, MailingState, MergeResult, Table, TableRow, Writer
from vaguemestre.mailbox.contacts.queries import merge_fields_of
from vaguemestre.people.credentials.queries import identified
from vaguemestre.post.outbox.values import Recipient
from vaguemestre.schools.rosters.queries import addressees_of, audience_choice
from vaguemestre.schools.rosters.rules.addresses import audience_of, is_nowhere
from vaguemestre.schools.rosters.services import gateway_of
from vaguemestre.schools.rosters.values import Addressee, ClassWriter

MAX_MAILING_BYTES = 400_000_000  # of all copies together


def table_in(content: bytes, read_sheet: ReadSheet) -> Table:
    """The table of a file that somebody gave: a workbook, read in the sandbox, or CSV.

    Raises the refusals of `is_workbook`, `rows_in`, `read_table` and `table_of`, and EngineDown.
    """
    if not is_workbook(content):
        return read_table(content)
    try:
        answer = read_sheet(content)
    except EngineRefused as error:
        raise Refusal("compose.table-unreadable") from error
    return table_of(rows_in(answer))._replace(sheets=sheets_in(answer))


def prepare_mailing(
    writer: Writer,
    key: str,
    table: Table | None,
    source: str,
    *,
    asker: ClassWriter | None = None,
    own_sender: bool = False,
    limit: int,
    now: datetime,
) -> int:
    """Prepare one copy for each row of a table or each recipient of the message; nothing is sent yet.

    Classes among the recipients are expanded to their people, for `asker` only; the sender is then a gateway
    address instead of the writer's, unless `own_sender`.
    Raises Refusal `compose.gone`, `compose.already-sent`, `compose.mailing-empty`, `compose.mailing-no-copy`
    (with the invalid `rows`), `compose.mailing-heavy`, `rosters.not-yours`, those of
    `merge_copies` and `copy_content`, the fields.
    """
    row = open_row(writer.account_id, key)
    check_complete(row)
    check_links(row)
    text = row.text if row.is_plain else row.html
    column_uses(row.subject, text)  # its refusal, before anything is made of the variables
    variables = variables_in(row.subject, text)
    classes: list[ClassAudience] = []
    if table is not None:
        result = merge_copies(table, variables)
        source = _source_of(table, source)
    else:
        recipients, unreadable = lenient_recipients(f"{row.to}, {row.cc}, {row.bcc}")
        classes, people = _expand_classes(asker, recipients)
        result = _merge_recipients(writer, people, classes, unreadable, variables)
    _check_weight(row, writer, result, limit, now)
    with transaction.atomic(durable=True):
        row = open_row(writer.account_id, key)
        sender = _gateway(writer, now) if classes and not own_sender else ""
        audiences = [audience.name for audience in classes]
        return int(_store_mailing(row, result, source, audiences, sender, now).pk)


def _source_of(table: Table, file_name: str) -> str:
    """The file and the column of addresses; on a second line, the sheets of the file that are left aside."""
    title = address_title(table)
    source = f"{file_name[:100]}, colonne « {title[:60]} »" if title else file_name[:150]
    names = ", ".join(f"« {name} »" for name in table.sheets[1:])
    return f"{source}\n{names[:90]}" if names else source


def _check_weight(row: Composition, writer: Writer, result: MergeResult, limit: int, now: datetime) -> None:
    """Build the heaviest copy, outside of any transaction, and judge all by it."""
    if not result.copies and result.invalid_rows:
        raise Refusal("compose.mailing-no-copy", rows=result.invalid_rows)
    if not result.copies:
        raise Refusal("compose.mailing-empty")
    letter = bare_letter(row, writer, now)
    heaviest = heaviest_copy(column_uses(letter.subject, letter.html, letter.text), result.copies)
    if len(copy_content(row, writer, heaviest, letter, limit)) * len(result.copies) > MAX_MAILING_BYTES:
        raise Refusal("compose.mailing-heavy", count=len(result.copies))


def _store_mailing(
    row: Composition, result: MergeResult, source: str, audiences: list[str], sender: str, now: datetime
) -> Mailing:
    """Store the mailing of the draft and its copies, instead of one prepared before."""
    Mailing.objects.filter(composition=row, state=MailingState.READY).delete()
    mailing = Mailing.objects.create(
        account_id=row.account_id,
        composition=row,
        key=row.key,
        series=new_key(),
        source=source[:255],
        wrong=[[invalid.number, invalid.typed, invalid.reason] for invalid in result.invalid_rows],
        audiences=audiences,
        sender=sender,
        created_at=now,
    )
    MailingCopy.objects.bulk_create(
        [
            MailingCopy(
                mailing=mailing, number=copy.number, name=copy.name, address=copy.address, values=copy.values
            )
            for copy in result.copies
        ],
        batch_size=500,
    )
    return mailing


class ClassAudience(NamedTuple):
    """A class among the recipients, and the people it stands for."""

    name: str
    people: tuple[Addressee, ...]


def _expand_classes(
    asker: ClassWriter | None, recipients: Iterable[Recipient]
) -> tuple[list[ClassAudience], list[Recipient]]:
    """The classes among the recipients, then the other recipients. Raises Refusal `rosters.not-yours`."""
    classes: list[ClassAudience] = []
    others: list[Recipient] = []
    for recipient in recipients:
        audience = audience_of(recipient.address)
        if audience is None and not is_nowhere(recipient.address):
            others.append(recipient)
            continue
        if audience is None or asker is None:
            raise Refusal("rosters.not-yours")
        classes.append(ClassAudience(audience_choice(asker, audience).name, addressees_of(asker, audience)))
    return classes, others


def _merge_recipients(
    writer: Writer,
    people: Sequence[Recipient],
    classes: Sequence[ClassAudience],
    unreadable: Iterable[str],
    variables: tuple[str, ...],
) -> MergeResult:
    """Copies for people and classes; the writer's contacts fill variables unless there are classes."""
    contact_columns = () if classes else ("prenom", "organisme", "fonction", "telephone")
    contact_fields = merge_fields_of(writer.account_id, [person.address for person in people])
    rows = [
        [addressee.address, addressee.name, addressee.pupils, addressee.group]
        for audience in classes
        for addressee in audience.people
    ]
    for person in people:
        fields = contact_fields.get(person.address, {})
        contact_cells = (fields.get(column, "") for column in contact_columns)
        rows.append([person.address, person.name or fields.get("nom", ""), "", "", *contact_cells])
    header = ["adresse", "nom", "eleve", "classe", *contact_columns]
    table = Table(header, [TableRow(number, cells) for number, cells in enumerate(rows, 1)])
    copies, invalid_rows = merge_copies(table, variables, one_each=True)
    # Somebody in two classes gets one copy; only duplicates typed by the writer are reported.
    reported = [invalid for invalid in invalid_rows if invalid.reason != "twice" or not classes]
    return MergeResult(copies, [InvalidRow(0, typed, "address-wrong") for typed in unreadable] + reported)


def _gateway(writer: Writer, now: datetime) -> str:
    """Gateway address of the writer; "" for a school's mailbox, whose address is public."""
    person_id = identified(writer.account_id).person_id
    if person_id is None:
        return ""
    return gateway_of(person_id, by=account_subject(writer.account_id), now=now)
